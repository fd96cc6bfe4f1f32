import { Alert, Button, Card, CardBody, CardTitle, EmptyState, EmptyStateBody, Spinner } from '@patternfly/react-core';
import { QueryClientProvider } from '@tanstack/react-query';
import { Component, lazy, type ReactNode, Suspense, useEffect, useState } from 'react';
import { BrowserRouter, Link, Navigate, Route, Routes } from 'react-router';
import { listen } from '../api/changes';
import { seeOnlyOwn, useToken } from '../api/client';
import { pull } from '../api/preferences';
import { queries } from '../api/queries';
import { learnServed } from '../api/served';
import { language as current, preferred, speak, t, useLanguage } from '../i18n';
import { Authorize, isAsked, isSilent } from './Authorize';
import { LogIn } from './LogIn';
import { Notices } from './Notices';
import { PortalShell } from './Shell';
import { resumed, type Session, SessionContext, useSession } from './session';
import { show } from './theme';
import './app.css';

/** A part of the portal that did not arrive is asked for once more: networks change, and engines restart. */
const again = <T,>(part: () => Promise<T>) =>
  part().catch(() => new Promise((resume) => setTimeout(resume, 800)).then(part));

const administration = () => import('./Administration');
const Administration = lazy(() => again(administration).then((module) => ({ default: module.Administration })));
// Asked for along with the session, not after it. If it does not come, it is asked for again when it is needed.
if (window.location.pathname.startsWith('/admin')) administration().catch(() => undefined);
const VmPortal = lazy(() =>
  again(() => import('../vmportal/VmPortal')).then((module) => ({ default: module.VmPortal })),
);
const OwnVm = lazy(() => again(() => import('../vmportal/OwnVm')).then((module) => ({ default: module.OwnVm })));

/** A page that fails says so, instead of leaving the window white. */
class Guard extends Component<{ children: ReactNode }, { failure?: Error }> {
  override state: { failure?: Error } = {};

  static getDerivedStateFromError(failure: Error) {
    return { failure };
  }

  override render() {
    const { failure } = this.state;
    return failure ? (
      <EmptyState titleText={t('app.crash')} headingLevel="h1" status="danger">
        <EmptyStateBody>
          {t('app.crashNext')}
          <pre>{failure.message}</pre>
        </EmptyStateBody>
      </EmptyState>
    ) : (
      this.props.children
    );
  }
}

const waiting = (
  <div className="bw-main">
    <Spinner aria-label="…" />
  </div>
);

/** Where people go who have not said where: users to their machines, administrators may choose. */
function Choose({ onSignedOff }: { onSignedOff: () => void }) {
  const { administrator } = useSession();
  if (!administrator) return <Navigate to="/portal" replace />;
  return (
    <PortalShell connected onSignedOff={onSignedOff}>
      <h1 className="bw-brand">{t('choose.title')}</h1>
      <br />
      <div className="bw-choose">
        {(['admin', 'portal'] as const).map((place) => (
          <Card key={place} isClickable>
            <CardTitle>
              <Link to={`/${place}`}>{t(`app.${place}`)}</Link>
            </CardTitle>
            <CardBody>{t(`choose.${place}`)}</CardBody>
          </Card>
        ))}
      </div>
    </PortalShell>
  );
}

function Portal({ connected, onSignedOff }: { connected: boolean; onSignedOff: () => void }) {
  // Also an administrator sees here only what is theirs to use.
  seeOnlyOwn(true);
  useEffect(() => {
    queries.clear();
    return () => {
      seeOnlyOwn(false);
      queries.clear();
    };
  }, []);
  return (
    <PortalShell connected={connected} onSignedOff={onSignedOff}>
      <Suspense fallback={waiting}>
        <Routes>
          <Route index element={<VmPortal />} />
          <Route path=":id/:tab?" element={<OwnVm />} />
        </Routes>
      </Suspense>
    </PortalShell>
  );
}

function SignedOn({ onSignedOff }: { onSignedOff: () => void }) {
  const [connected, setConnected] = useState(true);
  useEffect(() => listen(queries, setConnected), []);
  return (
    <BrowserRouter>
      <Guard>
        <Suspense fallback={waiting}>
          <Routes>
            <Route index element={<Choose onSignedOff={onSignedOff} />} />
            <Route path="admin/*" element={<Administration connected={connected} onSignedOff={onSignedOff} />} />
            <Route path="portal/*" element={<Portal connected={connected} onSignedOff={onSignedOff} />} />
            <Route
              path="*"
              element={
                <Alert
                  variant="info"
                  title={t('app.notFound')}
                  actionLinks={
                    <Button component="a" href="/">
                      {t('app.home')}
                    </Button>
                  }
                />
              }
            />
          </Routes>
        </Suspense>
      </Guard>
      <Notices />
    </BrowserRouter>
  );
}

export function App() {
  const language = useLanguage();
  const [session, setSession] = useState<Session | null>();
  const begin = (begun: Session | undefined) => {
    useToken(begun?.token ?? '', {
      onSignedOff: () => {
        queries.clear();
        setSession(null);
      },
    });
    setSession(begun ?? null);
    if (begun)
      void pull().then(
        (news) => {
          if (!news) return;
          show();
          if (preferred() !== current()) void speak(preferred());
        },
        () => undefined,
      );
  };
  useEffect(() => {
    void Promise.all([resumed().catch(() => undefined), learnServed()]).then(([session]) => begin(session));
  }, []);
  if (session === undefined) return waiting;
  if (session === null && isSilent()) return <Authorize />;
  if (session === null) return <LogIn key={language} onSignedOn={begin} />;
  if (isAsked()) return <Authorize token={session.token} />;
  return (
    <SessionContext.Provider value={session}>
      <QueryClientProvider client={queries}>
        <SignedOn
          key={session.userId + language}
          onSignedOff={() => {
            queries.clear();
            setSession(null);
          }}
        />
      </QueryClientProvider>
    </SessionContext.Provider>
  );
}
