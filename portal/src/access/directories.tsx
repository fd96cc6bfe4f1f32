import BookIcon from '@patternfly/react-icons/dist/esm/icons/address-book-icon';
import PencilIcon from '@patternfly/react-icons/dist/esm/icons/pencil-alt-icon';
import TrashIcon from '@patternfly/react-icons/dist/esm/icons/trash-icon';
import { post, put, remove } from '../api/client';
import { collections, queries } from '../api/queries';
import type { Directory } from '../api/types';
import { type MessageKey, t, word } from '../i18n';
import { type Field, FormDialog } from '../ui/FormDialog';
import type { Resource } from '../ui/resource';

const PLACE = collections.directories;
const again = () => queries.invalidateQueries({ queryKey: ['list', 'directories'] });

const BOTH = ['url', 'ca_file', 'login_attribute'] as const;
const OF_LDAP = [
  'base',
  'bind_dn',
  'start_tls',
  'default',
  'entry_attribute',
  'user_filter',
  'group_filter',
  'kerberos_keytab',
  'kerberos_principal',
] as const;
const OF_PROVIDERS = ['client_id', 'scopes', 'groups_claim'] as const;

/** What a directory of that kind can be told. */
const settings = (kind: string | undefined) => [...BOTH, ...(kind === 'oidc' ? OF_PROVIDERS : OF_LDAP)];

/** Where users and groups come from beside the engine's own. */
export const directories: Resource<Directory> = {
  kind: 'directories',
  icon: BookIcon,
  emptyText: 'directory.text',
  create: { label: 'directory.new', dialog: ({ onClose }) => <Edit onClose={onClose} /> },
  useColumns: () => [
    { id: 'name', title: 'col.name', value: (directory) => directory.name, width: 180 },
    { id: 'kind', title: 'col.type', value: (directory) => word('directory', directory.kind), width: 180 },
    { id: 'url', title: 'directory.url', value: (directory) => String(directory.url ?? ''), width: 260 },
    { id: 'base', title: 'directory.base', value: (directory) => String(directory.base ?? ''), width: 260 },
  ],
  actions: [
    {
      id: 'test',
      label: 'directory.test',
      icon: BookIcon,
      prominent: true,
      run: (directory) => post(`${PLACE}/${directory.name}/test`),
    },
    {
      id: 'edit',
      label: 'do.edit',
      icon: PencilIcon,
      single: true,
      dialog: ({ rows, onClose }) => rows[0] && <Edit directory={rows[0]} onClose={onClose} />,
    },
    {
      id: 'remove',
      label: 'do.remove',
      icon: TrashIcon,
      danger: true,
      confirm: { title: 'confirm.remove', text: 'directory.removeText' },
      run: async (directory) => {
        await remove(`${PLACE}/${directory.name}`);
        await again();
      },
    },
  ],
};

function Edit({ directory, onClose }: { directory?: Directory; onClose: () => void }) {
  const server = t('directory.server');
  const detail = t('directory.details');
  const plain = (name: string): Field => ({ tab: detail, name, label: t(`directory.${name}` as MessageKey) });
  const ldap = (all: Record<string, string>) => all.kind !== 'oidc';
  const provider = (all: Record<string, string>) => all.kind === 'oidc';
  return (
    <FormDialog
      title={directory ? t('vm.edit', { name: directory.name ?? '' }) : t('directory.new')}
      initial={{
        name: directory?.name ?? '',
        kind: directory?.kind ?? 'ldap',
        ...Object.fromEntries(
          [...BOTH, ...OF_LDAP, ...OF_PROVIDERS].map((name) => [name, String(directory?.[name] ?? '')]),
        ),
      }}
      fields={[
        {
          tab: server,
          name: 'name',
          label: t('col.name'),
          required: true,
          help: t('directory.nameHelp'),
          shown: () => !directory,
          wrong: (value) =>
            /^[\w.-]{1,60}$/.test(value) && value !== 'internal' ? undefined : t('field.name', { max: 60 }),
        },
        {
          tab: server,
          name: 'kind',
          label: t('col.type'),
          kind: 'select',
          required: true,
          shown: () => !directory,
          options: ['ldap', 'ad', 'oidc'].map((value) => ({ value, label: word('directory', value) })),
        },
        {
          tab: server,
          name: 'url',
          label: t('directory.url'),
          required: true,
          help: t('directory.urlHelp'),
          wrong: (value, all) =>
            (provider(all) ? /^https?:\/\/[^ ]+$/ : /^ldaps?:\/\/[^/ ]+$/).test(value)
              ? undefined
              : t('directory.urlHelp'),
        },
        {
          tab: server,
          name: 'client_id',
          label: t('directory.client_id'),
          required: true,
          shown: provider,
          help: t('directory.clientHelp', { address: `${window.location.origin}/ovirt-engine/sso/openid/callback` }),
        },
        {
          tab: server,
          name: 'base',
          label: t('directory.base'),
          required: true,
          shown: ldap,
          help: 'dc=example,dc=com',
        },
        { tab: server, name: 'bind_dn', label: t('directory.bind_dn'), shown: ldap, help: t('directory.bindHelp') },
        {
          tab: server,
          name: 'password',
          label: t('login.password'),
          kind: 'password',
          ...(directory?.password_set && { help: t('channel.secretKept') }),
        },
        { tab: server, name: 'start_tls', label: t('directory.start_tls'), kind: 'switch', shown: ldap },
        {
          tab: server,
          name: 'default',
          label: t('directory.default'),
          kind: 'switch',
          shown: ldap,
          help: t('directory.defaultHelp'),
        },
        { tab: server, name: 'ca_file', label: t('directory.ca_file'), help: t('directory.caHelp') },
        plain('login_attribute'),
        ...OF_LDAP.slice(4).map((name) => ({ ...plain(name), shown: ldap })),
        ...OF_PROVIDERS.slice(1).map((name) => ({ ...plain(name), shown: provider })),
      ]}
      submit={t(directory ? 'do.save' : 'do.create')}
      onClose={onClose}
      onSubmit={async (values) => {
        const body = {
          ...Object.fromEntries(settings(values.kind).map((name) => [name, values[name] ?? ''])),
          ...(values.password && { password: values.password }),
        };
        await (directory
          ? put(`${PLACE}/${directory.name}`, body)
          : post(PLACE, { ...body, name: values.name, kind: values.kind }));
        await again();
      }}
    >
      <p className="bw-quiet">{t('directory.detailsHelp')}</p>
    </FormDialog>
  );
}
