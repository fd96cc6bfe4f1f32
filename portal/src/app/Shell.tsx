import {
  Alert,
  Button,
  Drawer,
  DrawerContent,
  Masthead,
  MastheadBrand,
  MastheadContent,
  MastheadMain,
  MastheadToggle,
  Nav,
  NavGroup,
  NavItem,
  NavList,
  NotificationBadge,
  Page,
  PageSidebar,
  PageSidebarBody,
  PageToggleButton,
  SkipToContent,
  Spinner,
  Toolbar,
  ToolbarContent,
  ToolbarItem,
} from '@patternfly/react-core';
import BarsIcon from '@patternfly/react-icons/dist/esm/icons/bars-icon';
import SearchIcon from '@patternfly/react-icons/dist/esm/icons/search-icon';
import { type ReactNode, useState } from 'react';
import { Link, useLocation } from 'react-router';
import { useList } from '../api/queries';
import type { Event, Job } from '../api/types';
import { type MessageKey, t } from '../i18n';
import { TransferList } from '../storage/TransferList';
import { pathOf } from '../ui/resource';
import { EventsDrawer } from './EventsDrawer';
import { Palette } from './Palette';
import { groups } from './resources';
import { UserMenu } from './UserMenu';

function Brand({ to }: { to: string }) {
  return (
    <MastheadBrand>
      <Link to={to} className="bw-brand">
        <img src="/assets/bell.svg" alt="" />
        {t('app.name')}
      </Link>
    </MastheadBrand>
  );
}

interface Properties {
  connected: boolean;
  onSignedOff: () => void;
  children: ReactNode;
}

const skip = () => (
  <SkipToContent
    href="#main"
    onClick={(event) => {
      event.preventDefault();
      document.getElementById('main')?.focus();
    }}
  >
    {t('app.skip')}
  </SkipToContent>
);

/** Around every page of the administration. */
export function AdminShell({ connected, onSignedOff, children }: Properties) {
  const { pathname } = useLocation();
  const [events, setEvents] = useState(false);
  const { data: jobs = [] } = useList<Job>('jobs');
  const { data: newest = [] } = useList<Event>('events');
  const running = jobs.filter((job) => job.status === 'started').length;
  const bad = newest.slice(0, 100).filter(({ severity }) => severity === 'error' || severity === 'alert').length;
  const current = (path: string) => pathname === path || pathname.startsWith(`${path}/`);
  return (
    <Page
      isManagedSidebar
      isContentFilled
      mainContainerId="main"
      mainTabIndex={-1}
      skipToContent={skip()}
      masthead={
        <Masthead>
          <MastheadMain>
            <MastheadToggle>
              <PageToggleButton variant="plain" aria-label={t('app.menu')}>
                <BarsIcon />
              </PageToggleButton>
            </MastheadToggle>
            <Brand to="/admin" />
          </MastheadMain>
          <MastheadContent>
            <Toolbar isStatic>
              <ToolbarContent alignItems="center">
                <ToolbarItem align={{ default: 'alignEnd' }}>
                  <Button
                    variant="control"
                    icon={<SearchIcon />}
                    onClick={() => window.dispatchEvent(new CustomEvent('bellwether:palette'))}
                  >
                    <span className="bw-hidden">{t('palette.open')} </span>
                    <span className="bw-wide">Ctrl K</span>
                  </Button>
                </ToolbarItem>
                {running > 0 && (
                  <ToolbarItem>
                    <Link to={pathOf('jobs')}>
                      <Spinner isInline size="sm" aria-hidden="true" /> {t('job.running', { count: running })}
                    </Link>
                  </ToolbarItem>
                )}
                <ToolbarItem>
                  <NotificationBadge
                    variant={bad > 0 ? 'attention' : 'read'}
                    aria-label={t('event.drawer')}
                    isExpanded={events}
                    onClick={() => setEvents(!events)}
                  />
                </ToolbarItem>
                <ToolbarItem>
                  <UserMenu onSignedOff={onSignedOff} portal={false} />
                </ToolbarItem>
              </ToolbarContent>
            </Toolbar>
          </MastheadContent>
        </Masthead>
      }
      sidebar={
        <PageSidebar>
          <PageSidebarBody>
            <Nav aria-label={t('app.nav')}>
              <NavList>
                <NavItem isActive={pathname === '/admin'}>
                  <Link to="/admin">{t('nav.dashboard')}</Link>
                </NavItem>
                <NavItem isActive={current('/admin/tree')}>
                  <Link to="/admin/tree">{t('nav.tree')}</Link>
                </NavItem>
              </NavList>
              {groups().map((group) => (
                <NavGroup key={group.title} title={t(group.title)}>
                  {group.resources.map(({ kind }) => (
                    <NavItem key={kind} isActive={current(pathOf(kind))}>
                      <Link to={pathOf(kind)}>{t(`kind.${kind}` as MessageKey)}</Link>
                    </NavItem>
                  ))}
                </NavGroup>
              ))}
            </Nav>
          </PageSidebarBody>
        </PageSidebar>
      }
    >
      <Drawer isExpanded={events} isInline>
        <DrawerContent panelContent={<EventsDrawer onClose={() => setEvents(false)} />}>
          <div className="bw-main">
            {!connected && <Alert isInline variant="warning" title={t('app.offline')} />}
            <TransferList />
            {children}
          </div>
        </DrawerContent>
      </Drawer>
      <Palette />
    </Page>
  );
}

/** Around every page of the VM portal: nothing but what people need for their machines. */
export function PortalShell({ connected, onSignedOff, children }: Properties) {
  return (
    <Page
      isContentFilled
      mainContainerId="main"
      mainTabIndex={-1}
      skipToContent={skip()}
      masthead={
        <Masthead>
          <MastheadMain>
            <Brand to="/portal" />
          </MastheadMain>
          <MastheadContent>
            <Toolbar isStatic>
              <ToolbarContent>
                <ToolbarItem align={{ default: 'alignEnd' }}>
                  <UserMenu onSignedOff={onSignedOff} portal />
                </ToolbarItem>
              </ToolbarContent>
            </Toolbar>
          </MastheadContent>
        </Masthead>
      }
    >
      <div className="bw-main">
        {!connected && <Alert isInline variant="warning" title={t('app.offline')} />}
        {children}
      </div>
    </Page>
  );
}
