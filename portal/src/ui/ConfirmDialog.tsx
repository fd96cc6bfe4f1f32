import { Button, Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core';
import { t } from '../i18n';

/** Asks once for something that cannot be taken back. */
export function ConfirmDialog(properties: {
  title: string;
  text: string;
  action: string;
  onConfirm: () => void;
  onClose: () => void;
}) {
  const { title, text, action, onConfirm, onClose } = properties;
  return (
    <Modal isOpen variant="small" onClose={onClose} aria-labelledby="confirm-title" aria-describedby="confirm-text">
      <ModalHeader title={title} titleIconVariant="warning" labelId="confirm-title" />
      <ModalBody id="confirm-text">{text}</ModalBody>
      <ModalFooter>
        <Button
          variant="danger"
          onClick={() => {
            onConfirm();
            onClose();
          }}
        >
          {action}
        </Button>
        <Button variant="link" onClick={onClose}>
          {t('do.cancel')}
        </Button>
      </ModalFooter>
    </Modal>
  );
}
