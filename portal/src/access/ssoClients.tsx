import { Alert, Button, ClipboardCopy, Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core';
import ProgramIcon from '@patternfly/react-icons/dist/esm/icons/plug-icon';
import TrashIcon from '@patternfly/react-icons/dist/esm/icons/trash-icon';
import { useRef, useState } from 'react';
import { post, remove } from '../api/client';
import { collections, queries } from '../api/queries';
import type { SsoClient } from '../api/types';
import { t } from '../i18n';
import { FormDialog } from '../ui/FormDialog';
import type { Resource } from '../ui/resource';

const PLACE = collections.sso_clients;
const ISSUER = `${window.location.origin}/ovirt-engine/sso/openid`;
const again = () => queries.invalidateQueries({ queryKey: ['list', 'sso_clients'] });

/** Programs that sign their users on here, by OpenID Connect. */
export const ssoClients: Resource<SsoClient> = {
  kind: 'sso_clients',
  icon: ProgramIcon,
  emptyText: 'ssoClient.text',
  create: { label: 'ssoClient.new', dialog: ({ onClose }) => <Create onClose={onClose} /> },
  useColumns: () => [
    { id: 'name', title: 'ssoClient.id', value: (client) => client.name, width: 200 },
    { id: 'redirect_uris', title: 'ssoClient.redirects', value: (client) => client.redirect_uris, width: 420 },
    { id: 'api', title: 'ssoClient.api', value: (client) => t(client.api ? 'yes' : 'no'), width: 200 },
  ],
  actions: [
    {
      id: 'remove',
      label: 'do.remove',
      icon: TrashIcon,
      danger: true,
      confirm: { title: 'confirm.remove', text: 'ssoClient.removeText' },
      run: async (client) => {
        await remove(`${PLACE}/${client.name}`);
        await again();
      },
    },
  ],
};

/** The secret is told once: the dialog stays with it until it is closed. */
function Create({ onClose }: { onClose: () => void }) {
  const [made, setMade] = useState<{ name: string; secret: string }>();
  const done = useRef(false);
  if (made)
    return (
      <Modal isOpen variant="medium" onClose={onClose} aria-label={t('ssoClient.new')}>
        <ModalHeader title={t('ssoClient.made', { name: made.name })} />
        <ModalBody>
          <Alert isInline variant="warning" title={t('ssoClient.once')}>
            <ClipboardCopy isReadOnly hoverTip={t('account.copy')} clickTip={t('account.copied')}>
              {made.secret}
            </ClipboardCopy>
          </Alert>
          <br />
          <p>{t('ssoClient.issuer')}</p>
          <ClipboardCopy isReadOnly hoverTip={t('account.copy')} clickTip={t('account.copied')}>
            {ISSUER}
          </ClipboardCopy>
        </ModalBody>
        <ModalFooter>
          <Button onClick={onClose}>{t('do.close')}</Button>
        </ModalFooter>
      </Modal>
    );
  return (
    <FormDialog
      title={t('ssoClient.new')}
      fields={[
        {
          name: 'name',
          label: t('ssoClient.id'),
          required: true,
          help: t('ssoClient.idHelp'),
          wrong: (value) => (/^[\w.-]{1,60}$/.test(value) ? undefined : t('field.name', { max: 60 })),
        },
        {
          name: 'redirect_uris',
          label: t('ssoClient.redirects'),
          required: true,
          help: t('ssoClient.redirectsHelp'),
          wrong: (value) =>
            value
              .trim()
              .split(/\s+/)
              .every((each) => /^https:\/\/[^ #]+$|^http:\/\/(localhost|127\.0\.0\.1|\[::1])/.test(each))
              ? undefined
              : t('ssoClient.redirectsHelp'),
        },
        { name: 'api', label: t('ssoClient.api'), kind: 'switch', help: t('ssoClient.apiHelp') },
      ]}
      submit={t('do.create')}
      onClose={() => {
        if (!done.current) onClose();
      }}
      onSubmit={async (values) => {
        const answer = await post<{ name: string; client_secret: string }>(PLACE, values);
        done.current = true;
        setMade({ name: answer.name, secret: answer.client_secret });
        await again();
      }}
    />
  );
}
