import UsersIcon from '@patternfly/react-icons/dist/esm/icons/users-icon';
import type { User } from '../api/types';
import type { Resource } from '../ui/resource';

export const users: Resource<User> = {
  kind: 'users',
  icon: UsersIcon,
  actions: [],
  useColumns: () => [
    {
      id: 'name',
      title: 'col.name',
      value: (user) => [user.name, user.last_name].filter(Boolean).join(' '),
      width: 200,
    },
    { id: 'user', title: 'col.user', value: (user) => user.user_name, width: 260 },
    { id: 'directory', title: 'col.directory', value: (user) => user.user_name?.split('@').at(-1) },
    { id: 'id', title: 'col.id', value: (user) => user.id, width: 300 },
  ],
};
