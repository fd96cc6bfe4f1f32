import { Button, Progress } from '@patternfly/react-core';
import { t } from '../i18n';
import { bytes } from '../ui/format';
import { forget, setState, useTransfers } from './transfers';

const words = {
  up: { running: 'disk.uploadRun', done: 'disk.uploadDone', failed: 'disk.uploadFailed' },
  down: { running: 'disk.downloadRun', done: 'disk.downloadDone', failed: 'disk.downloadFailed' },
} as const;

/** The uploads and downloads of this page, above the lists, until someone has seen their end. */
export function TransferList() {
  const transfers = useTransfers();
  if (transfers.length === 0) return null;
  return (
    <div className="bw-uploads">
      {transfers.map(({ id, name, way, done, total, state, error }) => (
        <div key={id} className="bw-card">
          <Progress
            title={t(words[way][state === 'done' || state === 'failed' ? state : 'running'], { name })}
            value={total ? (done / total) * 100 : 100}
            label={t('disk.uploading', { done: bytes(done), total: bytes(total) })}
            {...(state === 'done' && { variant: 'success' as const })}
            {...(state === 'failed' && { variant: 'danger' as const, helperText: error })}
          />
          {state === 'running' && (
            <Button variant="link" isInline onClick={() => setState(id, 'paused')}>
              {t('do.pause')}
            </Button>
          )}
          {state === 'paused' && (
            <Button variant="link" isInline onClick={() => setState(id, 'running')}>
              {t('do.resume')}
            </Button>
          )}{' '}
          {state === 'running' || state === 'paused' ? (
            <Button
              variant="link"
              isInline
              isDanger
              onClick={() => {
                setState(id, 'cancelled');
                forget(id);
              }}
            >
              {t('do.cancel')}
            </Button>
          ) : (
            state !== 'finishing' && (
              <Button variant="link" isInline onClick={() => forget(id)}>
                {t('do.close')}
              </Button>
            )
          )}
        </div>
      ))}
    </div>
  );
}
