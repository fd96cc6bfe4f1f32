import { Alert } from '@patternfly/react-core';
import ZoneIcon from '@patternfly/react-icons/dist/esm/icons/certificate-icon';
import TrashIcon from '@patternfly/react-icons/dist/esm/icons/trash-icon';
import { authorization, post, remove } from '../api/client';
import { collections, queries, useList } from '../api/queries';
import type { Cluster, Host, LicenceChange, LicenceZone, LicensedHost, LicensedVm, Vm } from '../api/types';
import { language, type MessageKey, t, word } from '../i18n';
import { Details } from '../ui/Details';
import { type Field, FormDialog, type Values } from '../ui/FormDialog';
import { time } from '../ui/format';
import { ObjectLink } from '../ui/Link';
import { notify } from '../ui/notify';
import type { Action, Resource } from '../ui/resource';
import { SubTable } from '../ui/SubTable';

const placeOf = (zone: LicenceZone) => `${collections.licence_zones}/${zone.name}`;
const again = () =>
  Promise.all(['list', 'item'].map((what) => queries.invalidateQueries({ queryKey: [what, 'licence_zones'] })));

const because = (): Field => ({
  name: 'because',
  label: t('licence.because'),
  required: true,
  help: t('licence.becauseHelp'),
});

/** Machines that run on declared cores only, and the evidence of it. */
export const licenceZones: Resource<LicenceZone> = {
  kind: 'licence_zones',
  icon: ZoneIcon,
  emptyText: 'licence.text',
  create: { label: 'licence.new', dialog: ({ onClose }) => <Create onClose={onClose} /> },
  status: (zone) => zone.verdict,
  useColumns: () => [
    {
      id: 'name',
      title: 'col.name',
      value: (zone) => zone.name,
      width: 200,
      cell: (zone) => (
        <ObjectLink kind="licence_zones" id={zone.id}>
          {zone.name}
        </ObjectLink>
      ),
    },
    { id: 'cluster', title: 'col.cluster', value: (zone) => zone.cluster_name, width: 160 },
    { id: 'verdict', title: 'licence.verdict', value: (zone) => word('licence', zone.verdict), width: 160 },
    { id: 'hosts', title: 'kind.hosts', value: (zone) => zone.footprint?.hosts },
    { id: 'sockets', title: 'licence.sockets', value: (zone) => zone.footprint?.sockets },
    { id: 'cores', title: 'licence.cores', value: (zone) => zone.footprint?.cores },
    { id: 'machines', title: 'licence.machines', value: (zone) => zone.footprint?.machines },
  ],
  actions: [
    {
      id: 'print',
      label: 'licence.print',
      icon: ZoneIcon,
      prominent: true,
      single: true,
      run: (zone) => report(zone, `report.html?language=${language()}`),
    },
    { id: 'csv', label: 'licence.csv', single: true, run: (zone) => report(zone, 'report.csv') },
    {
      id: 'remove',
      label: 'do.remove',
      icon: TrashIcon,
      danger: true,
      single: true,
      dialog: ({ rows, onClose }) =>
        rows[0] && (
          <Approve
            title="licence.removeText"
            onClose={onClose}
            run={(values) =>
              remove(`${placeOf(rows[0] as LicenceZone)}?because=${encodeURIComponent(values.because ?? '')}`)
            }
          />
        ),
    },
  ],
  tabs: [
    { id: 'hosts', title: 'licence.hosts', content: (zone) => <Hosts zone={zone} /> },
    { id: 'machines', title: 'licence.machines', content: (zone) => <Machines zone={zone} /> },
    { id: 'changes', title: 'licence.changes', content: (zone) => <Changes zone={zone} /> },
    {
      id: 'general',
      title: 'tab.general',
      content: (zone) => (
        <>
          <Alert isInline variant="info" title={t('licence.notice')} />
          <Details
            facts={[
              ['col.cluster', zone.cluster_name],
              ['licence.sockets', zone.footprint?.sockets],
              ['licence.cores', zone.footprint?.cores],
              ['licence.threads', zone.footprint?.threads],
              ['licence.verdict', word('licence', zone.verdict)],
              ['col.id', zone.id],
            ]}
          />
        </>
      ),
    },
  ],
};

/** A browser fetches no page with a token by itself: it is given what was fetched. */
async function report(zone: LicenceZone, what: string) {
  const reply = await fetch(`${placeOf(zone)}/${what}`, { headers: authorization(), credentials: 'omit' });
  if (!reply.ok) throw new Error(await reply.text());
  const place = URL.createObjectURL(await reply.blob());
  setTimeout(() => URL.revokeObjectURL(place), 600_000);
  if (what.startsWith('report.html')) {
    if (!window.open(place, '_blank'))
      notify({ variant: 'warning', title: t('licence.blocked'), text: t('licence.blockedText') });
    return;
  }
  const link = document.createElement('a');
  link.href = place;
  link.download = `${zone.name}.csv`;
  link.click();
}

function Create({ onClose }: { onClose: () => void }) {
  const { data: clusters } = useList<Cluster>('clusters');
  return (
    <FormDialog
      title={t('licence.new')}
      fields={[
        {
          name: 'name',
          label: t('col.name'),
          required: true,
          wrong: (value) => (/^[\w.-]{1,60}$/.test(value) ? undefined : t('field.name', { max: 60 })),
        },
        {
          name: 'cluster',
          label: t('col.cluster'),
          kind: 'select',
          required: true,
          options: (clusters ?? []).map(({ id, name }) => ({ value: id, label: name ?? id })),
        },
      ]}
      submit={t('do.create')}
      onClose={onClose}
      onSubmit={async (values) => {
        await post(collections.licence_zones, values);
        await again();
      }}
    />
  );
}

/** Whatever widens a zone is approved by a reason. */
function Approve(properties: {
  title: MessageKey;
  fields?: Field[];
  initial?: Values;
  onClose: () => void;
  run: (values: Values) => Promise<unknown>;
}) {
  return (
    <FormDialog
      title={t(properties.title)}
      fields={[...(properties.fields ?? []), because()]}
      {...(properties.initial && { initial: properties.initial })}
      submit={t('licence.approve')}
      onClose={properties.onClose}
      onSubmit={async (values) => {
        await properties.run(values);
        await again();
      }}
    />
  );
}

function Hosts({ zone }: { zone: LicenceZone }) {
  const { data: hosts } = useList<Host>('hosts');
  const here = (hosts ?? []).filter((host) => host.cluster?.id === zone.cluster);
  const declare = (host: string | undefined, cpus: string, onClose: () => void) => (
    <Approve
      title="licence.declare"
      fields={[
        {
          name: 'host',
          label: t('col.host'),
          kind: 'select',
          required: true,
          options: here.map(({ id, name }) => ({ value: id, label: name ?? id })),
        },
        { name: 'cpus', label: t('licence.declared'), required: true, help: t('licence.cpusHelp') },
      ]}
      initial={{ ...(host && { host }), cpus }}
      onClose={onClose}
      run={(values) => post(`${placeOf(zone)}/declare`, values)}
    />
  );
  const actions: Action<LicensedHost>[] = [
    {
      id: 'declare',
      label: 'licence.declareAgain',
      single: true,
      dialog: ({ rows, onClose }) => rows[0] && declare(rows[0].id, rows[0].cpus, onClose),
    },
    {
      id: 'withdraw',
      label: 'licence.withdraw',
      danger: true,
      confirm: { title: 'licence.withdraw', text: 'licence.withdrawText' },
      run: async (host) => {
        await post(`${placeOf(zone)}/withdraw`, { host: host.id });
        await again();
      },
    },
  ];
  return (
    <SubTable
      title="licence.hosts"
      rows={zone.hosts ?? []}
      empty={t('licence.noHosts')}
      create={{ label: 'licence.declare', dialog: ({ onClose }) => declare(undefined, '', onClose) }}
      actions={actions}
      columns={[
        { id: 'name', title: 'col.host', value: (host) => host.name, width: 130 },
        { id: 'cpus', title: 'licence.declared', value: (host) => host.cpus, width: 130 },
        {
          id: 'sockets',
          title: 'licence.sockets',
          value: (host) => `${host.declared_sockets} / ${host.all_sockets}`,
          width: 85,
        },
        {
          id: 'cores',
          title: 'licence.cores',
          value: (host) => `${host.declared_cores} / ${host.all_cores}`,
          width: 85,
        },
        {
          id: 'threads',
          title: 'licence.threads',
          value: (host) => `${host.declared_threads} / ${host.all_threads}`,
          width: 85,
        },
        { id: 'processor', title: 'licence.processor', value: (host) => host.processor, width: 190 },
        { id: 'at', title: 'licence.at', value: (host) => host.at, cell: (host) => time(host.at), width: 190 },
        { id: 'by', title: 'licence.by', value: (host) => host.by, width: 130 },
      ]}
    />
  );
}

function Machines({ zone }: { zone: LicenceZone }) {
  const { data: vms } = useList<Vm>('vms');
  const inside = new Set(zone.machines?.map(({ id }) => id));
  const others = (vms ?? []).filter((vm) => vm.cluster?.id === zone.cluster && !inside.has(vm.id));
  const actions: Action<LicensedVm>[] = [
    {
      id: 'allow',
      label: 'licence.allow',
      single: true,
      dialog: ({ rows, onClose }) =>
        rows[0] && (
          <Approve
            title="licence.allow"
            fields={[{ name: 'cpus', label: t('licence.allowed'), kind: 'number', required: true }]}
            initial={{ cpus: String(rows[0].cpus) }}
            onClose={onClose}
            run={(values) => post(`${placeOf(zone)}/allow`, { ...values, vm: rows[0]?.id })}
          />
        ),
    },
    {
      id: 'release',
      label: 'licence.release',
      danger: true,
      single: true,
      dialog: ({ rows, onClose }) =>
        rows[0] && (
          <Approve
            title="licence.release"
            onClose={onClose}
            run={(values) => post(`${placeOf(zone)}/release`, { ...values, vm: rows[0]?.id })}
          />
        ),
    },
  ];
  return (
    <SubTable
      title="licence.machines"
      rows={zone.machines ?? []}
      empty={t('licence.noMachines')}
      create={{
        label: 'licence.assign',
        dialog: ({ onClose }) => (
          <Approve
            title="licence.assign"
            fields={[
              {
                name: 'vm',
                label: t('kind.vms.one'),
                kind: 'select',
                required: true,
                options: others.map(({ id, name }) => ({ value: id, label: name ?? id })),
                help: t('licence.assignHelp'),
              },
            ]}
            onClose={onClose}
            run={(values) => post(`${placeOf(zone)}/assign`, values)}
          />
        ),
      }}
      actions={actions}
      columns={[
        {
          id: 'name',
          title: 'col.name',
          value: (vm) => vm.name,
          width: 200,
          cell: (vm) => (
            <ObjectLink kind="vms" id={vm.id}>
              {vm.name}
            </ObjectLink>
          ),
        },
        { id: 'cpus', title: 'licence.allowed', value: (vm) => vm.cpus },
        { id: 'host', title: 'col.host', value: (vm) => vm.host_name ?? '' },
        { id: 'seen', title: 'licence.seen', value: (vm) => vm.seen ?? '', width: 160 },
        {
          id: 'verdict',
          title: 'licence.verdict',
          value: (vm) => word('licence', vm.verdict ?? 'idle'),
          cell: (vm) => <span title={vm.strays?.join('\n')}>{word('licence', vm.verdict ?? 'idle')}</span>,
        },
        {
          id: 'at',
          title: 'licence.seenAt',
          value: (vm) => vm.seen_at,
          cell: (vm) => (vm.seen_at ? time(vm.seen_at) : ''),
          width: 170,
        },
      ]}
    />
  );
}

function Changes({ zone }: { zone: LicenceZone }) {
  return (
    <SubTable<LicenceChange & { id: string }>
      title="licence.changes"
      rows={(zone.changes ?? []).map((change, at) => ({ ...change, id: String(at) }))}
      sort={{ column: 'at', down: true }}
      columns={[
        { id: 'at', title: 'col.time', value: (each) => each.at, cell: (each) => time(each.at), width: 170 },
        { id: 'by', title: 'licence.by', value: (each) => each.by, width: 160 },
        { id: 'what', title: 'licence.change', value: (each) => each.what, width: 420 },
        { id: 'widens', title: 'licence.widens', value: (each) => t(each.widens ? 'yes' : 'no') },
        { id: 'because', title: 'licence.because', value: (each) => each.because, width: 260 },
      ]}
    />
  );
}
