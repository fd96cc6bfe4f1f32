import BellIcon from '@patternfly/react-icons/dist/esm/icons/bell-icon';
import { remove } from '../api/client';
import { queries } from '../api/queries';
import { type Event, num } from '../api/types';
import { word } from '../i18n';
import type { Column } from '../ui/DataTable';
import { time } from '../ui/format';
import type { Resource } from '../ui/resource';
import { StatusLabel } from '../ui/StatusLabel';

const order = ['normal', 'warning', 'error', 'alert'];

export const eventColumns = (): Column<Event>[] => [
  {
    id: 'severity',
    title: 'col.severity',
    value: (event) => order.indexOf(event.severity ?? ''),
    cell: (event) => <StatusLabel status={event.severity} />,
    width: 120,
  },
  { id: 'time', title: 'col.time', value: (event) => num(event.index), cell: (event) => time(event.time), width: 216 },
  {
    id: 'message',
    title: 'col.message',
    value: (event) => event.description,
    cell: (event) => <span title={event.description}>{event.description}</span>,
    width: 440,
  },
  { id: 'user', title: 'col.user', value: (event) => event.user?.name, width: 150 },
  { id: 'correlation', title: 'col.correlation', value: (event) => event.correlation_id, width: 216, hidden: true },
  { id: 'type', title: 'col.severity', value: (event) => word('status', event.severity), hidden: true },
];

export const events: Resource<Event & { name?: string }> = {
  kind: 'events',
  icon: BellIcon,
  useColumns: () => eventColumns().filter((column) => column.id !== 'type'),
  sort: { column: 'time', down: true },
  emptyText: 'event.none',
  actions: [
    {
      id: 'dismiss',
      label: 'do.dismiss',
      run: async (event) => {
        await remove(`/events/${event.id}`);
        await queries.invalidateQueries({ queryKey: ['list', 'events'] });
      },
    },
  ],
};
