import { useQuery } from '@tanstack/react-query';
import { ask } from '../api/client';
import type { Host } from '../api/types';
import { t } from '../i18n';
import { time } from '../ui/format';

interface Certificates {
  stage: 'steady' | 'learning' | 'moving';
  hosts: { id: string; until?: string; renewed_at?: string; holds_up?: string }[];
}

/** Until when the host's certificate is good, and how far the replacement of who signs it is. */
export function Certificate({ host }: { host: Host }) {
  const { data } = useQuery({
    queryKey: ['certificates'],
    queryFn: () => ask<Certificates>('/ovirt-engine/services/certificates'),
  });
  const own = data?.hosts.find((each) => each.id === host.id);
  if (!data || !own) return null;
  return (
    <>
      {own.until &&
        own.renewed_at &&
        t('host.certificateUntil', { until: time(own.until), renewed: time(own.renewed_at) })}
      {data.stage !== 'steady' && (
        <div>
          {own.holds_up
            ? t('host.authorityWaits', { why: own.holds_up })
            : t(data.stage === 'learning' ? 'host.authorityLearnt' : 'host.authorityMoved')}
        </div>
      )}
    </>
  );
}
