import KeyIcon from '@patternfly/react-icons/dist/esm/icons/key-icon';
import PencilIcon from '@patternfly/react-icons/dist/esm/icons/pencil-alt-icon';
import TrashIcon from '@patternfly/react-icons/dist/esm/icons/trash-icon';
import UserIcon from '@patternfly/react-icons/dist/esm/icons/user-icon';
import UsersIcon from '@patternfly/react-icons/dist/esm/icons/users-icon';
import { ask, post, put, remove } from '../api/client';
import { queries, useList, useSub } from '../api/queries';
import type { Group, Permission, User } from '../api/types';
import { EventsOf } from '../event/EventsOf';
import { t } from '../i18n';
import { tagging } from '../inventory/tags';
import type { Column } from '../ui/DataTable';
import { Details } from '../ui/Details';
import { type Field, FormDialog } from '../ui/FormDialog';
import { time } from '../ui/format';
import { ObjectLink } from '../ui/Link';
import type { Resource } from '../ui/resource';
import { SubTable } from '../ui/SubTable';
import { FromDirectory } from './FromDirectory';
import { Keys } from './Keys';
import { Lockout, useLockouts } from './Lockout';
import { GiveDialog, usePermissionColumns } from './PermissionsTab';
import { Subscriptions } from './Subscriptions';

const again = (kind: 'users' | 'groups') => queries.invalidateQueries({ queryKey: ['list', kind] });
const full = (user: User) => [user.name, user.last_name].filter(Boolean).join(' ');

const fromDirectory = (kind: 'users' | 'groups') => ({
  label: 'directory.add' as const,
  needs: 'domain_users.list',
  dialog: ({ onClose }: { onClose: () => void }) => <FromDirectory kind={kind} onClose={onClose} />,
});

export const users: Resource<User> = {
  kind: 'users',
  icon: UserIcon,
  title: (user) => user.user_name ?? full(user),
  sort: { column: 'user', down: false },
  create: { label: 'user.new', needs: 'users.add', dialog: ({ onClose }) => <UserDialog onClose={onClose} /> },
  extras: [fromDirectory('users')],
  actions: [
    {
      id: 'edit',
      needs: 'user.update',
      label: 'do.edit',
      icon: PencilIcon,
      single: true,
      dialog: ({ rows, onClose }) => rows[0] && <UserDialog user={rows[0]} onClose={onClose} />,
    },
    {
      id: 'password',
      needs: 'user.update',
      on: (user) => user.domain?.name === undefined || user.domain.name === 'internal-authz',
      label: 'user.password',
      icon: KeyIcon,
      single: true,
      dialog: ({ rows, onClose }) => rows[0] && <PasswordDialog user={rows[0]} onClose={onClose} />,
    },
    {
      id: 'factor',
      needs: 'user.update',
      label: 'user.factorForget',
      single: true,
      confirm: { title: 'confirm.generic', text: 'user.factorForgetText' },
      run: (user) => ask(`/ovirt-engine/services/second-factor?user=${user.id}`, { method: 'DELETE' }),
    },
    tagging('users'),
    {
      id: 'remove',
      needs: 'user.remove',
      label: 'do.remove',
      icon: TrashIcon,
      danger: true,
      confirm: { title: 'confirm.remove', text: 'user.removeText' },
      run: async (user) => {
        await remove(`/users/${user.id}`);
        await again('users');
      },
    },
  ],
  useColumns: () => {
    const lockouts = useLockouts();
    return [
      {
        id: 'user',
        title: 'col.user',
        value: (user) => user.user_name,
        width: 240,
        cell: (user) => (
          <ObjectLink kind="users" id={user.id}>
            {user.user_name}
          </ObjectLink>
        ),
      },
      // Only while somebody is locked out: that should be seen, and is rare.
      ...(lockouts.size > 0
        ? [
            {
              id: 'lock',
              title: 'user.lock',
              width: 250,
              value: (user) => lockouts.get(user.id),
              cell: (user) => {
                const until = lockouts.get(user.id);
                return until && t('user.locked', { time: time(until) });
              },
            } satisfies Column<User>,
          ]
        : []),
      { id: 'name', title: 'col.name', value: full, width: 170 },
      { id: 'email', title: 'user.email', value: (user) => user.email, width: 190 },
      { id: 'department', title: 'user.department', value: (user) => user.department },
      { id: 'directory', title: 'col.directory', value: (user) => user.domain?.name, width: 150 },
      { id: 'id', title: 'col.id', value: (user) => user.id, width: 300, hidden: true },
    ];
  },
  tabs: [
    {
      id: 'general',
      title: 'tab.general',
      content: (user) => (
        <>
          <Lockout user={user} />
          <Details
            facts={[
              ['col.user', user.user_name],
              ['col.name', full(user)],
              ['user.email', user.email],
              ['user.department', user.department],
              ['col.directory', user.domain?.name],
              ['col.id', user.id],
            ]}
          />
        </>
      ),
    },
    {
      id: 'permissions',
      needs: 'assigned_permissions.list',
      title: 'tab.permissions',
      content: (user) => <Held kind="users" id={user.id} />,
    },
    {
      id: 'groups',
      needs: 'domain_user_groups.list',
      title: 'kind.groups',
      content: (user) => <GroupsOf user={user} />,
    },
    {
      id: 'keys',
      needs: 'ssh_public_keys.list',
      title: 'tab.keys',
      content: (user) => <Keys user={user.id} />,
    },
    {
      id: 'subscriptions',
      needs: 'event_subscriptions.list',
      title: 'tab.subscriptions',
      content: (user) => <Subscriptions user={user} />,
    },
    { id: 'events', title: 'tab.events', content: (user) => <EventsOf keep={(event) => event.user?.id === user.id} /> },
  ],
};

const kinds = ['vm', 'template', 'disk', 'host', 'cluster', 'data_center', 'storage_domain', 'network', 'vnic_profile'];
const collection = (kind: string) => `${kind}s` as 'vms';

/** What a user or a group may do, and where; system-wide when the permission names no object. */
function Held({ kind: holder, id }: { kind: 'users' | 'groups'; id: string }) {
  const { data, error } = useSub<Permission>(holder, id, 'permissions');
  const columns = usePermissionColumns();
  const object = (permission: Permission) => {
    const kind = kinds.find((each) => each in permission);
    const ref = kind && (permission as unknown as Record<string, { id: string } | undefined>)[kind];
    return kind && ref ? { kind, id: ref.id } : undefined;
  };
  const changed = () => queries.invalidateQueries({ queryKey: ['sub', holder, id, 'permissions'] });
  return (
    <SubTable
      title="tab.permissions"
      rows={data}
      error={error}
      empty={<p className="bw-quiet">{t('perm.none')}</p>}
      create={{
        label: 'perm.addSystem',
        dialog: ({ onClose }) => (
          <GiveDialog
            place="/permissions"
            to={holder === 'users' ? { user: id } : { group: id }}
            changed={changed}
            onClose={onClose}
          />
        ),
      }}
      columns={[
        ...columns.slice(0, 2),
        {
          id: 'object',
          title: 'perm.object',
          width: 220,
          value: (permission) => object(permission)?.kind ?? t('perm.system'),
          cell: (permission) => {
            const on = object(permission);
            return on ? (
              <ObjectLink kind={collection(on.kind)} id={on.id}>
                {t(`kind.${collection(on.kind)}.one`)}
              </ObjectLink>
            ) : (
              t('perm.system')
            );
          },
        },
        ...columns.slice(2),
      ]}
      actions={[
        {
          id: 'remove',
          label: 'perm.remove',
          danger: true,
          confirm: { title: 'perm.removeTitle', text: 'perm.removeText' },
          run: async (permission) => {
            await remove(`/permissions/${permission.id}`);
            await changed();
          },
        },
      ]}
    />
  );
}

function GroupsOf({ user }: { user: User }) {
  const { data, error } = useSub<Group>('users', user.id, 'groups');
  return (
    <SubTable
      title="kind.groups"
      rows={data}
      error={error}
      empty={<p className="bw-quiet">{t('user.noGroups')}</p>}
      columns={[
        { id: 'name', title: 'col.name', value: (group) => group.name, width: 240 },
        { id: 'directory', title: 'col.directory', value: (group) => group.domain?.name },
      ]}
    />
  );
}

const password = (): Field => ({
  name: 'password',
  label: t('login.password'),
  kind: 'password',
  required: true,
  wrong: (value) => (value.length < 8 ? t('user.passwordShort') : undefined),
});

const twice = (): Field => ({
  name: 'again',
  label: t('user.again'),
  kind: 'password',
  required: true,
  wrong: (value, all) => (value !== all.password ? t('user.differs') : undefined),
});

function UserDialog({ user, onClose }: { user?: User; onClose: () => void }) {
  const { data: groups } = useList<Group>('groups');
  const { data: own } = useSub<Group>('users', user?.id ?? 'none', 'groups', undefined, user !== undefined);
  if (!groups || (user && !own)) return null;
  const internal = groups.filter(
    (group) => group.domain?.name === 'internal-authz' || group.domain?.name === 'internal',
  );
  return (
    <FormDialog
      title={user ? t('vm.edit', { name: user.user_name ?? '' }) : t('user.new')}
      initial={{
        first: user?.name ?? '',
        last: user?.last_name ?? '',
        email: user?.email ?? '',
        department: user?.department ?? '',
        groups: own?.map(({ id }) => id).join(',') ?? '',
      }}
      fields={[
        ...(user
          ? []
          : [
              {
                name: 'user',
                label: t('user.name'),
                required: true,
                help: t('user.nameHelp'),
                wrong: (value: string) => (/^[\w.+-]{1,255}$/.test(value) ? undefined : t('field.name', { max: 255 })),
              },
              password(),
              twice(),
            ]),
        { name: 'first', label: t('user.first') },
        { name: 'last', label: t('user.last') },
        {
          name: 'email',
          label: t('user.email'),
          wrong: (value: string) => (/^\S+@\S+$/.test(value) ? undefined : t('user.noEmail')),
        },
        { name: 'department', label: t('user.department') },
        {
          name: 'groups',
          label: t('kind.groups'),
          kind: 'several' as const,
          shown: () => internal.length > 0,
          options: internal.map((group) => ({ value: group.id, label: group.name ?? group.id })),
        },
      ]}
      submit={t(user ? 'do.save' : 'do.create')}
      onClose={onClose}
      onSubmit={async (values) => {
        const body = {
          name: values.first,
          last_name: values.last,
          email: values.email,
          department: values.department,
          groups: {
            group: (values.groups ?? '')
              .split(',')
              .filter(Boolean)
              .map((id) => ({ id })),
          },
        };
        await (user
          ? put(`/users/${user.id}`, body)
          : post('/users', {
              ...body,
              user_name: `${values.user}@internal`,
              domain: { name: 'internal-authz' },
              password: values.password,
            }));
        await again('users');
        if (user) await queries.invalidateQueries({ queryKey: ['item', 'users', user.id] });
      }}
    />
  );
}

function PasswordDialog({ user, onClose }: { user: User; onClose: () => void }) {
  return (
    <FormDialog
      title={t('user.passwordOf', { what: user.user_name ?? '' })}
      fields={[password(), twice()]}
      submit={t('do.save')}
      onClose={onClose}
      onSubmit={(values) => put(`/users/${user.id}`, { password: values.password })}
    >
      <p className="bw-quiet">{t('user.passwordText')}</p>
    </FormDialog>
  );
}

export const groups: Resource<Group> = {
  kind: 'groups',
  needs: 'groups.list',
  icon: UsersIcon,
  create: { label: 'group.new', needs: 'groups.add', dialog: ({ onClose }) => <GroupDialog onClose={onClose} /> },
  extras: [fromDirectory('groups')],
  useColumns: () => [
    {
      id: 'name',
      title: 'col.name',
      value: (group) => group.name,
      width: 260,
      cell: (group) => (
        <ObjectLink kind="groups" id={group.id}>
          {group.name}
        </ObjectLink>
      ),
    },
    { id: 'directory', title: 'col.directory', value: (group) => group.domain?.name },
    { id: 'id', title: 'col.id', value: (group) => group.id, width: 300 },
  ],
  tabs: [
    {
      id: 'permissions',
      needs: 'assigned_permissions.list',
      title: 'tab.permissions',
      content: (group) => <Held kind="groups" id={group.id} />,
    },
  ],
  actions: [
    tagging('groups'),
    {
      id: 'give',
      label: 'perm.addSystem',
      single: true,
      dialog: ({ rows, onClose }) =>
        rows[0] && (
          <GiveDialog
            place="/permissions"
            to={{ group: rows[0].id }}
            changed={() => queries.invalidateQueries({ queryKey: ['list', 'permissions'] })}
            onClose={onClose}
          />
        ),
    },
    {
      id: 'remove',
      label: 'do.remove',
      icon: TrashIcon,
      danger: true,
      confirm: { title: 'confirm.remove', text: 'user.removeText' },
      run: async (group) => {
        await remove(`/groups/${group.id}`);
        await again('groups');
      },
    },
  ],
};

function GroupDialog({ onClose }: { onClose: () => void }) {
  return (
    <FormDialog
      title={t('group.new')}
      fields={[{ name: 'name', label: t('col.name'), required: true }]}
      submit={t('do.create')}
      onClose={onClose}
      onSubmit={async ({ name }) => {
        await post('/groups', { name, domain: { name: 'internal-authz' } });
        await again('groups');
      }}
    />
  );
}
