import { Button } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { ask } from '../api/client';
import type { Host } from '../api/types';
import { t } from '../i18n';
import { explain, notify } from '../ui/notify';

const PLACE = '/ovirt-engine/services/cockpit';

interface Way {
  installed: boolean;
  /** Whether the engine lets in who asks, without a password of the host. */
  vouches: boolean;
  /** Where people log in by themselves, which works while the engine does not. */
  address: string;
}

/** The host's own page, and the way in for whom the engine vouches. */
export function Cockpit({ host }: { host: Host }) {
  const { data: way } = useQuery({ queryKey: ['cockpit', host.id], queryFn: () => ask<Way>(`${PLACE}/${host.id}`) });
  if (!way) return null;
  if (!way.installed) return <>{t('host.cockpitAbsent')}</>;
  return (
    <>
      <a href={way.address} target="_blank" rel="noreferrer">
        {way.address}
      </a>{' '}
      {way.vouches && (
        <Button variant="link" isInline onClick={() => enter(host)}>
          {t('host.cockpitEnter')}
        </Button>
      )}
    </>
  );
}

/** Browsers open windows only at once; the ticket, good for half a minute, comes a moment later. */
async function enter(host: Host) {
  const opened = window.open('', '_blank');
  if (!opened) {
    notify({ variant: 'warning', title: t('host.cockpitBlocked'), text: t('host.cockpitBlockedText') });
    return;
  }
  opened.opener = null;
  try {
    const { url } = await ask<{ url: string }>(`${PLACE}/${host.id}`, { method: 'POST' });
    opened.location.replace(url);
  } catch (error) {
    opened.close();
    notify({ variant: 'danger', title: t('host.cockpitRefused', { name: host.name ?? '' }), text: explain(error) });
  }
}
