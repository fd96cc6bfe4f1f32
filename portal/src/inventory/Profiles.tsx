import { post, put, remove } from '../api/client';
import { queries, useSub } from '../api/queries';
import type { Cluster, Profile, Qos, StorageDomain } from '../api/types';
import { t } from '../i18n';
import { FormDialog } from '../ui/FormDialog';
import { SubTable } from '../ui/SubTable';

/** Profiles give a QoS a name that machines of a cluster, or disks of a storage domain, are set to. */
interface Kind {
  place: '/cpuprofiles' | '/diskprofiles';
  /** What the profile belongs to, as the API calls it. */
  of: 'cluster' | 'storage_domain';
  parent: 'clusters' | 'storage_domains';
  sub: 'cpuprofiles' | 'diskprofiles';
  qos: 'cpu' | 'storage';
  needs: 'cpu_profiles.add' | 'disk_profiles.add';
}

const CPU: Kind = {
  place: '/cpuprofiles',
  of: 'cluster',
  parent: 'clusters',
  sub: 'cpuprofiles',
  qos: 'cpu',
  needs: 'cpu_profiles.add',
};

const DISK: Kind = {
  place: '/diskprofiles',
  of: 'storage_domain',
  parent: 'storage_domains',
  sub: 'diskprofiles',
  qos: 'storage',
  needs: 'disk_profiles.add',
};

export const CpuProfiles = ({ cluster }: { cluster: Cluster }) => (
  <Profiles kind={CPU} id={cluster.id} center={cluster.data_center?.id} />
);

export const DiskProfiles = ({ domain }: { domain: StorageDomain }) => (
  <Profiles kind={DISK} id={domain.id} center={domain.data_centers?.data_center?.[0]?.id} />
);

function Profiles({ kind, id, center }: { kind: Kind; id: string; center: string | undefined }) {
  const { data, error } = useSub<Profile>(kind.parent, id, kind.sub);
  const options = useQos(center, kind.qos);
  const again = () => queries.invalidateQueries({ queryKey: ['sub', kind.parent, id] });
  const edit = (onClose: () => void, profile?: Profile) => (
    <FormDialog
      title={profile ? t('vm.edit', { name: profile.name ?? '' }) : t('profile.newPlain')}
      initial={{
        name: profile?.name ?? '',
        description: profile?.description ?? '',
        qos: profile?.qos?.id ?? '',
      }}
      fields={[
        { name: 'name', label: t('col.name'), required: true },
        { name: 'description', label: t('col.description') },
        {
          name: 'qos',
          label: t('qos.qos'),
          kind: 'select',
          // What it has can be changed, not taken away.
          required: profile?.qos !== undefined,
          help: t(options.length > 0 ? 'qos.help' : 'qos.makeFirst'),
          options,
        },
      ]}
      submit={t(profile ? 'do.save' : 'do.create')}
      onClose={onClose}
      onSubmit={async ({ name, description, qos }) => {
        const body = { name, description, ...(qos && { qos: { id: qos } }) };
        await (profile ? put(`${kind.place}/${profile.id}`, body) : post(kind.place, { ...body, [kind.of]: { id } }));
        await again();
      }}
    />
  );
  return (
    <SubTable
      title={kind === CPU ? 'tab.cpuProfiles' : 'tab.diskProfiles'}
      rows={data}
      error={error}
      sort={{ column: 'name', down: false }}
      create={{ label: 'profile.newPlain', needs: kind.needs, dialog: ({ onClose }) => edit(onClose) }}
      columns={[
        { id: 'name', title: 'col.name', value: (profile) => profile.name, width: 220 },
        {
          id: 'qos',
          title: 'qos.qos',
          value: (profile) => options.find(({ value }) => value === profile.qos?.id)?.label ?? t('field.none'),
          width: 200,
        },
        { id: 'description', title: 'col.description', value: (profile) => profile.description, width: 300 },
      ]}
      actions={[
        {
          id: 'edit',
          label: 'do.edit',
          single: true,
          dialog: ({ rows, onClose }) => rows[0] && edit(onClose, rows[0]),
        },
        {
          id: 'remove',
          label: 'do.remove',
          danger: true,
          confirm: { title: 'confirm.remove', text: 'confirm.removeText' },
          run: async (profile) => {
            await remove(`${kind.place}/${profile.id}`);
            await again();
          },
        },
      ]}
    />
  );
}

/** The QoS of a kind that a data center offers, as choices. */
export function useQos(center: string | undefined, type: string) {
  const { data = [] } = useSub<Qos>('data_centers', center ?? '', 'qoss', undefined, center !== undefined);
  return data.filter((qos) => qos.type === type).map((qos) => ({ value: qos.id, label: qos.name ?? qos.id }));
}
