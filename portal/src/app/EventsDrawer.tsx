import {
  Button,
  DrawerActions,
  DrawerCloseButton,
  DrawerHead,
  DrawerPanelBody,
  DrawerPanelContent,
  Title,
} from '@patternfly/react-core';
import { Link } from 'react-router';
import { remove } from '../api/client';
import { queries, useList } from '../api/queries';
import type { Event } from '../api/types';
import { t } from '../i18n';
import { time } from '../ui/format';
import { act } from '../ui/notify';
import { pathOf } from '../ui/resource';
import { StatusLabel } from '../ui/StatusLabel';

const NEWEST = 40;

/** The newest events beside whatever is shown. */
export function EventsDrawer({ onClose }: { onClose: () => void }) {
  const { data = [] } = useList<Event>('events');
  return (
    <DrawerPanelContent defaultSize="420px" minSize="280px" aria-label={t('event.drawer')}>
      <DrawerHead>
        <Title headingLevel="h2" size="lg">
          {t('event.drawer')}
        </Title>
        <Link to={pathOf('events')}>{t('event.all')}</Link>
        <DrawerActions>
          <DrawerCloseButton onClick={onClose} aria-label={t('do.close')} />
        </DrawerActions>
      </DrawerHead>
      <DrawerPanelBody>
        <ul className="bw-lines">
          {data.slice(0, NEWEST).map((event) => (
            <li key={event.id}>
              <StatusLabel status={event.severity} /> <span className="bw-quiet">{time(event.time)}</span>
              <div>{event.description}</div>
              {event.severity !== 'normal' && (
                <Button
                  variant="link"
                  isInline
                  onClick={() =>
                    void act(t('do.dismiss'), [{ id: event.id, name: '' }], () => remove(`/events/${event.id}`)).then(
                      () => queries.invalidateQueries({ queryKey: ['list', 'events'] }),
                    )
                  }
                >
                  {t('do.dismiss')}
                </Button>
              )}
            </li>
          ))}
        </ul>
        {data.length === 0 && <p className="bw-quiet">{t('event.none')}</p>}
      </DrawerPanelBody>
    </DrawerPanelContent>
  );
}
