import { useQuery } from '@tanstack/react-query';
import { call, list, members, post, put, remove } from '../api/client';
import { queries, useList, useNames, useSub } from '../api/queries';
import {
  type Disk,
  type DiskAttachment,
  type Network,
  type Nic,
  num,
  type Template,
  type VnicProfile,
  yes,
} from '../api/types';
import { t, word } from '../i18n';
import { FormDialog, named } from '../ui/FormDialog';
import { bytes } from '../ui/format';
import { ObjectLink } from '../ui/Link';
import { StatusLabel } from '../ui/StatusLabel';
import { SubTable } from '../ui/SubTable';

/** The disks that machines made of a template get copies of. */
export function TemplateDisks({ template }: { template: Template }) {
  const domain = useNames('storage_domains');
  const { data, error } = useQuery({
    queryKey: ['sub', 'templates', template.id, 'diskattachments'],
    queryFn: async ({ signal }) =>
      members<DiskAttachment>(await call(`/templates/${template.id}/diskattachments?follow=disk`, { signal })).map(
        (each) => ({ ...each, name: each.disk?.alias ?? each.disk?.name ?? each.id }),
      ),
  });
  const domainsOf = (each: DiskAttachment) => each.disk?.storage_domains?.storage_domain ?? [];
  return (
    <SubTable
      title="tab.disks"
      rows={data}
      error={error}
      empty={<p className="bw-quiet">{t('vm.noDisks')}</p>}
      columns={[
        {
          id: 'name',
          title: 'col.name',
          value: (each) => each.name,
          width: 220,
          cell: (each) =>
            each.disk && (
              <ObjectLink kind="disks" id={each.disk.id}>
                {each.name}
              </ObjectLink>
            ),
        },
        {
          id: 'status',
          title: 'col.status',
          value: (each) => word('status', each.disk?.status),
          cell: (each) => <StatusLabel status={each.disk?.status} />,
        },
        {
          id: 'size',
          title: 'col.size',
          value: (each) => num(each.disk?.provisioned_size),
          cell: (each) => bytes(each.disk?.provisioned_size),
          end: true,
        },
        {
          id: 'domains',
          title: 'col.domain',
          value: (each) => domainsOf(each).map(domain).join(', '),
          width: 260,
        },
      ]}
      actions={[
        {
          id: 'copy',
          needs: 'disk.copy',
          label: 'template.copyTo',
          single: true,
          dialog: ({ rows, onClose }) => rows[0]?.disk && <CopyTo disk={rows[0].disk} onClose={onClose} />,
        },
      ]}
    />
  );
}

/** A template's disk on another domain too, so that machines can be made there. */
function CopyTo({ disk, onClose }: { disk: Disk; onClose: () => void }) {
  const { data: domains } = useList<{ id: string; name?: string; type?: string; status?: string }>('storage_domains');
  if (!domains) return null;
  const there = new Set(disk.storage_domains?.storage_domain?.map(({ id }) => id));
  return (
    <FormDialog
      title={`${t('template.copyTo')}: ${disk.alias ?? disk.name}`}
      fields={[
        {
          name: 'domain',
          label: t('disk.moveTo'),
          kind: 'select',
          required: true,
          options: domains
            .filter(({ id, type, status }) => type === 'data' && status === 'active' && !there.has(id))
            .map(({ id, name }) => ({ value: id, label: name ?? id })),
        },
      ]}
      submit={t('do.copy')}
      onClose={onClose}
      onSubmit={({ domain }) => post(`/disks/${disk.id}/copy`, { storage_domain: { id: domain } })}
    />
  );
}

export function TemplateNics({ template }: { template: Template }) {
  const { data, error } = useSub<Nic>('templates', template.id, 'nics');
  const profile = useNames('vnic_profiles');
  const place = `/templates/${template.id}/nics`;
  const again = () => queries.invalidateQueries({ queryKey: ['sub', 'templates', template.id] });
  const edit = (onClose: () => void, nic?: Nic) => (
    <NicEdit
      place={place}
      name={`nic${(data?.length ?? 0) + 1}`}
      {...(nic && { nic })}
      again={again}
      onClose={onClose}
    />
  );
  return (
    <SubTable
      title="tab.nics"
      rows={data}
      error={error}
      sort={{ column: 'name', down: false }}
      empty={<p className="bw-quiet">{t('vm.noNics')}</p>}
      create={{ label: 'do.addNic', needs: 'template_nics.add', dialog: ({ onClose }) => edit(onClose) }}
      columns={[
        { id: 'name', title: 'col.name', value: (nic) => nic.name, width: 160 },
        { id: 'profile', title: 'col.profile', value: (nic) => profile(nic.vnic_profile), width: 220 },
        { id: 'interface', title: 'col.interface', value: (nic) => nic.interface, width: 120 },
        { id: 'linked', title: 'col.linked', value: (nic) => t(yes(nic.linked) ? 'yes' : 'no'), width: 100 },
      ]}
      actions={[
        {
          id: 'edit',
          needs: 'template_nic.update',
          label: 'do.edit',
          single: true,
          dialog: ({ rows, onClose }) => rows[0] && edit(onClose, rows[0]),
        },
        {
          id: 'remove',
          needs: 'template_nic.remove',
          label: 'do.remove',
          danger: true,
          confirm: { title: 'confirm.remove', text: 'confirm.removeText' },
          run: async (nic) => {
            await remove(`${place}/${nic.id}`);
            await again();
          },
        },
      ]}
    />
  );
}

function NicEdit(properties: {
  place: string;
  name: string;
  nic?: Nic;
  again: () => Promise<unknown>;
  onClose: () => void;
}) {
  const { place, name, nic, again, onClose } = properties;
  const { data: profiles } = useList<VnicProfile>('vnic_profiles');
  const { data: networks } = useList<Network>('networks');
  if (!profiles || !networks) return null;
  const network = (profile: VnicProfile) => networks.find(({ id }) => id === profile.network?.id)?.name;
  return (
    <FormDialog
      title={nic ? t('vm.edit', { name: nic.name ?? '' }) : t('do.addNic')}
      initial={{
        name: nic?.name ?? name,
        profile: nic?.vnic_profile?.id ?? '',
        interface: nic?.interface ?? 'virtio',
      }}
      fields={[
        { name: 'name', label: t('col.name'), required: true, wrong: named(50) },
        {
          name: 'profile',
          label: t('col.profile'),
          kind: 'select',
          options: profiles.map((profile) => ({
            value: profile.id,
            label: [profile.name, network(profile)].filter(Boolean).join(' · '),
          })),
        },
        {
          name: 'interface',
          label: t('col.interface'),
          kind: 'select',
          required: true,
          options: ['virtio', 'e1000', 'e1000e', 'rtl8139'].map((value) => ({ value, label: value })),
        },
      ]}
      submit={t(nic ? 'do.save' : 'do.addNic')}
      onClose={onClose}
      onSubmit={async (values) => {
        const body = {
          name: values.name,
          interface: values.interface,
          ...(values.profile && { vnic_profile: { id: values.profile } }),
        };
        await (nic ? put(`${place}/${nic.id}`, body) : post(place, body));
        await again();
      }}
    />
  );
}

interface Cdrom {
  id: string;
  file?: { id?: string };
}

/** What lies in the CD drive of machines made of a template, by the names of the images. */
export function useTemplateCd(template: Template): string {
  const { data: disks = [] } = useList<Disk>('disks');
  const { data = [] } = useQuery({
    queryKey: ['sub', 'templates', template.id, 'cdroms'],
    queryFn: ({ signal }) => list<Cdrom>(`/templates/${template.id}/cdroms`, signal),
  });
  return data
    .map(({ file }) => file?.id)
    .filter(Boolean)
    .map((id) => disks.find((disk) => disk.id === id)?.alias ?? id)
    .join(', ');
}
