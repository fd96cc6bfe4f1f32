import { Skeleton } from '@patternfly/react-core';
import { lazy, Suspense } from 'react';
import { type MessageKey, t } from '../i18n';
import { StatisticsTab } from './StatisticsTab';
import type { Subject } from './usage';

// Charts come when somebody looks at some.
const UsageCharts = lazy(() => import('./UsageCharts').then((module) => ({ default: module.UsageCharts })));

export function Usage({ kind, id, only }: { kind: Subject; id: string; only?: readonly MessageKey[] }) {
  return (
    <Suspense fallback={<Skeleton height="220px" screenreaderText={t('table.loading')} />}>
      <UsageCharts kind={kind} id={id} {...(only && { only })} />
    </Suspense>
  );
}

/** The tab of an object: over time, and, of what hosts measure themselves, each newest value. */
export function UsageTab({ kind, id }: { kind: Subject; id: string }) {
  return (
    <div className="bw-scroll">
      <Usage kind={kind} id={id} />
      {(kind === 'vms' || kind === 'hosts') && <StatisticsTab kind={kind} id={id} />}
    </div>
  );
}
