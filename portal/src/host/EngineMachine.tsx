import { Alert, Button, Flex } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ask } from '../api/client';
import type { Host } from '../api/types';
import { t } from '../i18n';
import { Details } from '../ui/Details';
import { ObjectLink } from '../ui/Link';
import { explain } from '../ui/notify';
import { SubTable } from '../ui/SubTable';

const PLACE = '/ovirt-engine/services/engine-machine';
/** How the hosts are is measured, and no change of an object: it is asked for again. */
const AGAIN_MILLIS = 5_000;

interface Keeper {
  id: string;
  name: string;
  score: number;
  engine: string;
  health: string;
  local_maintenance: boolean;
  detail: string;
}

interface EngineMachineState {
  configured: boolean;
  vm?: string;
  address?: string;
  global_maintenance?: boolean;
  hosts?: Keeper[];
}

/** The machine that the engine runs in: where it is, how each host could run it, and who is to leave it alone. */
export function EngineMachine({ host }: { host: Host }) {
  const [said, setSaid] = useState('');
  const { data, refetch } = useQuery({
    queryKey: ['engine-machine'],
    queryFn: () => ask<EngineMachineState>(PLACE),
    refetchInterval: AGAIN_MILLIS,
  });
  const own = data?.hosts?.find((each) => each.id === host.id);
  const maintain = async (wish: Record<string, string>) => {
    try {
      await ask(PLACE, { method: 'PUT', body: wish });
      setSaid('');
      await refetch();
    } catch (error) {
      setSaid(explain(error));
    }
  };
  if (!data?.configured) return null;
  const there = data.hosts?.find((each) => each.engine !== 'down' && each.engine !== 'incoming');
  return (
    <>
      {said && <Alert isInline variant="danger" title={said} />}
      {data.global_maintenance && <Alert isInline variant="warning" title={t('engineMachine.globalOn')} />}
      <Details
        facts={[
          [
            'engineMachine.machine',
            <ObjectLink key="vm" kind="vms" id={data.vm ?? ''}>
              {data.address}
            </ObjectLink>,
          ],
          ['engineMachine.where', there?.name],
          ['engineMachine.health', there?.health],
          ['engineMachine.detail', own?.detail],
        ]}
      />
      <Flex className="bw-card">
        <Button variant="secondary" onClick={() => maintain({ host: host.id, local: String(!own?.local_maintenance) })}>
          {t(own?.local_maintenance ? 'engineMachine.localEnd' : 'engineMachine.localBegin')}
        </Button>
        <Button variant="secondary" onClick={() => maintain({ global: String(!data.global_maintenance) })}>
          {t(data.global_maintenance ? 'engineMachine.globalEnd' : 'engineMachine.globalBegin')}
        </Button>
      </Flex>
      <SubTable
        title="tab.engineMachine"
        rows={data.hosts}
        columns={[
          { id: 'name', title: 'col.name', value: (each) => each.name },
          { id: 'score', title: 'engineMachine.score', value: (each) => each.score, end: true },
          { id: 'engine', title: 'engineMachine.engine', value: (each) => each.engine },
          {
            id: 'maintenance',
            title: 'engineMachine.maintenance',
            value: (each) => t(each.local_maintenance ? 'yes' : 'no'),
          },
          { id: 'detail', title: 'engineMachine.detail', value: (each) => each.detail, width: 400 },
        ]}
      />
    </>
  );
}
