import { Button } from '@patternfly/react-core';
import { useState } from 'react';
import { post, put, remove } from '../api/client';
import { queries, useSub } from '../api/queries';
import { type Host, type Num, num, type Ref, yes } from '../api/types';
import { t } from '../i18n';
import { Details } from '../ui/Details';
import { between, FormDialog } from '../ui/FormDialog';
import { explain } from '../ui/notify';
import { SubTable } from '../ui/SubTable';

interface FenceAgent extends Ref {
  type?: string;
  address?: string;
  port?: Num;
  username?: string;
  order?: Num;
  encrypt_options?: string | boolean;
  options?: { option?: { name?: string; value?: string }[] };
}

const TYPES = [
  'ipmilan',
  'ilo4',
  'ilo5_ssh',
  'drac5',
  'redfish',
  'apc',
  'apc_snmp',
  'rsa',
  'cisco_ucs',
  'xvm',
  'virsh',
];
const placeOf = (host: Host) => `/hosts/${host.id}/fenceagents`;

/** "lanplus=1, power_wait=4" as options; undefined when it is none. */
export function readOptions(text: string): { name: string; value: string }[] | undefined {
  const parts = text
    .split(/[\n,]+/)
    .map((part) => part.trim())
    .filter(Boolean);
  return parts.every((part) => /^[\w-]+(=.*)?$/.test(part))
    ? parts.map((part) => ({ name: part.split('=')[0] ?? '', value: part.split('=').slice(1).join('=') }))
    : undefined;
}

const optionText = (agent: FenceAgent | undefined) =>
  (agent?.options?.option ?? []).map(({ name, value }) => (value ? `${name}=${value}` : name)).join(', ');

/** By which devices a host is switched off and on when it is silent, or when somebody wants it. */
export function PowerManagement({ host }: { host: Host }) {
  const { data, error } = useSub<FenceAgent>('hosts', host.id, 'fenceagents');
  const [said, setSaid] = useState('');
  const [changing, setChanging] = useState(false);
  const again = () => queries.invalidateQueries({ queryKey: ['sub', 'hosts', host.id] });
  const edit = (onClose: () => void, agent?: FenceAgent) => (
    <AgentDialog host={host} {...(agent && { agent })} again={again} onClose={onClose} />
  );
  const management = host.power_management;
  const test = async () => {
    setSaid(t('power.asking'));
    try {
      const reply = await post<{ power_management?: { status?: string } }>(`/hosts/${host.id}/fence`, {
        fence_type: 'status',
      });
      const status = reply.power_management?.status ?? 'unknown';
      setSaid(
        t('power.says', { status: t(status === 'on' ? 'power.on' : status === 'off' ? 'power.off' : 'power.unknown') }),
      );
    } catch (refused) {
      setSaid(explain(refused));
    }
  };
  return (
    <>
      <Details
        facts={[
          ['power.enabled', t(yes(management?.enabled) ? 'yes' : 'no')],
          ['power.automatic', t(yes(management?.automatic_pm_enabled) ? 'yes' : 'no')],
        ]}
      />
      <div className="bw-page__actions bw-san">
        <Button variant="secondary" onClick={() => setChanging(true)}>
          {t('do.edit')}
        </Button>
        <Button variant="secondary" isDisabled={!data || data.length === 0} onClick={() => void test()}>
          {t('power.test')}
        </Button>
        <span role="status">{said}</span>
      </div>
      <SubTable
        title="power.agents"
        rows={data?.map((agent) => ({ ...agent, name: `${agent.type} ${agent.address}` }))}
        error={error}
        sort={{ column: 'order', down: false }}
        empty={<p className="bw-quiet">{t('power.none')}</p>}
        create={{ label: 'power.new', needs: 'fence_agents.add', dialog: ({ onClose }) => edit(onClose) }}
        columns={[
          { id: 'order', title: 'power.order', value: (agent) => num(agent.order), width: 110 },
          { id: 'type', title: 'col.type', value: (agent) => agent.type, width: 140 },
          { id: 'address', title: 'col.address', value: (agent) => agent.address, width: 220 },
          { id: 'user', title: 'col.user', value: (agent) => agent.username, width: 140 },
          { id: 'options', title: 'power.options', value: optionText, width: 260 },
        ]}
        actions={[
          {
            id: 'edit',
            needs: 'fence_agent.update',
            label: 'do.edit',
            single: true,
            dialog: ({ rows, onClose }) => rows[0] && edit(onClose, rows[0]),
          },
          {
            id: 'remove',
            needs: 'fence_agent.remove',
            label: 'do.remove',
            danger: true,
            confirm: { title: 'confirm.remove', text: 'power.removeText' },
            run: async (agent) => {
              await remove(`${placeOf(host)}/${agent.id}`);
              await again();
            },
          },
        ]}
      />
      {changing && (
        <FormDialog
          title={t('tab.power')}
          initial={{
            enabled: yes(management?.enabled) ? 'true' : '',
            automatic: yes(management?.automatic_pm_enabled) ? 'true' : '',
            kdump: yes(management?.kdump_detection) ? 'true' : '',
          }}
          fields={[
            { name: 'enabled', label: t('power.enabled'), kind: 'switch', help: t('power.enabledHelp') },
            { name: 'automatic', label: t('power.automatic'), kind: 'switch', help: t('power.automaticHelp') },
            { name: 'kdump', label: t('power.kdump'), kind: 'switch', help: t('power.kdumpHelp') },
          ]}
          submit={t('do.save')}
          onClose={() => setChanging(false)}
          onSubmit={async ({ enabled, automatic, kdump }) => {
            await put(`/hosts/${host.id}`, {
              power_management: {
                enabled: enabled === 'true',
                automatic_pm_enabled: automatic === 'true',
                kdump_detection: kdump === 'true',
              },
            });
            await queries.invalidateQueries({ queryKey: ['item', 'hosts', host.id] });
          }}
        />
      )}
    </>
  );
}

function AgentDialog(properties: {
  host: Host;
  agent?: FenceAgent;
  again: () => Promise<unknown>;
  onClose: () => void;
}) {
  const { host, agent, again, onClose } = properties;
  const types = [...new Set([...TYPES, ...(agent?.type ? [agent.type] : [])])];
  return (
    <FormDialog
      title={agent ? t('vm.edit', { name: agent.type ?? '' }) : t('power.new')}
      initial={{
        type: agent?.type ?? 'ipmilan',
        address: agent?.address ?? '',
        port: String(agent?.port ?? ''),
        user: agent?.username ?? '',
        order: String(agent?.order ?? ''),
        options: optionText(agent),
      }}
      fields={[
        {
          name: 'type',
          label: t('col.type'),
          kind: 'select',
          required: true,
          options: types.map((value) => ({ value, label: value })),
        },
        {
          name: 'address',
          label: t('col.address'),
          required: true,
          wrong: (value) => (/^[^\s-]\S*$/.test(value) ? undefined : t('field.address')),
        },
        { name: 'port', label: t('san.port'), kind: 'number', wrong: between(1, 65_535) },
        { name: 'user', label: t('col.user') },
        {
          name: 'password',
          label: t('login.password'),
          kind: 'password',
          ...(agent && { help: t('channel.secretKept') }),
        },
        { name: 'order', label: t('power.order'), kind: 'number', help: t('power.orderHelp'), wrong: between(0, 1000) },
        {
          name: 'options',
          label: t('power.options'),
          help: t('power.optionsHelp'),
          wrong: (value) => (readOptions(value) ? undefined : t('power.optionsHelp')),
        },
      ]}
      submit={t(agent ? 'do.save' : 'power.new')}
      onClose={onClose}
      onSubmit={async (values) => {
        const body = {
          type: values.type,
          address: values.address,
          username: values.user,
          ...(values.port && { port: values.port }),
          ...(values.password && { password: values.password }),
          ...(values.order && { order: values.order }),
          options: { option: readOptions(values.options ?? '') },
        };
        await (agent ? put(`${placeOf(host)}/${agent.id}`, body) : post(placeOf(host), body));
        await again();
      }}
    />
  );
}
