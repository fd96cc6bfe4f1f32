import BullhornIcon from '@patternfly/react-icons/dist/esm/icons/bullhorn-icon';
import PencilIcon from '@patternfly/react-icons/dist/esm/icons/pencil-alt-icon';
import TrashIcon from '@patternfly/react-icons/dist/esm/icons/trash-icon';
import { useQuery } from '@tanstack/react-query';
import { list, post, put, remove } from '../api/client';
import { collections, queries } from '../api/queries';
import { type NotificationChannel, type Num, num } from '../api/types';
import { type MessageKey, t, word } from '../i18n';
import { type Field, FormDialog, named, type Values } from '../ui/FormDialog';
import { time } from '../ui/format';
import { ObjectLink } from '../ui/Link';
import type { Resource } from '../ui/resource';
import { StatusLabel } from '../ui/StatusLabel';
import { SubTable } from '../ui/SubTable';

const PLACE = collections.notification_channels;
const again = () =>
  Promise.all(['list', 'item'].map((what) => queries.invalidateQueries({ queryKey: [what, 'notification_channels'] })));

const KINDS = ['mail', 'webhook', 'snmp'];
/** What each kind is set by. */
const SETTINGS: Record<string, readonly string[]> = {
  mail: ['host', 'port', 'security', 'from', 'to', 'user'],
  webhook: ['url'],
  snmp: ['address', 'version', 'user', 'auth', 'privacy', 'oid'],
};
/** Settings that are chosen; what is not chosen is the engine's to decide. */
const CHOICES: Record<string, readonly { value: string; label: string }[]> = {
  'mail.security': [
    { value: 'starttls', label: 'STARTTLS' },
    { value: 'tls', label: 'TLS' },
  ],
  'snmp.version': [
    { value: '2c', label: '2c' },
    { value: '3', label: '3' },
  ],
  'snmp.auth': ['224', '256', '384', '512'].map((bits) => ({ value: `sha${bits}`, label: `SHA-${bits}` })),
  'snmp.privacy': ['128', '192', '256'].map((bits) => ({ value: `aes${bits}`, label: `AES-${bits}` })),
};
/** What the engine takes where nothing is said: shown, because "none" would be wrong. */
const USUAL: Record<string, string> = { 'snmp.version': '2c', 'snmp.auth': 'sha256', 'snmp.privacy': 'aes128' };
const OF_VERSION_3 = new Set(['snmp.user', 'snmp.auth', 'snmp.privacy']);
const NEEDED = new Set(['host', 'from', 'url', 'address']);
const to = (channel: NotificationChannel) => String(channel.url ?? channel.address ?? channel.to ?? channel.host ?? '');

/** Who is told of events, and how. */
export const notifications: Resource<NotificationChannel> = {
  kind: 'notification_channels',
  icon: BullhornIcon,
  emptyText: 'channel.text',
  create: { label: 'channel.new', dialog: ({ onClose }) => <Edit onClose={onClose} /> },
  useColumns: () => [
    {
      id: 'name',
      title: 'col.name',
      value: (channel) => channel.name,
      width: 200,
      cell: (channel) => (
        <ObjectLink kind="notification_channels" id={channel.id}>
          {channel.name}
        </ObjectLink>
      ),
    },
    { id: 'kind', title: 'col.type', value: (channel) => word('channel', channel.kind), width: 140 },
    { id: 'to', title: 'channel.to', value: to, width: 280 },
    {
      id: 'severity',
      title: 'channel.severity',
      value: (channel) => word('status', channel.severity),
      cell: (channel) => <StatusLabel status={channel.severity} />,
      width: 180,
    },
    { id: 'codes', title: 'channel.codes', value: (channel) => channel.codes, width: 160 },
    { id: 'enabled', title: 'channel.enabled', value: (channel) => t(channel.enabled ? 'yes' : 'no'), width: 100 },
  ],
  actions: [
    {
      id: 'test',
      label: 'channel.test',
      icon: BullhornIcon,
      prominent: true,
      run: (channel) => post(`${PLACE}/${channel.id}/test`),
    },
    {
      id: 'edit',
      label: 'do.edit',
      icon: PencilIcon,
      single: true,
      dialog: ({ rows, onClose }) => rows[0] && <Edit channel={rows[0]} onClose={onClose} />,
    },
    {
      id: 'toggle',
      label: 'channel.toggle',
      run: async (channel) => {
        await put(`${PLACE}/${channel.id}`, { enabled: String(!channel.enabled) });
        await again();
      },
    },
    {
      id: 'remove',
      label: 'do.remove',
      icon: TrashIcon,
      danger: true,
      confirm: { title: 'confirm.remove', text: 'channel.removeText' },
      run: async (channel) => {
        await remove(`${PLACE}/${channel.id}`);
        await again();
      },
    },
  ],
  tabs: [{ id: 'deliveries', title: 'channel.deliveries', content: (channel) => <Deliveries channel={channel} /> }],
};

interface Delivery {
  id: string;
  event?: Num;
  recipient?: string;
  attempts?: Num;
  state?: string;
  next_attempt?: string;
  error?: string;
}

/** What was told over a channel, newest first, and what was not and why. */
function Deliveries({ channel }: { channel: NotificationChannel }) {
  const { data, error } = useQuery({
    queryKey: ['sub', 'notification_channels', channel.id, 'deliveries'],
    queryFn: ({ signal }) => list<Delivery>(`${PLACE}/${channel.id}/deliveries`, signal),
    staleTime: 0,
    refetchInterval: 10_000,
  });
  return (
    <SubTable
      title="channel.deliveries"
      rows={data?.map((delivery) => ({ ...delivery, id: String(delivery.id) }))}
      error={error}
      sort={{ column: 'event', down: true }}
      empty={<p className="bw-quiet">{t('channel.noDeliveries')}</p>}
      columns={[
        { id: 'event', title: 'kind.events.one', value: (delivery) => num(delivery.event), width: 100 },
        {
          id: 'state',
          title: 'col.status',
          value: (delivery) => word('status', delivery.state),
          cell: (delivery) => <StatusLabel status={delivery.state} />,
          width: 140,
        },
        { id: 'recipient', title: 'channel.to', value: (delivery) => delivery.recipient, width: 240 },
        {
          id: 'attempts',
          title: 'channel.attempts',
          value: (delivery) => num(delivery.attempts),
          end: true,
          width: 100,
        },
        {
          id: 'next',
          title: 'channel.next',
          value: (delivery) => delivery.next_attempt,
          cell: (delivery) => delivery.state === 'pending' && time(delivery.next_attempt),
          width: 220,
        },
        { id: 'error', title: 'col.message', value: (delivery) => delivery.error, width: 360 },
      ]}
    />
  );
}

function Edit({ channel, onClose }: { channel?: NotificationChannel; onClose: () => void }) {
  const secretOf: Record<string, MessageKey> = {
    mail: 'channel.mailSecret',
    webhook: 'channel.webhookSecret',
    snmp: 'channel.snmpSecret',
  };
  const of = (kind: string) => (values: Values) => values.kind === kind;
  const protectedTraps = (values: Values) => values.kind === 'snmp' && values['snmp.version'] === '3';
  const settings = KINDS.flatMap((kind) =>
    (SETTINGS[kind] ?? []).map(
      (name): Field => ({
        name: `${kind}.${name}`,
        label: t(kind === 'snmp' && name === 'user' ? 'channel.set.snmpUser' : (`channel.set.${name}` as MessageKey)),
        shown: OF_VERSION_3.has(`${kind}.${name}`) ? protectedTraps : of(kind),
        required: NEEDED.has(name) || (kind === 'snmp' && name !== 'oid'),
        ...(name === 'port' && { kind: 'number' as const }),
        ...(name === 'to' && { help: t('channel.toHelp') }),
        ...(name === 'address' && { help: t('channel.addressHelp') }),
        ...(name === 'url' && {
          wrong: (value: string) => (/^https?:\/\/\S+$/.test(value) ? undefined : t('channel.noUrl')),
        }),
        ...(CHOICES[`${kind}.${name}`] && {
          kind: 'select' as const,
          options: [...(CHOICES[`${kind}.${name}`] ?? [])],
        }),
        ...(`${kind}.${name}` === 'snmp.version' &&
          channel?.engine_id !== undefined && { help: t('channel.engineHelp', { id: String(channel.engine_id) }) }),
      }),
    ),
  );
  return (
    <FormDialog
      title={channel ? t('vm.edit', { name: channel.name ?? '' }) : t('channel.new')}
      initial={{
        name: channel?.name ?? '',
        kind: channel?.kind ?? 'mail',
        severity: channel?.severity ?? 'warning',
        codes: channel?.codes ?? '',
        ...USUAL,
        ...Object.fromEntries(
          (SETTINGS[channel?.kind ?? ''] ?? [])
            .filter((name) => channel?.[name] !== undefined)
            .map((name) => [`${channel?.kind}.${name}`, String(channel?.[name] ?? '')]),
        ),
      }}
      fields={[
        { name: 'name', label: t('col.name'), required: true, wrong: named(50) },
        {
          name: 'kind',
          label: t('col.type'),
          kind: 'select',
          required: true,
          shown: () => !channel,
          options: KINDS.map((value) => ({ value, label: word('channel', value) })),
        },
        ...settings,
        ...KINDS.map(
          (kind): Field => ({
            name: `${kind}.secret`,
            label: t(secretOf[kind] ?? 'login.password'),
            kind: 'password',
            shown: of(kind),
            ...(channel?.secret_set && { help: t('channel.secretKept') }),
          }),
        ),
        {
          name: 'privacy_secret',
          label: t('channel.privacySecret'),
          kind: 'password',
          shown: protectedTraps,
          help: t(channel?.privacy_secret_set ? 'channel.secretKept' : 'channel.privacyHelp'),
        },
        {
          name: 'severity',
          label: t('channel.severity'),
          kind: 'select',
          required: true,
          options: ['normal', 'warning', 'error', 'alert'].map((value) => ({ value, label: word('status', value) })),
        },
        {
          name: 'codes',
          label: t('channel.codes'),
          help: t('channel.codesHelp'),
          wrong: (value) => (/^\d+([ ,]+\d+)*$/.test(value) ? undefined : t('channel.codesHelp')),
        },
      ]}
      submit={t(channel ? 'do.save' : 'do.create')}
      onClose={onClose}
      onSubmit={async (values) => {
        const kind = values.kind ?? '';
        const body = {
          name: values.name,
          severity: values.severity,
          codes: values.codes,
          ...Object.fromEntries((SETTINGS[kind] ?? []).map((name) => [name, values[`${kind}.${name}`] ?? ''])),
          ...(values[`${kind}.secret`] && { secret: values[`${kind}.secret`] }),
          ...(protectedTraps(values)
            ? values.privacy_secret && { privacy_secret: values.privacy_secret }
            : kind === 'snmp' && { user: '', auth: '', privacy: '', privacy_secret: '' }),
        };
        await (channel ? put(`${PLACE}/${channel.id}`, body) : post(PLACE, { ...body, kind }));
        await again();
      }}
    />
  );
}
