import { Alert, Button, Flex, FlexItem, Label } from '@patternfly/react-core';
import { useState } from 'react';
import { Deploy } from './deploy-form';
import { maintain } from './host';
import { Facts, Rows, Section } from './parts';
import type { EngineMachine } from './read';

type Color = 'green' | 'orange' | 'red' | 'grey';

const STATES: Record<string, [string, Color]> = {
  up: ['runs', 'green'],
  starting: ['is being started', 'orange'],
  down: ['is down', 'red'],
  elsewhere: ['runs on another host', 'green'],
};

const HEALTH: Record<string, [string, Color]> = {
  good: ['answers', 'green'],
  bad: ['does not answer', 'red'],
};

function Fact({ of, value }: { of: Record<string, [string, Color]>; value: string }) {
  const [text, color] = of[value] ?? ['unknown', 'grey'];
  return <Label color={color}>{text}</Label>;
}

function Maintenance({ machine, changed }: { machine: EngineMachine; changed: () => void }) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState('');
  const say = async (kind: 'local' | 'global' | 'none') => {
    setBusy(true);
    setFailure('');
    try {
      await maintain(kind);
    } catch (failed) {
      setFailure((failed as Error).message);
    } finally {
      setBusy(false);
      changed();
    }
  };
  const any = machine.localMaintenance || machine.globalMaintenance;
  return (
    <>
      <Flex spaceItems={{ default: 'spaceItemsSm' }}>
        {!machine.localMaintenance && (
          <FlexItem>
            <Button variant="secondary" size="sm" isDisabled={busy} onClick={() => say('local')}>
              Local maintenance
            </Button>
          </FlexItem>
        )}
        {!machine.globalMaintenance && (
          <FlexItem>
            <Button variant="secondary" size="sm" isDisabled={busy} onClick={() => say('global')}>
              Global maintenance
            </Button>
          </FlexItem>
        )}
        {any && (
          <FlexItem>
            <Button variant="secondary" size="sm" isDisabled={busy} onClick={() => say('none')}>
              End maintenance
            </Button>
          </FlexItem>
        )}
      </Flex>
      <p className="bw-hint">
        Local: the engine machine moves to another host and does not come here. Global: no host starts, stops or moves
        it.
      </p>
      {failure && <Alert isInline variant="danger" title={`Maintenance could not be changed: ${failure}`} />}
    </>
  );
}

/** The machine in which the engine runs, which the agents keep alive without the engine. */
export function EngineMachineSection({ machine, changed }: { machine: EngineMachine; changed: () => void }) {
  if (!machine.configured)
    return (
      <Section title="Engine machine">
        <p className="bw-hint">The hosts keep no engine machine: none was deployed.</p>
        <Deploy />
      </Section>
    );
  const modes = [machine.localMaintenance && 'local', machine.globalMaintenance && 'global'].filter(Boolean);
  return (
    <Section title="Engine machine">
      <Facts
        rows={[
          [
            'State',
            <span key="state">
              <Fact of={STATES} value={machine.state} /> {machine.host && `on ${machine.host}`}
            </span>,
          ],
          ['Engine in it', <Fact key="health" of={HEALTH} value={machine.health} />],
          ["This host's score", machine.score],
          [
            'Maintenance',
            <Label key="modes" color={modes.length > 0 ? 'orange' : 'grey'}>
              {modes.length > 0 ? modes.join(' and ') : 'none'}
            </Label>,
          ],
        ]}
      />
      {machine.detail && <p className="bw-hint">{machine.detail}</p>}
      <br />
      <Maintenance machine={machine} changed={changed} />
      <br />
      <Rows
        name="Hosts of the engine machine"
        head={['Host', 'Score', 'Heard of', 'Engine machine', 'Maintenance']}
        none="No host was heard of yet."
        rows={machine.hosts.map((host) => [
          host.name,
          [
            host.name,
            host.score,
            <Label key="alive" color={host.alive ? 'green' : 'red'}>
              {host.alive ? 'yes' : 'no'}
            </Label>,
            host.engine,
            host.maintenance ? 'yes' : 'no',
          ],
        ])}
      />
    </Section>
  );
}
