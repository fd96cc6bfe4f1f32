import { Alert, AlertActionCloseButton, AlertGroup } from '@patternfly/react-core';
import { dismiss, useNotices } from '../ui/notify';

export function Notices() {
  return (
    <AlertGroup isToast isLiveRegion>
      {useNotices().map(({ id, variant, title, text }) => (
        <Alert
          key={id}
          variant={variant}
          title={title}
          timeout={variant === 'danger' ? 20_000 : 5_000}
          onTimeout={() => dismiss(id)}
          actionClose={<AlertActionCloseButton onClose={() => dismiss(id)} />}
        >
          {text}
        </Alert>
      ))}
    </AlertGroup>
  );
}
