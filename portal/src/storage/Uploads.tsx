import { Button, Progress } from '@patternfly/react-core';
import { t } from '../i18n';
import { bytes } from '../ui/format';
import { forget, setState, useUploads } from './upload';

/** The uploads of this page, above the lists, until someone has seen their end. */
export function Uploads() {
  const uploads = useUploads();
  if (uploads.length === 0) return null;
  return (
    <div className="bw-uploads">
      {uploads.map(({ id, name, done, total, state, error }) => (
        <div key={id} className="bw-card">
          <Progress
            title={
              state === 'done'
                ? t('disk.uploadDone', { name })
                : state === 'failed'
                  ? t('disk.uploadFailed', { name })
                  : t('disk.uploadRun', { name })
            }
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
