import { Alert, Button, Spinner } from '@patternfly/react-core';
import { useEffect, useState } from 'react';
import { t } from '../i18n';

const PLACE = '/ovirt-engine/sso/openid/grant';

/** A program sent the browser here to learn who uses it. */
export const isAsked = () => window.location.pathname === '/authorize';

/** Whether nobody is to be asked for a password: the program only wants to know whether somebody is signed on. */
export const isSilent = () => isAsked() && new URLSearchParams(window.location.search).get('prompt') === 'none';

/** Tells the program who is signed on, by going back to it with a code. */
export function Authorize({ token }: { token?: string }) {
  const [failure, setFailure] = useState('');
  useEffect(() => {
    fetch(PLACE, {
      method: 'POST',
      credentials: 'omit',
      headers: {
        'Content-Type': 'application/json',
        Accept: 'application/json',
        ...(token && { Authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(Object.fromEntries(new URLSearchParams(window.location.search))),
    })
      .then(async (reply) => {
        const answer = await reply.json();
        if (reply.ok) window.location.replace(answer.location);
        else setFailure((answer.fault ?? answer).detail ?? reply.statusText);
      })
      .catch(() => setFailure(t('login.unreachable')));
  }, [token]);
  return (
    <div className="bw-main">
      {failure ? (
        <Alert
          variant="danger"
          title={failure.replace(/^\[|\]$/g, '')}
          actionLinks={
            <Button component="a" href="/">
              {t('app.home')}
            </Button>
          }
        />
      ) : (
        <Spinner aria-label="…" />
      )}
    </div>
  );
}
