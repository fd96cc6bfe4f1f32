import { Label, Title } from '@patternfly/react-core';
import { useState } from 'react';
import { useList } from '../api/queries';
import type { Cluster, Host, StorageDomain } from '../api/types';
import { type Fate, type Spare, useFates, useSpare } from '../host/placement';
import { t } from '../i18n';
import { ObjectLink } from '../ui/Link';
import { SeveralField } from '../ui/SeveralField';
import { SubTable } from '../ui/SubTable';

/** Whether the cluster could lose any one of its hosts. */
export function SpareLabel({ spare }: { spare: Spare }) {
  const none = spare.machines === 0;
  return (
    <Label isCompact color={none ? 'grey' : spare.kept ? 'green' : 'orange'}>
      {t(none ? 'dash.nPlusOneNone' : spare.kept ? 'dash.nPlusOne' : 'dash.nPlusOneNo')}
    </Label>
  );
}

/** What would become of a cluster's machines if hosts or storage failed: as the engine would decide it. */
export function WhatIf({ cluster }: { cluster: Cluster }) {
  const { data: spare, error } = useSpare(cluster.id);
  return (
    <>
      <br />
      <Title headingLevel="h2" size="lg">
        {t('whatif.hosts')} {spare && <SpareLabel spare={spare} />}
      </Title>
      <SubTable
        title="whatif.hosts"
        rows={spare?.hosts}
        error={error}
        empty={<p className="bw-quiet">{t('whatif.safe')}</p>}
        columns={[
          {
            id: 'name',
            title: 'kind.hosts.one',
            value: ({ name }) => name,
            cell: ({ id, name }) => (
              <ObjectLink kind="hosts" id={id}>
                {name}
              </ObjectLink>
            ),
            width: 200,
          },
          { id: 'machines', title: 'whatif.machines', value: ({ machines }) => machines, end: true, width: 160 },
          {
            id: 'stranded',
            title: 'whatif.stranded',
            value: ({ stranded }) => stranded.map(({ name }) => name).join(', '),
            width: 320,
          },
        ]}
      />
      <br />
      <Title headingLevel="h2" size="lg">
        {t('whatif.ask')}
      </Title>
      <Ask cluster={cluster} />
    </>
  );
}

function Ask({ cluster }: { cluster: Cluster }) {
  const { data: hosts = [] } = useList<Host>('hosts');
  const { data: domains = [] } = useList<StorageDomain>('storage_domains');
  const [lost, setLost] = useState('');
  const [away, setAway] = useState('');
  const { data: fates, error } = useFates(cluster.id, lost, away);
  const option = ({ id, name }: { id: string; name?: string }) => ({ value: id, label: name ?? id });
  return (
    <>
      <p className="bw-quiet">{t('whatif.text')}</p>
      <div className="bw-columns-2">
        <SeveralField
          field={{
            name: 'lost',
            label: t('kind.hosts'),
            options: hosts.filter((host) => host.cluster?.id === cluster.id).map(option),
          }}
          value={lost}
          wrong={undefined}
          onChange={setLost}
        />
        <SeveralField
          field={{
            name: 'away',
            label: t('kind.storage_domains'),
            options: domains
              .filter((domain) => domain.data_centers?.data_center?.some(({ id }) => id === cluster.data_center?.id))
              .map(option),
          }}
          value={away}
          wrong={undefined}
          onChange={setAway}
        />
      </div>
      {(lost || away) && <Fates fates={fates} error={error} />}
    </>
  );
}

const then = (fate: Fate) =>
  fate.outcome === 'restarts' ? t('whatif.restarts', { host: fate.to_name ?? '' }) : t(`whatif.out.${fate.outcome}`);

const because = ({ reason, changes }: Fate) =>
  changes ? `${reason} (${t('whatif.help', { changes: changes.join('; ') })})` : reason;

function Fates({ fates, error }: { fates: Fate[] | undefined; error: unknown }) {
  return (
    <SubTable
      title="whatif.ask"
      rows={fates?.map((fate) => ({ ...fate, id: fate.vm }))}
      error={error}
      empty={<p className="bw-quiet">{t('whatif.nothing')}</p>}
      columns={[
        {
          id: 'name',
          title: 'kind.vms.one',
          value: ({ name }) => name,
          cell: ({ vm, name }) => (
            <ObjectLink kind="vms" id={vm}>
              {name}
            </ObjectLink>
          ),
          width: 180,
        },
        { id: 'priority', title: 'affinity.priority', value: ({ priority }) => priority, end: true, width: 90 },
        { id: 'host', title: 'kind.hosts.one', value: (fate) => fate.host_name, width: 140 },
        {
          id: 'then',
          title: 'whatif.then',
          value: then,
          cell: (fate) => (
            <Label isCompact color={fate.outcome === 'restarts' ? 'green' : 'orange'}>
              {then(fate)}
            </Label>
          ),
          width: 200,
        },
        {
          id: 'because',
          title: 'whatif.because',
          value: because,
          cell: (fate) => <span title={because(fate)}>{because(fate)}</span>,
          width: 420,
        },
      ]}
    />
  );
}
