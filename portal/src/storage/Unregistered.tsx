import { Button, Title } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { list, post } from '../api/client';
import { queries, useList } from '../api/queries';
import { served } from '../api/served';
import { type Cluster, type Disk, num, type StorageDomain, type Template, type Vm } from '../api/types';
import { type MessageKey, t } from '../i18n';
import { FormDialog, named } from '../ui/FormDialog';
import { bytes } from '../ui/format';
import { act } from '../ui/notify';
import { SubTable } from '../ui/SubTable';

type Kind = 'vms' | 'templates' | 'disks';

const useUnregistered = <T,>(domain: StorageDomain, kind: Kind) =>
  useQuery({
    queryKey: ['sub', 'storage_domains', domain.id, kind, 'unregistered'],
    queryFn: ({ signal }) => list<T>(`/storagedomains/${domain.id}/${kind}?unregistered=true`, signal),
    staleTime: 0,
  });

const again = (domain: StorageDomain) => queries.invalidateQueries({ queryKey: ['sub', 'storage_domains', domain.id] });

/** What lies on a domain and is not known here: it came with the domain, or was left behind when it was detached. */
export function Unregistered({ domain }: { domain: StorageDomain }) {
  const center = domain.data_centers?.data_center?.[0]?.id;
  return (
    <>
      <p className="bw-quiet">{t('unregistered.text')}</p>
      {served('storage_domain.update_ovf_store') && (
        <Button
          variant="link"
          isInline
          onClick={() =>
            void act(t('unregistered.update'), [domain], () => post(`/storagedomains/${domain.id}/updateovfstore`))
          }
        >
          {t('unregistered.update')}
        </Button>
      )}
      <Machines domain={domain} kind="vms" />
      <Machines domain={domain} kind="templates" />
      {center && <Disks domain={domain} center={center} />}
    </>
  );
}

function Machines({ domain, kind }: { domain: StorageDomain; kind: 'vms' | 'templates' }) {
  const { data, error } = useUnregistered<Vm & Template>(domain, kind);
  return (
    <>
      <br />
      <Title headingLevel="h2" size="lg">
        {t(`kind.${kind}`)}
      </Title>
      <SubTable
        title={`kind.${kind}`}
        rows={data}
        error={error}
        empty={<p className="bw-quiet">{t('unregistered.none')}</p>}
        columns={[
          { id: 'name', title: 'col.name', value: (each) => each.name, width: 220 },
          {
            id: 'memory',
            title: 'col.memory',
            value: (each) => num(each.memory),
            cell: (each) => bytes(each.memory),
            end: true,
            width: 120,
          },
          { id: 'description', title: 'col.description', value: (each) => each.description, width: 260 },
          { id: 'id', title: 'col.id', value: (each) => each.id, width: 300 },
        ]}
        actions={[
          {
            id: 'register',
            needs: kind === 'vms' ? 'storage_domain_vm.register' : 'storage_domain_template.register',
            label: 'do.import',
            single: true,
            dialog: ({ rows, onClose }) =>
              rows[0] && <Register domain={domain} kind={kind} row={rows[0]} onClose={onClose} />,
          },
        ]}
      />
    </>
  );
}

function Register(properties: {
  domain: StorageDomain;
  kind: 'vms' | 'templates';
  row: { id: string; name?: string };
  onClose: () => void;
}) {
  const { domain, kind, row, onClose } = properties;
  const { data: clusters } = useList<Cluster>('clusters');
  if (!clusters) return null;
  const near = clusters.filter(({ data_center }) =>
    domain.data_centers?.data_center?.some(({ id }) => id === data_center?.id),
  );
  return (
    <FormDialog
      title={`${t('do.import')}: ${row.name}`}
      initial={{ name: row.name ?? '', cluster: near[0]?.id ?? '' }}
      fields={[
        { name: 'name', label: t('col.name'), required: true, wrong: named(255) },
        {
          name: 'cluster',
          label: t('col.cluster'),
          kind: 'select',
          required: true,
          options: near.map((each) => ({ value: each.id, label: each.name ?? each.id })),
        },
        {
          name: 'partial',
          label: t('unregistered.partial'),
          kind: 'switch',
          help: t('unregistered.partialHelp'),
          shown: () => kind === 'vms',
        },
        {
          name: 'macs',
          label: t('unregistered.macs'),
          kind: 'switch',
          help: t('unregistered.macsHelp'),
          shown: () => kind === 'vms',
        },
      ]}
      submit={t('do.import')}
      onClose={onClose}
      onSubmit={async ({ name, cluster, partial, macs }) => {
        await post(`/storagedomains/${domain.id}/${kind}/${row.id}/register`, {
          cluster: { id: cluster },
          ...(kind === 'vms'
            ? { vm: { name }, allow_partial_import: partial === 'true', reassign_bad_macs: macs === 'true' }
            : { template: { name } }),
        });
        await again(domain);
      }}
    />
  );
}

function Disks({ domain, center }: { domain: StorageDomain; center: string }) {
  const { data, error } = useUnregistered<Disk>(domain, 'disks');
  return (
    <>
      <br />
      <Title headingLevel="h2" size="lg">
        {t('kind.disks')}
      </Title>
      <SubTable
        title="kind.disks"
        rows={data}
        error={error}
        empty={<p className="bw-quiet">{t('unregistered.none')}</p>}
        columns={[
          { id: 'name', title: 'col.name', value: (disk) => disk.alias ?? disk.name, width: 220 },
          {
            id: 'size',
            title: 'col.size',
            value: (disk) => num(disk.provisioned_size),
            cell: (disk) => bytes(disk.provisioned_size),
            end: true,
            width: 120,
          },
          { id: 'format', title: 'col.format', value: (disk) => disk.format, width: 90 },
          { id: 'id', title: 'col.id', value: (disk) => disk.id, width: 300 },
        ]}
        actions={[
          {
            id: 'register',
            needs: 'attached_storage_domain_disk.register',
            label: 'do.import' as MessageKey,
            run: async (disk) => {
              await post(`/datacenters/${center}/storagedomains/${domain.id}/disks/${disk.id}/register`);
              await again(domain);
            },
          },
        ]}
      />
    </>
  );
}
