import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { list, post, remove } from '../api/client';
import { queries, useList, useNames, useSub } from '../api/queries';
import type { Host, Ref, Vm } from '../api/types';
import { t } from '../i18n';
import type { Column } from '../ui/DataTable';
import { FormDialog } from '../ui/FormDialog';
import { RefLink } from '../ui/Link';
import { SubTable } from '../ui/SubTable';

interface Device extends Ref {
  capability?: string;
  vendor?: Ref;
  product?: Ref;
  driver?: string;
  iommu_group?: string | number;
  host?: Ref;
  vm?: Ref;
}

const model = (device: Device) => [device.vendor?.name, device.product?.name].filter(Boolean).join(' ');

const columns: readonly Column<Device>[] = [
  { id: 'name', title: 'col.name', value: (device) => device.name, width: 220 },
  {
    id: 'kind',
    title: 'col.type',
    value: (device) => device.capability?.toUpperCase().replace('_DEVICE', ''),
    width: 100,
  },
  { id: 'model', title: 'host.hardware', value: model, width: 360 },
  { id: 'driver', title: 'device.driver', value: (device) => device.driver, width: 120 },
  { id: 'group', title: 'device.group', value: (device) => device.iommu_group, width: 130 },
];

/** What a host could give to machines. */
export function HostDevices({ host }: { host: Host }) {
  const { data, error } = useQuery({
    queryKey: ['sub', 'hosts', host.id, 'devices'],
    queryFn: ({ signal }) => list<Device>(`/hosts/${host.id}/devices`, signal),
    enabled: host.status === 'up',
    staleTime: 0,
  });
  if (host.status !== 'up') return <p className="bw-quiet">{t('host.lunsDown')}</p>;
  return (
    <SubTable
      title="tab.devices"
      rows={data}
      error={error}
      sort={{ column: 'name', down: false }}
      columns={[
        ...columns,
        {
          id: 'vm',
          title: 'kind.vms.one',
          value: (device) => device.vm?.id,
          cell: (device) => device.vm && <RefLink kind="vms" to={device.vm} />,
          width: 180,
        },
      ]}
    />
  );
}

/** What a machine was given of its host; it runs there only. */
export function VmHostDevices({ vm }: { vm: Vm }) {
  const { data, error } = useSub<Device>('vms', vm.id, 'hostdevices');
  const host = useNames('hosts');
  const place = `/vms/${vm.id}/hostdevices`;
  const again = () => queries.invalidateQueries({ queryKey: ['sub', 'vms', vm.id] });
  return (
    <SubTable
      title="tab.devices"
      rows={data}
      error={error}
      empty={<p className="bw-quiet">{t('device.none')}</p>}
      create={{
        label: 'device.give',
        needs: 'vm_host_devices.add',
        dialog: ({ onClose }) => (
          <Give vm={vm} {...(data?.[0]?.host && { from: data[0].host.id })} again={again} onClose={onClose} />
        ),
      }}
      columns={[
        ...columns.slice(0, 3),
        { id: 'host', title: 'col.host', value: (device) => host(device.host), width: 180 },
      ]}
      actions={[
        {
          id: 'remove',
          needs: 'vm_host_device.remove',
          label: 'device.take',
          danger: true,
          run: async (device) => {
            await remove(`${place}/${device.id}`);
            await again();
          },
        },
      ]}
    />
  );
}

function Give(properties: { vm: Vm; from?: string; again: () => Promise<unknown>; onClose: () => void }) {
  const { vm, from, again, onClose } = properties;
  const { data: hosts } = useList<Host>('hosts');
  const [chosen, setChosen] = useState(from ?? '');
  const { data: devices = [] } = useQuery({
    queryKey: ['sub', 'hosts', chosen, 'devices'],
    queryFn: ({ signal }) => list<Device>(`/hosts/${chosen}/devices`, signal),
    enabled: chosen !== '',
    staleTime: 0,
  });
  if (!hosts) return null;
  const possible = hosts.filter(
    ({ id, status, cluster }) => status === 'up' && cluster?.id === vm.cluster?.id && (!from || id === from),
  );
  return (
    <FormDialog
      title={t('device.give')}
      initial={{ host: chosen }}
      fields={[
        {
          name: 'host',
          label: t('col.host'),
          kind: 'select',
          required: true,
          help: t('device.hostHelp'),
          options: possible.map(({ id, name }) => ({ value: id, label: name ?? id })),
          changed: setChosen,
        },
        {
          name: 'devices',
          label: t('tab.devices'),
          kind: 'several',
          required: true,
          options: devices.map((device) => ({
            value: device.id,
            label: [device.name, model(device)].filter(Boolean).join(' · '),
          })),
        },
      ]}
      submit={t('device.give')}
      onClose={onClose}
      onSubmit={async ({ devices: wanted = '' }) => {
        try {
          for (const id of wanted.split(',')) await post(`/vms/${vm.id}/hostdevices`, { id, host: { id: chosen } });
        } finally {
          await again();
        }
      }}
    >
      <p className="bw-quiet">{t('device.text')}</p>
    </FormDialog>
  );
}
