import { useList } from '../api/queries';
import type { Event } from '../api/types';
import { t } from '../i18n';
import { SubTable } from '../ui/SubTable';
import { eventColumns } from './events';

/** The events of one object among the newest of all, newest first. */
export function EventsOf({ keep }: { keep: (event: Event) => boolean }) {
  const { data, error } = useList<Event>('events');
  return (
    <SubTable
      title="tab.events"
      rows={data?.filter(keep)}
      error={error}
      columns={eventColumns()}
      sort={{ column: 'time', down: true }}
      empty={<p className="bw-quiet">{t('event.none')}</p>}
    />
  );
}
