import { Alert, AlertActionLink } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { ask } from '../api/client';
import { queries } from '../api/queries';
import type { User } from '../api/types';
import { t } from '../i18n';
import { time } from '../ui/format';
import { act } from '../ui/notify';

const PLACE = '/ovirt-engine/services/lockouts';
/** Nobody tells of wrong passwords, so this is asked again now and then. */
const OFTEN = 20_000;

/** Who cannot sign on for a while: by id, until when; nobody for who does not administer users. */
export function useLockouts(): ReadonlyMap<string, number> {
  const { data } = useQuery({
    queryKey: ['lockouts'],
    queryFn: () => ask<{ lockouts: { id: string; until: number }[] }>(PLACE),
    refetchInterval: OFTEN,
    retry: false,
  });
  return new Map(data?.lockouts.map(({ id, until }) => [id, until]));
}

export function Lockout({ user }: { user: User }) {
  const until = useLockouts().get(user.id);
  if (!until) return null;
  const unlock = async () => {
    await ask(`${PLACE}?user=${user.id}`, { method: 'DELETE' });
    await queries.invalidateQueries({ queryKey: ['lockouts'] });
  };
  return (
    <Alert
      isInline
      variant="warning"
      title={t('user.locked', { time: time(until) })}
      actionLinks={
        <AlertActionLink onClick={() => act(t('user.unlock'), [user], unlock)}>{t('user.unlock')}</AlertActionLink>
      }
    >
      {t('user.lockedText')}
    </Alert>
  );
}
