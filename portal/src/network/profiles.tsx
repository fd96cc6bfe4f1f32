import PencilIcon from '@patternfly/react-icons/dist/esm/icons/pencil-alt-icon';
import TagIcon from '@patternfly/react-icons/dist/esm/icons/tag-icon';
import TrashIcon from '@patternfly/react-icons/dist/esm/icons/trash-icon';
import { useQuery } from '@tanstack/react-query';
import { PermissionsTab } from '../access/PermissionsTab';
import { list, post, put, remove } from '../api/client';
import { useList, useNames } from '../api/queries';
import { type Named, type Network, type VnicProfile, yes } from '../api/types';
import { t } from '../i18n';
import { useQos } from '../inventory/Profiles';
import { Details } from '../ui/Details';
import { FormDialog, named } from '../ui/FormDialog';
import { ObjectLink, RefLink } from '../ui/Link';
import type { Resource } from '../ui/resource';

export const profileActions = [
  {
    id: 'edit',
    label: 'do.edit',
    icon: PencilIcon,
    single: true,
    dialog: ({ rows, onClose }: { rows: readonly VnicProfile[]; onClose: () => void }) => (
      <ProfileDialog {...(rows[0] && { profile: rows[0] })} onClose={onClose} />
    ),
  },
  {
    id: 'remove',
    label: 'do.remove',
    icon: TrashIcon,
    danger: true,
    confirm: { title: 'confirm.remove', text: 'confirm.removeText' },
    run: (profile: VnicProfile) => remove(`/vnicprofiles/${profile.id}`),
  },
] as const;

export const profiles: Resource<VnicProfile> = {
  kind: 'vnic_profiles',
  icon: TagIcon,
  create: { label: 'profile.new', dialog: ({ onClose }) => <ProfileDialog onClose={onClose} /> },
  useColumns: () => {
    const network = useNames('networks');
    return [
      {
        id: 'name',
        title: 'col.name',
        value: (profile) => profile.name,
        width: 200,
        cell: (profile) => (
          <ObjectLink kind="vnic_profiles" id={profile.id}>
            {profile.name}
          </ObjectLink>
        ),
      },
      {
        id: 'network',
        title: 'col.network',
        value: (profile) => network(profile.network),
        cell: (profile) => <RefLink kind="networks" to={profile.network} />,
      },
      { id: 'mirroring', title: 'col.mirroring', value: (profile) => t(yes(profile.port_mirroring) ? 'yes' : 'no') },
      { id: 'description', title: 'col.description', value: (profile) => profile.description, width: 240 },
      { id: 'id', title: 'col.id', value: (profile) => profile.id, hidden: true, width: 300 },
    ];
  },
  actions: profileActions,
  tabs: [
    { id: 'general', title: 'tab.general', content: (profile) => <ProfileGeneral profile={profile} /> },
    {
      id: 'permissions',
      needs: 'assigned_permissions.list',
      title: 'tab.permissions',
      content: (profile) => <PermissionsTab kind="vnic_profiles" id={profile.id} />,
    },
  ],
};

const useFilters = () =>
  useQuery({
    queryKey: ['networkfilters'],
    queryFn: ({ signal }) => list<Named>('/networkfilters', signal),
  });

function ProfileGeneral({ profile }: { profile: VnicProfile }) {
  const { data: filters = [] } = useFilters();
  const { data: all = [] } = useList<Network>('networks');
  const qos = useQos(all.find(({ id }) => id === profile.network?.id)?.data_center?.id, 'network');
  return (
    <Details
      facts={[
        ['col.description', profile.description],
        ['col.network', <RefLink key="network" kind="networks" to={profile.network} />],
        ['profile.filter', filters.find(({ id }) => id === profile.network_filter?.id)?.name ?? t('profile.noFilter')],
        ['qos.qos', qos.find(({ value }) => value === profile.qos?.id)?.label],
        ['col.mirroring', t(yes(profile.port_mirroring) ? 'yes' : 'no')],
        ['col.id', profile.id],
      ]}
    />
  );
}

export function ProfileDialog(properties: { profile?: VnicProfile; network?: string; onClose: () => void }) {
  const { profile, network, onClose } = properties;
  const { data: all } = useList<Network>('networks');
  const { data: filters } = useFilters();
  const qos = useQos(
    all?.find(({ id }) => id === (profile?.network?.id ?? network ?? all[0]?.id))?.data_center?.id,
    'network',
  );
  if (!all || !filters) return null;
  return (
    <FormDialog
      title={profile ? t('vm.edit', { name: profile.name ?? '' }) : t('profile.new')}
      fields={[
        { name: 'name', label: t('col.name'), required: true, wrong: named(50) },
        {
          name: 'network',
          label: t('col.network'),
          kind: 'select',
          required: true,
          shown: () => !profile,
          options: all.map((each) => ({ value: each.id, label: each.name ?? each.id })),
        },
        {
          name: 'filter',
          label: t('profile.filter'),
          kind: 'select',
          options: [
            { value: '', label: t('profile.noFilter') },
            ...filters.map((each) => ({ value: each.id, label: each.name ?? each.id })),
          ],
        },
        {
          name: 'qos',
          label: t('qos.qos'),
          kind: 'select',
          options: qos,
          shown: () => qos.length > 0,
        },
        { name: 'mirroring', label: t('col.mirroring'), kind: 'switch', help: t('profile.mirroringHelp') },
        { name: 'description', label: t('col.description') },
      ]}
      initial={{
        name: profile?.name ?? '',
        network: profile?.network?.id ?? network ?? '',
        filter: profile?.network_filter?.id ?? '',
        qos: profile?.qos?.id ?? '',
        mirroring: yes(profile?.port_mirroring) ? 'true' : '',
        description: profile?.description ?? '',
      }}
      submit={t(profile ? 'do.save' : 'do.create')}
      onClose={onClose}
      onSubmit={(values) => {
        const body = {
          name: values.name,
          description: values.description,
          network_filter: values.filter ? { id: values.filter } : {},
          ...(qos.length > 0 && { qos: values.qos ? { id: values.qos } : {} }),
          port_mirroring: values.mirroring === 'true',
        };
        return profile
          ? put(`/vnicprofiles/${profile.id}`, body)
          : post('/vnicprofiles', { ...body, network: { id: values.network } });
      }}
    />
  );
}
