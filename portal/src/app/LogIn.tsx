import {
  Alert,
  Button,
  Content,
  Form,
  FormGroup,
  FormHelperText,
  FormSelect,
  FormSelectOption,
  HelperText,
  HelperTextItem,
  TextInput,
  Title,
} from '@patternfly/react-core';
import { type FormEvent, useEffect, useState } from 'react';
import { t } from '../i18n';
import { isAsked } from './Authorize';
import { CodeNeeded, fullName, type Profile, profiles, type Session, signOn } from './session';

const REMEMBERED = 'bellwether.profile';

/** Whoever came for a program comes back to its question, not to the portal. */
const signOnAt = (provider: string | undefined) =>
  provider && isAsked()
    ? `${provider}&next=${encodeURIComponent(window.location.pathname + window.location.search)}`
    : provider;

export function LogIn({ onSignedOn }: { onSignedOn: (session: Session) => void }) {
  const [name, setName] = useState('admin@internal');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState<string>();
  const [failure, setFailure] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [known, setKnown] = useState<Profile[]>([]);
  const [profile, setProfile] = useState('internal');
  const withPassword = known.filter((each) => !each.sign_on);
  useEffect(() => {
    profiles().then((found) => {
      const own = found.filter((each) => !each.sign_on);
      const last = localStorage.getItem(REMEMBERED);
      const first = own.find((each) => each.name === last) ?? own.find((each) => each.default);
      setKnown(found);
      if (first) setProfile(first.name);
      // With a choice of profiles nobody is the likely one.
      if (own.length > 1) setName((now) => (now === 'admin@internal' ? '' : now));
    });
  }, []);
  const send = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFailure(undefined);
    try {
      const session = await signOn(fullName(name, profile, known), password, code);
      localStorage.setItem(REMEMBERED, profile);
      onSignedOn(session);
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
          {withPassword.length > 1 && (
            <FormGroup label={t('login.profile')} fieldId="login-profile">
              <FormSelect id="login-profile" value={profile} onChange={(_, value) => setProfile(value)}>
                {withPassword.map((each) => (
                  <FormSelectOption key={each.name} value={each.name} label={each.name} />
                ))}
              </FormSelect>
            </FormGroup>
          )}
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
          {known
            .filter((each) => each.sign_on)
            .map((each) => (
              <Button key={each.name} variant="secondary" isBlock component="a" href={signOnAt(each.sign_on)}>
                {t('login.with', { name: each.name })}
              </Button>
            ))}
        </Form>
      </div>
    </main>
  );
}
