import { Checkbox, ExpandableSection, SearchInput } from '@patternfly/react-core';
import CopyIcon from '@patternfly/react-icons/dist/esm/icons/copy-icon';
import PencilIcon from '@patternfly/react-icons/dist/esm/icons/pencil-alt-icon';
import ShieldIcon from '@patternfly/react-icons/dist/esm/icons/shield-alt-icon';
import TrashIcon from '@patternfly/react-icons/dist/esm/icons/trash-icon';
import { useState } from 'react';
import { list, post, put, remove } from '../api/client';
import { queries, useSub } from '../api/queries';
import { type Permission, type Permit, type Role, yes } from '../api/types';
import { t } from '../i18n';
import { FormDialog } from '../ui/FormDialog';
import { ObjectLink } from '../ui/Link';
import { act } from '../ui/notify';
import type { Resource } from '../ui/resource';
import { GiveDialog, usePermissionColumns } from './PermissionsTab';
import { permitGroups } from './permits';

const SUPER_USER = '00000000-0000-0000-0000-000000000001';
const again = () => queries.invalidateQueries({ queryKey: ['list', 'roles'] });

export const roles: Resource<Role> = {
  kind: 'roles',
  needs: 'roles.list',
  icon: ShieldIcon,
  create: { label: 'role.new', dialog: ({ onClose }) => <RoleDialog onClose={onClose} /> },
  useColumns: () => [
    {
      id: 'name',
      title: 'col.name',
      value: (role) => role.name,
      width: 220,
      cell: (role) => (
        <ObjectLink kind="roles" id={role.id}>
          {role.name}
        </ObjectLink>
      ),
    },
    {
      id: 'kind',
      title: 'perm.kind',
      value: (role) => t(yes(role.administrative) ? 'role.administrator' : 'role.user'),
      width: 150,
    },
    { id: 'own', title: 'role.own', value: (role) => t(yes(role.mutable) ? 'yes' : 'no'), width: 100 },
    { id: 'description', title: 'col.description', value: (role) => role.description, width: 460 },
    { id: 'id', title: 'col.id', value: (role) => role.id, width: 300, hidden: true },
  ],
  actions: [
    {
      id: 'clone',
      label: 'role.clone',
      icon: CopyIcon,
      single: true,
      dialog: ({ rows, onClose }) => rows[0] && <RoleDialog like={rows[0]} onClose={onClose} />,
    },
    {
      id: 'edit',
      label: 'do.edit',
      icon: PencilIcon,
      single: true,
      on: (role) => yes(role.mutable),
      dialog: ({ rows, onClose }) => rows[0] && <RoleDialog role={rows[0]} onClose={onClose} />,
    },
    {
      id: 'remove',
      label: 'do.remove',
      icon: TrashIcon,
      danger: true,
      on: (role) => yes(role.mutable),
      confirm: { title: 'confirm.remove', text: 'confirm.removeText' },
      run: async (role) => {
        await remove(`/roles/${role.id}`);
        await again();
      },
    },
  ],
  tabs: [{ id: 'permits', title: 'role.permits', content: (role) => <Permits role={role} /> }],
};

const words = (permit: Permit) => (permit.name ?? permit.id).replaceAll('_', ' ');

/** What a role permits, as a tree by what it is about; one's own roles can be changed in it. */
function Permits({ role }: { role: Role }) {
  const { data: all = [] } = useSub<Permit>('roles', SUPER_USER, 'permits');
  const { data: held, error } = useSub<Permit>('roles', role.id, 'permits');
  const [search, setSearch] = useState('');
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  if (error) return <p>{t('table.failed')}</p>;
  if (!held) return null;
  const has = new Set(held.map(({ id }) => id));
  const change = async (permits: readonly Permit[], on: boolean) => {
    const other = permits.filter(({ id }) => has.has(id) !== on);
    await act(t('do.save'), other, (permit) =>
      on ? post(`/roles/${role.id}/permits`, { id: permit.id }) : remove(`/roles/${role.id}/permits/${permit.id}`),
    );
    await queries.invalidateQueries({ queryKey: ['sub', 'roles', role.id, 'permits'] });
  };
  // A role for users cannot hold what only administrators may.
  const possible = yes(role.administrative) ? all : all.filter((permit) => !yes(permit.administrative));
  const wanted = possible.filter((permit) => words(permit).includes(search.toLowerCase().replaceAll('_', ' ')));
  return (
    <div className="bw-card bw-scroll">
      <SearchInput
        className="bw-search"
        aria-label={t('table.search')}
        placeholder={t('table.search')}
        value={search}
        onChange={(_, value) => setSearch(value)}
        onClear={() => setSearch('')}
      />
      {!yes(role.mutable) && <p className="bw-quiet">{t('role.fixed')}</p>}
      {permitGroups(wanted).map(({ group, permits }) => {
        const on = permits.filter(({ id }) => has.has(id)).length;
        const open = search !== '' || !closed.has(group);
        return (
          <ExpandableSection
            key={group}
            isExpanded={open}
            onToggle={(_, now) => {
              const next = new Set(closed);
              if (now) next.delete(group);
              else next.add(group);
              setClosed(next);
            }}
            toggleText={`${t(`permits.${group}` as 'permits.vm')} (${on}/${permits.length})`}
          >
            <div className="bw-permits">
              <Checkbox
                id={`permits-${group}`}
                label={<strong>{t('role.all')}</strong>}
                isChecked={on === permits.length ? true : on === 0 ? false : null}
                isDisabled={!yes(role.mutable)}
                onChange={(_, now) => void change(permits, now)}
              />
              {permits.map((permit) => (
                <Checkbox
                  key={permit.id}
                  id={`permit-${permit.id}`}
                  label={words(permit)}
                  isChecked={has.has(permit.id)}
                  isDisabled={!yes(role.mutable)}
                  onChange={(_, now) => void change([permit], now)}
                />
              ))}
            </div>
          </ExpandableSection>
        );
      })}
    </div>
  );
}

/** A new role, empty or like another, or the name of one's own. */
function RoleDialog({ role, like, onClose }: { role?: Role; like?: Role; onClose: () => void }) {
  const from = role ?? like;
  return (
    <FormDialog
      title={role ? t('vm.edit', { name: role.name ?? '' }) : t('role.new')}
      initial={{
        name: role?.name ?? '',
        description: from?.description ?? '',
        administrative: yes(from?.administrative) ? 'true' : '',
      }}
      fields={[
        { name: 'name', label: t('col.name'), required: true },
        { name: 'description', label: t('col.description') },
        { name: 'administrative', label: t('role.forAdministrators'), kind: 'switch', shown: () => !from },
      ]}
      submit={t(role ? 'do.save' : 'do.create')}
      onClose={onClose}
      onSubmit={async (values) => {
        const body = { name: values.name, description: values.description };
        if (role) await put(`/roles/${role.id}`, body);
        else {
          const permits = like ? await list<Permit>(`/roles/${like.id}/permits`) : [];
          await post('/roles', {
            ...body,
            administrative: values.administrative === 'true',
            permits: { permit: (like ? permits : [{ id: '1300' }]).map(({ id }) => ({ id })) },
          });
        }
        await again();
      }}
    >
      {like && <p className="bw-quiet">{t('role.like', { name: like.name ?? '' })}</p>}
    </FormDialog>
  );
}

/** Permissions on the system as a whole. */
export const permissions: Resource<Permission> = {
  kind: 'permissions',
  needs: 'system_permissions.list',
  icon: ShieldIcon,
  sort: { column: 'who', down: false },
  useColumns: usePermissionColumns,
  create: {
    label: 'perm.add',
    dialog: ({ onClose }) => (
      <GiveDialog
        place="/permissions"
        changed={() => queries.invalidateQueries({ queryKey: ['list', 'permissions'] })}
        onClose={onClose}
      />
    ),
  },
  actions: [
    {
      id: 'remove',
      label: 'perm.remove',
      icon: TrashIcon,
      danger: true,
      confirm: { title: 'perm.removeTitle', text: 'perm.removeText' },
      run: async (permission) => {
        await remove(`/permissions/${permission.id}`);
        await queries.invalidateQueries({ queryKey: ['list', 'permissions'] });
      },
    },
  ],
};
