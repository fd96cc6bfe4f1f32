import { useQuery } from '@tanstack/react-query';
import { list, post, put, remove } from '../api/client';
import { queries, useList, useNames, useSub } from '../api/queries';
import { type Network, type Nic, type ReportedDevice, type Vm, type VnicProfile, yes } from '../api/types';
import { t } from '../i18n';
import { FormDialog, named } from '../ui/FormDialog';
import { StatusLabel } from '../ui/StatusLabel';
import { SubTable } from '../ui/SubTable';
import { suits } from './systems';

const changed = (vm: string) => queries.invalidateQueries({ queryKey: ['sub', 'vms', vm, 'nics'] });

export function VmNics({ vm }: { vm: Vm }) {
  const { data, error } = useSub<Nic>('vms', vm.id, 'nics');
  const { data: devices = [] } = useSub<ReportedDevice>('vms', vm.id, 'reporteddevices');
  const profile = useNames('vnic_profiles');
  const one = (nic: Nic) => `/vms/${vm.id}/nics/${nic.id}`;
  const addresses = (nic: Nic) =>
    devices
      .filter((device) => device.mac?.address?.toLowerCase() === nic.mac?.address?.toLowerCase())
      .flatMap((device) => device.ips?.ip?.map((ip) => ip.address) ?? [])
      .filter((address) => !address?.startsWith('fe80'))
      .join(', ');
  const change = async (nic: Nic, body: unknown) => {
    await put(one(nic), body);
    await changed(vm.id);
  };
  return (
    <SubTable
      title="tab.nics"
      rows={data}
      error={error}
      sort={{ column: 'name', down: false }}
      create={{ label: 'do.addNic', dialog: ({ onClose }) => <NicDialog vm={vm} onClose={onClose} /> }}
      empty={<p className="bw-quiet">{t('vm.noNics')}</p>}
      columns={[
        { id: 'name', title: 'col.name', value: (nic) => nic.name },
        { id: 'profile', title: 'col.profile', value: (nic) => profile(nic.vnic_profile) },
        { id: 'mac', title: 'col.mac', value: (nic) => nic.mac?.address },
        { id: 'ip', title: 'col.ip', value: addresses, width: 180 },
        { id: 'interface', title: 'col.interface', value: (nic) => nic.interface, width: 100 },
        {
          id: 'linked',
          title: 'col.linked',
          value: (nic) => (yes(nic.linked) ? 'up' : 'down'),
          cell: (nic) => <StatusLabel status={yes(nic.linked) ? 'up' : 'down'} />,
          width: 110,
        },
        { id: 'plugged', title: 'col.plugged', value: (nic) => t(yes(nic.plugged) ? 'yes' : 'no'), width: 90 },
      ]}
      actions={[
        {
          id: 'edit',
          label: 'do.edit',
          single: true,
          dialog: ({ rows, onClose }) => <NicDialog vm={vm} {...(rows[0] && { nic: rows[0] })} onClose={onClose} />,
        },
        {
          id: 'filter',
          needs: 'nic_network_filter_parameters.add',
          label: 'nic.filter',
          single: true,
          dialog: ({ rows, onClose }) => rows[0] && <FilterDialog vm={vm} nic={rows[0]} onClose={onClose} />,
        },
        {
          id: 'link',
          label: 'col.linked',
          run: (nic) => change(nic, { linked: !yes(nic.linked) }),
        },
        {
          id: 'remove',
          label: 'do.remove',
          danger: true,
          confirm: { title: 'confirm.remove', text: 'confirm.removeText' },
          run: async (nic) => {
            await remove(one(nic));
            await changed(vm.id);
          },
        },
      ]}
    />
  );
}

function NicDialog({ vm, nic, onClose }: { vm: Vm; nic?: Nic; onClose: () => void }) {
  const { data: profiles = [] } = useList<VnicProfile>('vnic_profiles');
  const { data: networks = [] } = useList<Network>('networks');
  const { data: nics = [] } = useSub<Nic>('vms', vm.id, 'nics');
  const network = (profile: VnicProfile) => networks.find((each) => each.id === profile.network?.id)?.name;
  return (
    <FormDialog
      title={nic ? t('vm.edit', { name: nic.name ?? '' }) : t('do.addNic')}
      initial={{
        name: nic?.name ?? `nic${nics.length + 1}`,
        profile: nic?.vnic_profile?.id ?? (profiles.length === 1 ? (profiles[0]?.id ?? '') : ''),
        interface: nic?.interface ?? (nic ? 'virtio' : suits(vm.os?.type).nic),
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
        await (nic ? put(`/vms/${vm.id}/nics/${nic.id}`, body) : post(`/vms/${vm.id}/nics`, body));
        await changed(vm.id);
      }}
    />
  );
}

interface FilterParameter {
  id: string;
  name?: string;
  value?: string;
}

const written = ({ name, value }: FilterParameter) => `${name}=${value}`;

/** What the network filter of the profile is told, a line each. */
function FilterDialog({ vm, nic, onClose }: { vm: Vm; nic: Nic; onClose: () => void }) {
  const place = `/vms/${vm.id}/nics/${nic.id}/networkfilterparameters`;
  const { data } = useQuery({
    queryKey: ['sub', 'vms', vm.id, 'nics', nic.id, 'filter'],
    queryFn: ({ signal }) => list<FilterParameter>(place, signal),
    staleTime: 0,
    gcTime: 0,
  });
  if (!data) return null;
  const lines = (text = '') =>
    text
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean);
  return (
    <FormDialog
      title={`${t('nic.filter')}: ${nic.name ?? ''}`}
      initial={{ parameters: data.map(written).join('\n') }}
      fields={[
        {
          name: 'parameters',
          label: t('nic.filterLines'),
          kind: 'lines',
          help: t('nic.filterHelp'),
          wrong: (value) =>
            lines(value).every((line) => /^\w{1,63}=.{1,255}$/.test(line)) ? undefined : t('nic.filterHelp'),
        },
      ]}
      submit={t('do.save')}
      onClose={onClose}
      onSubmit={async ({ parameters }) => {
        const wanted = lines(parameters);
        for (const known of data) {
          const at = wanted.indexOf(written(known));
          if (at < 0) await remove(`${place}/${known.id}`);
          else wanted.splice(at, 1);
        }
        for (const line of wanted) {
          const equal = line.indexOf('=');
          await post(place, { name: line.slice(0, equal), value: line.slice(equal + 1) });
        }
      }}
    />
  );
}
