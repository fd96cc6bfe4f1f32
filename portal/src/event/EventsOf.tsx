import { useList } from '../api/queries';
import type { Event } from '../api/types';
import { t } from '../i18n';
import { SubTable } from '../ui/SubTable';
import { eventColumns } from './events';

/** The events of one object, newest first: found by the engine's search, or among the newest of all. */
export function EventsOf(properties: { field?: string; id: string; keep?: (event: Event) => boolean }) {
  const { field, id, keep } = properties;
  const { data, error } = useList<Event>('events', field ? `${field}=${id}` : '');
  return (
    <SubTable
      title="tab.events"
      rows={keep ? data?.filter(keep) : data}
      error={error}
      columns={eventColumns()}
      sort={{ column: 'time', down: true }}
      empty={<p className="bw-quiet">{t('event.none')}</p>}
    />
  );
}
