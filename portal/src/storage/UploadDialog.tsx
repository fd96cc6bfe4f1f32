import {
  Alert,
  Button,
  Form,
  FormGroup,
  FormSelect,
  FormSelectOption,
  Modal,
  ModalBody,
  ModalFooter,
  ModalHeader,
  TextInput,
} from '@patternfly/react-core';
import { useState } from 'react';
import { useList } from '../api/queries';
import type { StorageDomain } from '../api/types';
import { t } from '../i18n';
import { bytes } from '../ui/format';
import { explain } from '../ui/notify';
import { upload } from './upload';

export function UploadDialog({ onClose }: { onClose: () => void }) {
  const { data: domains = [] } = useList<StorageDomain>('storage_domains');
  const usable = domains.filter((domain) => domain.type === 'data' && domain.status === 'active');
  const [file, setFile] = useState<File>();
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState('');
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState('');
  const domain = chosen || usable[0]?.id || '';
  const begin = async () => {
    if (!file) return;
    setBusy(true);
    try {
      await upload(file, name, domain, /\.iso$/i.test(file.name));
      onClose();
    } catch (refused) {
      setFailure(explain(refused));
      setBusy(false);
    }
  };
  return (
    <Modal isOpen variant="small" onClose={onClose} aria-labelledby="upload-title" position="top">
      <ModalHeader title={t('disk.upload')} labelId="upload-title" description={t('disk.uploadKeep')} />
      <ModalBody>
        <Form onSubmit={(event) => event.preventDefault()}>
          {failure && (
            <Alert isInline variant="danger" title={t('failed.form')}>
              {failure}
            </Alert>
          )}
          <FormGroup label={t('disk.file')} isRequired fieldId="upload-file">
            <input
              type="file"
              id="upload-file"
              onChange={(event) => {
                const picked = event.target.files?.[0];
                setFile(picked);
                if (picked && !name) setName(picked.name.replace(/\.(img|raw|qcow2)$/i, ''));
              }}
            />
          </FormGroup>
          <FormGroup label={t('col.name')} isRequired fieldId="upload-name">
            <TextInput id="upload-name" value={name} onChange={(_, value) => setName(value)} />
          </FormGroup>
          <FormGroup label={t('col.domain')} isRequired fieldId="upload-domain">
            <FormSelect id="upload-domain" value={domain} onChange={(_, value) => setChosen(value)}>
              {usable.map((each) => (
                <FormSelectOption
                  key={each.id}
                  value={each.id}
                  label={`${each.name} (${t('dash.free', { free: bytes(each.available) })})`}
                />
              ))}
            </FormSelect>
          </FormGroup>
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button isDisabled={!file || !name || !domain || busy} isLoading={busy} onClick={() => void begin()}>
          {t('do.upload')}
        </Button>
        <Button variant="link" onClick={onClose}>
          {t('do.cancel')}
        </Button>
      </ModalFooter>
    </Modal>
  );
}
