import {
  Alert,
  Button,
  Content,
  Form,
  FormGroup,
  FormHelperText,
  HelperText,
  HelperTextItem,
  TextInput,
  Title,
} from '@patternfly/react-core';
import { type FormEvent, useEffect, useState } from 'react';
import { t } from '../i18n';
import { CodeNeeded, type Provider, providers, type Session, signOn } from './session';

export function LogIn({ onSignedOn }: { onSignedOn: (session: Session) => void }) {
  const [name, setName] = useState('admin@internal');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState<string>();
  const [failure, setFailure] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [others, setOthers] = useState<Provider[]>([]);
  useEffect(() => {
    providers().then(setOthers);
  }, []);
  const send = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFailure(undefined);
    try {
      onSignedOn(await signOn(name.includes('@') ? name : `${name}@internal`, password, code));
    } catch (refused) {
      if (refused instanceof CodeNeeded) setCode('');
      else setFailure((refused as Error).message || t('login.unreachable'));
      setBusy(false);
    }
  };
  return (
    <main className="bw-login">
      <div className="bw-login__card">
        <span className="bw-brand">
          <img src="/assets/bell.svg" alt="" />
          {t('app.name')}
        </span>
        <div>
          <Title headingLevel="h1" size="xl">
            {t('login.title')}
          </Title>
          <Content component="p" className="bw-quiet">
            {t('login.text')}
          </Content>
        </div>
        <Form onSubmit={send}>
          {failure && (
            <Alert isInline variant="danger" title={t('login.wrong')} isLiveRegion>
              {failure}
            </Alert>
          )}
          <FormGroup label={t('login.name')} fieldId="login-name">
            <TextInput
              id="login-name"
              value={name}
              onChange={(_, value) => setName(value)}
              autoComplete="username"
              isRequired
            />
            <FormHelperText>
              <HelperText>
                <HelperTextItem>{t('login.nameHelp')}</HelperTextItem>
              </HelperText>
            </FormHelperText>
          </FormGroup>
          <FormGroup label={t('login.password')} fieldId="login-password">
            <TextInput
              id="login-password"
              type="password"
              value={password}
              onChange={(_, value) => setPassword(value)}
              autoComplete="current-password"
              isRequired
              autoFocus
            />
          </FormGroup>
          {code !== undefined && (
            <FormGroup label={t('login.code')} fieldId="login-code">
              <TextInput
                id="login-code"
                value={code}
                onChange={(_, value) => setCode(value)}
                autoComplete="one-time-code"
                inputMode="numeric"
                isRequired
                autoFocus
              />
              <FormHelperText>
                <HelperText>
                  <HelperTextItem>{t('login.codeHelp')}</HelperTextItem>
                </HelperText>
              </FormHelperText>
            </FormGroup>
          )}
          <Button type="submit" isBlock isLoading={busy} isDisabled={busy || !name || !password}>
            {t('login.submit')}
          </Button>
          {others.map((each) => (
            <Button key={each.name} variant="secondary" isBlock component="a" href={each.sign_on}>
              {t('login.with', { name: each.name })}
            </Button>
          ))}
        </Form>
      </div>
    </main>
  );
}
