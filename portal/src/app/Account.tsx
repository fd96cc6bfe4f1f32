import {
  Alert,
  Button,
  ClipboardCopy,
  Modal,
  ModalBody,
  ModalHeader,
  Tab,
  Tabs,
  TabTitleText,
} from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Keys } from '../access/Keys';
import { ask, form } from '../api/client';
import { queries } from '../api/queries';
import { served } from '../api/served';
import { t } from '../i18n';
import { between, FormDialog } from '../ui/FormDialog';
import { time } from '../ui/format';
import { explain } from '../ui/notify';
import { QrCode } from '../ui/QrCode';
import { SubTable } from '../ui/SubTable';
import { useSession } from './session';

const SERVICES = '/ovirt-engine/services';

interface Visit {
  id: string;
  kind: 'session' | 'token';
  name: string;
  user_name: string;
  read_only: boolean;
  remote: string;
  since: number;
  last_used: number;
  ends: number;
  own: boolean;
}

/** Escape closes the dialog in front, and not those behind it with it. */
const alone = () => document.querySelectorAll('[role=dialog]').length === 1;

const again = () => queries.invalidateQueries({ queryKey: ['sessions'] });

/** What people do with their own account; whoever administers users sees everybody's sessions here. */
export function Account({ onClose }: { onClose: () => void }) {
  const session = useSession();
  const [tab, setTab] = useState('sessions');
  const [dialog, setDialog] = useState<'password' | 'factor' | 'forget'>();
  return (
    <>
      <Modal
        isOpen
        variant="large"
        onClose={onClose}
        onEscapePress={() => alone() && onClose()}
        aria-labelledby="account-title"
      >
        <ModalHeader title={t('account.title', { name: session.userName })} labelId="account-title" />
        <ModalBody>
          <Tabs activeKey={tab} onSelect={(_, key) => setTab(`${key}`)} aria-label={t('app.account')}>
            <Tab eventKey="sessions" title={<TabTitleText>{t('account.sessions')}</TabTitleText>}>
              <div className="bw-account">{tab === 'sessions' && <Sessions />}</div>
            </Tab>
            <Tab eventKey="safety" title={<TabTitleText>{t('account.safety')}</TabTitleText>}>
              <div className="bw-account">
                <p>{t('account.passwordText')}</p>
                <Button variant="secondary" onClick={() => setDialog('password')}>
                  {t('account.password')}
                </Button>
                <p>{t('account.factorText')}</p>
                <Button variant="secondary" onClick={() => setDialog('factor')}>
                  {t('account.factor')}
                </Button>{' '}
                <Button variant="link" onClick={() => setDialog('forget')}>
                  {t('account.factorForget')}
                </Button>
              </div>
            </Tab>
            {served('ssh_public_keys.list') && (
              <Tab eventKey="keys" title={<TabTitleText>{t('tab.keys')}</TabTitleText>}>
                <div className="bw-account">{tab === 'keys' && <Keys user={session.userId} />}</div>
              </Tab>
            )}
          </Tabs>
        </ModalBody>
      </Modal>
      {dialog === 'password' && <PasswordDialog onClose={() => setDialog(undefined)} />}
      {dialog === 'factor' && <FactorDialog onClose={() => setDialog(undefined)} />}
      {dialog === 'forget' && <ForgetDialog onClose={() => setDialog(undefined)} />}
    </>
  );
}

function Sessions() {
  const { data, error } = useQuery({
    queryKey: ['sessions'],
    queryFn: () => ask<{ sessions: Visit[] }>(`${SERVICES}/sessions`),
  });
  const [made, setMade] = useState<string>();
  return (
    <>
      {made && (
        <Alert isInline variant="success" title={t('account.tokenMade')}>
          <ClipboardCopy isReadOnly hoverTip={t('account.copy')} clickTip={t('account.copied')}>
            {made}
          </ClipboardCopy>
        </Alert>
      )}
      <SubTable
        title="account.sessions"
        rows={data?.sessions}
        error={error}
        sort={{ column: 'used', down: true }}
        create={{
          label: 'account.newToken',
          dialog: ({ onClose }) => <TokenDialog onMade={setMade} onClose={onClose} />,
        }}
        columns={[
          {
            id: 'kind',
            title: 'account.kind',
            width: 170,
            value: (visit) =>
              visit.kind === 'token'
                ? t(visit.read_only ? 'account.tokenReads' : 'account.token', { name: visit.name })
                : t(visit.own ? 'account.this' : 'account.session'),
          },
          { id: 'user', title: 'col.user', value: (visit) => visit.user_name, width: 140 },
          { id: 'remote', title: 'account.from', value: (visit) => visit.remote, width: 110 },
          {
            id: 'used',
            title: 'account.used',
            width: 216,
            value: (visit) => visit.last_used,
            cell: (visit) => time(visit.last_used),
          },
          {
            id: 'ends',
            title: 'account.ends',
            width: 216,
            value: (visit) => visit.ends,
            cell: (visit) => time(visit.ends),
          },
        ]}
        actions={[
          {
            id: 'end',
            label: 'account.end',
            danger: true,
            on: (visit) => !visit.own,
            confirm: { title: 'confirm.generic', text: 'account.endText' },
            run: async (visit) => {
              await ask(`${SERVICES}/sessions?id=${visit.id}`, { method: 'DELETE' });
              await again();
            },
          },
        ]}
      />
    </>
  );
}

function TokenDialog({ onMade, onClose }: { onMade: (token: string) => void; onClose: () => void }) {
  return (
    <FormDialog
      title={t('account.newToken')}
      initial={{ days: '365' }}
      fields={[
        { name: 'name', label: t('account.tokenName'), required: true, help: t('account.tokenNameHelp') },
        { name: 'days', label: t('account.days'), kind: 'number', required: true, wrong: between(1, 3660) },
        { name: 'read_only', label: t('account.readOnly'), kind: 'switch' },
      ]}
      submit={t('do.create')}
      onClose={onClose}
      onSubmit={async ({ name = '', days = '', read_only }) => {
        const { token } = await form<{ token: string }>(`${SERVICES}/tokens`, {
          name,
          days,
          read_only: read_only === 'true' ? 'true' : 'false',
        });
        onMade(token);
        await again();
      }}
    />
  );
}

function PasswordDialog({ onClose }: { onClose: () => void }) {
  return (
    <FormDialog
      title={t('account.password')}
      fields={[
        { name: 'password', label: t('account.oldPassword'), kind: 'password', required: true },
        {
          name: 'new_password',
          label: t('account.newPassword'),
          kind: 'password',
          required: true,
          wrong: (value) => (value.length < 8 ? t('user.passwordShort') : undefined),
        },
        {
          name: 'again',
          label: t('user.again'),
          kind: 'password',
          required: true,
          wrong: (value, all) => (value !== all.new_password ? t('user.differs') : undefined),
        },
        { name: 'otp', label: t('login.code'), help: t('account.codeIfAny') },
      ]}
      submit={t('do.save')}
      onClose={onClose}
      onSubmit={({ password = '', new_password = '', otp = '' }) =>
        form(`${SERVICES}/password`, { password, new_password, otp })
      }
    />
  );
}

/** Shows the secret once; the code proves that the authenticator has it before it is asked for. */
function FactorDialog({ onClose }: { onClose: () => void }) {
  const { data, error } = useQuery({
    queryKey: ['factor'],
    queryFn: () => form<{ secret: string; uri: string }>(`${SERVICES}/second-factor`, {}),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (error) {
    return (
      <Modal isOpen variant="small" onClose={onClose} aria-labelledby="factor-refused">
        <ModalHeader title={t('account.factor')} labelId="factor-refused" />
        <ModalBody>
          <Alert isInline variant="danger" title={explain(error)} />
        </ModalBody>
      </Modal>
    );
  }
  if (!data) return null;
  return (
    <FormDialog
      title={t('account.factor')}
      fields={[
        {
          name: 'code',
          label: t('login.code'),
          required: true,
          wrong: (value) => (/^\d{6}$/.test(value) ? undefined : t('account.sixDigits')),
        },
      ]}
      submit={t('account.factorOn')}
      onClose={onClose}
      onSubmit={({ code = '' }) => form(`${SERVICES}/second-factor`, { code })}
      intro={
        <>
          <p>{t('account.factorHow')}</p>
          <QrCode text={data.uri} label={t('account.factorQr')} />
          <ClipboardCopy isReadOnly hoverTip={t('account.copy')} clickTip={t('account.copied')}>
            {data.secret}
          </ClipboardCopy>
          <p>
            <a href={data.uri}>{t('account.factorLink')}</a>
          </p>
        </>
      }
    />
  );
}

function ForgetDialog({ onClose }: { onClose: () => void }) {
  return (
    <FormDialog
      title={t('account.factorForget')}
      fields={[{ name: 'code', label: t('login.code'), required: true }]}
      submit={t('do.remove')}
      danger
      onClose={onClose}
      onSubmit={({ code = '' }) =>
        ask(`${SERVICES}/second-factor?code=${encodeURIComponent(code)}`, { method: 'DELETE' })
      }
    />
  );
}
