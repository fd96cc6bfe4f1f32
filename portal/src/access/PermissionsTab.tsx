import UserIcon from '@patternfly/react-icons/dist/esm/icons/user-icon';
import UsersIcon from '@patternfly/react-icons/dist/esm/icons/users-icon';
import { useQuery } from '@tanstack/react-query';
import { list, post, remove } from '../api/client';
import { type Collection, collections, queries, useList } from '../api/queries';
import { type Group, type Permission, type Role, type User, yes } from '../api/types';
import { t } from '../i18n';
import type { Column } from '../ui/DataTable';
import { FormDialog } from '../ui/FormDialog';
import { ObjectLink } from '../ui/Link';
import { SubTable } from '../ui/SubTable';

/** Who and which role a permission names. */
export function usePermissionColumns(): Column<Permission>[] {
  const { data: users = [] } = useList<User>('users');
  const { data: groups = [] } = useList<Group>('groups');
  const { data: roles = [] } = useList<Role>('roles');
  const role = (permission: Permission) => roles.find(({ id }) => id === permission.role?.id);
  const who = ({ user, group }: Permission) =>
    user
      ? (users.find(({ id }) => id === user.id)?.user_name ?? user.id)
      : (groups.find(({ id }) => id === group?.id)?.name ?? group?.id);
  return [
    {
      id: 'who',
      title: 'perm.who',
      value: who,
      width: 260,
      cell: (permission) => (
        <>
          {permission.user ? <UserIcon /> : <UsersIcon />}{' '}
          {permission.user ? (
            <ObjectLink kind="users" id={permission.user.id}>
              {who(permission)}
            </ObjectLink>
          ) : (
            who(permission)
          )}
        </>
      ),
    },
    {
      id: 'role',
      title: 'perm.role',
      value: (permission) => role(permission)?.name,
      width: 220,
      cell: (permission) =>
        permission.role && (
          <ObjectLink kind="roles" id={permission.role.id}>
            {role(permission)?.name ?? permission.role.id}
          </ObjectLink>
        ),
    },
    {
      id: 'kind',
      title: 'perm.kind',
      value: (permission) => t(yes(role(permission)?.administrative) ? 'role.administrator' : 'role.user'),
      width: 160,
    },
    { id: 'description', title: 'col.description', value: (permission) => role(permission)?.description, width: 300 },
  ];
}

/** Who may do what with an object, given on it or on what it lies in. */
export function PermissionsTab(properties: { kind: Collection; id: string; place?: string }) {
  const { kind, id } = properties;
  // Some objects lie below others.
  const place = `${properties.place ?? `${collections[kind]}/${id}`}/permissions`;
  const { data, error } = useQuery({
    queryKey: ['sub', kind, id, 'permissions'],
    queryFn: ({ signal }) => list<Permission>(place, signal),
  });
  const columns = usePermissionColumns();
  const changed = () => queries.invalidateQueries({ queryKey: ['sub', kind, id, 'permissions'] });
  return (
    <SubTable
      title="tab.permissions"
      rows={data}
      error={error}
      sort={{ column: 'who', down: false }}
      columns={columns}
      empty={<p className="bw-quiet">{t('perm.none')}</p>}
      create={{
        label: 'perm.add',
        dialog: ({ onClose }) => <GiveDialog place={place} changed={changed} onClose={onClose} />,
      }}
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

/** Gives a role to a user or a group. */
export function GiveDialog(properties: {
  place: string;
  changed: () => Promise<unknown>;
  onClose: () => void;
  to?: { user?: string; group?: string };
}) {
  const { place, changed, onClose, to } = properties;
  const { data: users } = useList<User>('users');
  const { data: groups } = useList<Group>('groups');
  const { data: roles } = useList<Role>('roles');
  if (!users || !groups || !roles) return null;
  return (
    <FormDialog
      title={t('perm.add')}
      fields={[
        {
          name: 'who',
          label: t('perm.who'),
          kind: 'select',
          required: true,
          shown: () => !to,
          options: [
            ...users.map((user) => ({ value: `user ${user.id}`, label: user.user_name ?? user.id })),
            ...groups.map((group) => ({
              value: `group ${group.id}`,
              label: t('perm.groupNamed', { name: group.name ?? '' }),
            })),
          ],
        },
        {
          name: 'role',
          label: t('perm.role'),
          kind: 'select',
          required: true,
          options: [...roles]
            .sort((a, b) => Number(yes(a.administrative)) - Number(yes(b.administrative)))
            .map((role) => ({
              value: role.id,
              label: `${role.name}${yes(role.administrative) ? ` (${t('role.administrator')})` : ''}`,
            })),
        },
      ]}
      submit={t('perm.add')}
      onClose={onClose}
      onSubmit={async ({ who = '', role }) => {
        const [what = '', id = ''] = who.split(' ');
        const grantee = to ? (to.user ? { user: { id: to.user } } : { group: { id: to.group } }) : { [what]: { id } };
        await post(place, { ...grantee, role: { id: role } });
        await changed();
      }}
    >
      {(values) => {
        const role = roles.find(({ id }) => id === values.role);
        return role?.description && <p className="bw-quiet">{role.description}</p>;
      }}
    </FormDialog>
  );
}
