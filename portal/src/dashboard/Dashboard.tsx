import { Label, Progress, ProgressMeasureLocation, Title } from '@patternfly/react-core';
import CheckCircleIcon from '@patternfly/react-icons/dist/esm/icons/check-circle-icon';
import type { ComponentType } from 'react';
import { Link } from 'react-router';
import { type Collection, useList } from '../api/queries';
import type { Cluster, Event, Host, Job, StorageDomain, Vm } from '../api/types';
import { resources } from '../app/resources';
import { useSpares } from '../host/placement';
import { type MessageKey, t } from '../i18n';
import { SpareLabel } from '../inventory/WhatIf';
import { Usage } from '../statistics/Usage';
import { bytes, count, since, time } from '../ui/format';
import { pathOf } from '../ui/resource';
import { StatusLabel } from '../ui/StatusLabel';
import { type Amount, memory, processors, storage } from './capacity';
import { FirstSteps } from './FirstSteps';
import { TopConsumers } from './TopConsumers';

const icon = (kind: Collection) => resources().find((resource) => resource.kind === kind)?.icon as ComponentType;

function Tile({ kind, all, up }: { kind: Collection; all: number | undefined; up?: number }) {
  const Icon = icon(kind);
  return (
    <Link to={pathOf(kind)} className="bw-card bw-tile">
      <span className="bw-tile__icon">
        <Icon />
      </span>
      <span className="bw-tile__number">{all === undefined ? '…' : count(all)}</span>
      <span className="bw-tile__text">
        {t(`kind.${kind}` as MessageKey)}
        {up !== undefined && <span className="bw-tile__more">{t('dash.up', { count: count(up) })}</span>}
      </span>
    </Link>
  );
}

function Meter({ title, amount, unit }: { title: string; amount: Amount; unit: (value: number) => string }) {
  const part = amount.total > 0 ? (amount.used / amount.total) * 100 : 0;
  return (
    <Progress
      title={title}
      value={Math.min(part, 100)}
      label={t('dash.usedOf', { used: unit(amount.used), total: unit(amount.total) })}
      measureLocation={ProgressMeasureLocation.top}
      {...(part > 95 ? { variant: 'danger' as const } : part > 80 ? { variant: 'warning' as const } : {})}
    />
  );
}

export function Dashboard() {
  const { data: vms } = useList<Vm>('vms');
  const { data: hosts } = useList<Host>('hosts');
  const { data: clusters } = useList<Cluster>('clusters');
  const { data: domains } = useList<StorageDomain>('storage_domains');
  const { data: disks } = useList('disks');
  const { data: templates } = useList('templates');
  const { data: events = [] } = useList<Event>('events');
  const { data: jobs = [] } = useList<Job>('jobs');
  const { data: spares } = useSpares();
  const alerts = events.slice(0, 300).filter(({ severity }) => severity !== 'normal');
  const running = jobs.filter((job) => job.status === 'started');
  return (
    <section className="bw-page" aria-labelledby="dashboard-title">
      <Title headingLevel="h1" size="2xl" id="dashboard-title">
        {t('dash.title')}
      </Title>
      <div className="bw-dash">
        <FirstSteps />
        <div className="bw-tiles">
          <Tile kind="vms" all={vms?.length} up={vms?.filter((vm) => vm.status === 'up').length ?? 0} />
          <Tile kind="hosts" all={hosts?.length} up={hosts?.filter((host) => host.status === 'up').length ?? 0} />
          <Tile
            kind="storage_domains"
            all={domains?.length}
            up={domains?.filter((domain) => domain.status === 'active').length ?? 0}
          />
          <Tile kind="clusters" all={clusters?.length} />
          <Tile kind="disks" all={disks?.length} />
          <Tile kind="templates" all={templates?.length} />
        </div>
        <div className="bw-columns-2">
          <div className="bw-card">
            <Title headingLevel="h2" size="lg">
              {t('dash.capacity')}
            </Title>
            <div className="bw-meters">
              <Meter title={t('dash.cpu')} amount={processors(hosts ?? [], vms ?? [])} unit={count} />
              <Meter title={t('dash.memory')} amount={memory(hosts ?? [], vms ?? [])} unit={bytes} />
              <Meter title={t('dash.storage')} amount={storage(domains ?? [])} unit={bytes} />
            </div>
          </div>
          <div className="bw-card">
            <Title headingLevel="h2" size="lg">
              {t('dash.perCluster')}
            </Title>
            <ul className="bw-lines" title={t('dash.nPlusOneText')}>
              {clusters?.map((cluster) => {
                const own = (hosts ?? []).filter((host) => host.cluster?.id === cluster.id);
                const spare = spares?.find(({ id }) => id === cluster.id);
                const amount = memory(own, vms ?? []);
                const cpus = processors(own, vms ?? []);
                return (
                  <li key={cluster.id} className="bw-line">
                    <Link to={pathOf('clusters', cluster.id)}>{cluster.name}</Link>
                    <span className="bw-quiet">
                      {t('dash.promised', {
                        cpus: count(cpus.used),
                        allCpus: count(cpus.total),
                        memory: bytes(amount.used),
                        allMemory: bytes(amount.total),
                      })}
                    </span>
                    {(amount.used > amount.total || cpus.used > cpus.total) && (
                      <Label isCompact color="yellow">
                        {t('dash.overcommitted')}
                      </Label>
                    )}
                    {spare && <SpareLabel spare={spare} />}
                  </li>
                );
              })}
            </ul>
          </div>
        </div>
        {(hosts?.length ?? 0) > 0 && (
          <div className="bw-card bw-card--plain">
            <Title headingLevel="h2" size="lg">
              {t('dash.history')}
            </Title>
            <Usage kind="system" id="" only={['stat.cpu', 'stat.memory', 'stat.storage']} />
          </div>
        )}
        <div className="bw-columns-2">
          <div className="bw-card">
            <Title headingLevel="h2" size="lg">
              {t('dash.alerts')}
            </Title>
            {alerts.length === 0 ? (
              <p className="bw-quiet">
                <CheckCircleIcon /> {t('dash.noAlerts')}
              </p>
            ) : (
              <EventLines events={alerts.slice(0, 6)} />
            )}
          </div>
          <div className="bw-card">
            <Title headingLevel="h2" size="lg">
              {t('dash.recent')}
            </Title>
            <EventLines events={events.slice(0, 6)} />
          </div>
          <div className="bw-card">
            <Title headingLevel="h2" size="lg">
              {t('dash.top')}
            </Title>
            <TopConsumers vms={vms ?? []} />
          </div>
          <div className="bw-card">
            <Title headingLevel="h2" size="lg">
              {t('dash.jobs')}
            </Title>
            {running.length === 0 && <p className="bw-quiet">{t('job.none')}</p>}
            <ul className="bw-lines">
              {running.slice(0, 6).map((job) => (
                <li key={job.id} className="bw-line">
                  <StatusLabel status={job.status} />
                  <Link to={pathOf('jobs', job.id)}>{job.description}</Link>
                  <span className="bw-quiet">{since(job.start_time)}</span>
                </li>
              ))}
            </ul>
            <Link to={pathOf('jobs')}>{t('job.all')}</Link>
          </div>
        </div>
      </div>
    </section>
  );
}

function EventLines({ events }: { events: readonly Event[] }) {
  return (
    <ul className="bw-lines">
      {events.map((event) => (
        <li key={event.id} className="bw-line">
          <StatusLabel status={event.severity} />
          <span>{event.description}</span>
          <time className="bw-quiet">{time(event.time)}</time>
        </li>
      ))}
    </ul>
  );
}
