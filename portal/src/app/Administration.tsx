import { EmptyState, EmptyStateBody } from '@patternfly/react-core';
import { Link, Navigate, Route, Routes } from 'react-router';
import { Dashboard } from '../dashboard/Dashboard';
import { t } from '../i18n';
import { Tree } from '../inventory/Tree';
import { ResourceList } from '../ui/ResourceList';
import { ResourcePage } from '../ui/ResourcePage';
import { pathOf } from '../ui/resource';
import { resources } from './resources';
import { AdminShell } from './Shell';
import { useSession } from './session';

/** The administration portal: its addresses and what is shown there. */
export function Administration({ connected, onSignedOff }: { connected: boolean; onSignedOff: () => void }) {
  const { administrator } = useSession();
  if (!administrator) return <Navigate to="/portal" replace />;
  const below = (kind: ReturnType<typeof resources>[number]['kind']) => pathOf(kind).slice('/admin/'.length);
  return (
    <AdminShell connected={connected} onSignedOff={onSignedOff}>
      <Routes>
        <Route index element={<Dashboard />} />
        <Route path="tree" element={<Tree />} />
        {resources().map((resource) => (
          <Route
            key={resource.kind}
            path={below(resource.kind)}
            element={<ResourceList key={resource.kind} resource={resource} />}
          />
        ))}
        {resources()
          .filter((resource) => resource.tabs)
          .map((resource) => (
            <Route
              key={resource.kind}
              path={`${below(resource.kind)}/:id/:tab?`}
              element={<ResourcePage key={resource.kind} resource={resource} />}
            />
          ))}
        <Route
          path="*"
          element={
            <EmptyState titleText={t('app.notFound')} headingLevel="h1">
              <EmptyStateBody>
                <Link to="/admin">{t('app.home')}</Link>
              </EmptyStateBody>
            </EmptyState>
          }
        />
      </Routes>
    </AdminShell>
  );
}
