import '@patternfly/react-core/dist/styles/base.css';
import './page.css';
import { Alert, Button, Gallery, Label, Progress, Title } from '@patternfly/react-core';
import { StrictMode, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { EngineMachineSection } from './engine-machine';
import { look, type Parts, type Service } from './host';
import { Facts, Rows, Section } from './parts';

const PACE = 10_000;
const SOON_DAYS = 7;
const DAY = 86_400_000;
const GIB = 2 ** 30;

const gib = (bytes: number) => `${(bytes / GIB).toFixed(bytes < 10 * GIB ? 1 : 0)} GiB`;

function State({ name, service }: { name: string; service: Service | undefined }) {
  if (!service) return <Label color="grey">unknown</Label>;
  return (
    <>
      <Label color={service.answers ? 'green' : 'red'}>{service.answers ? 'answers' : 'does not answer'}</Label>
      {service.unit && ` service is ${service.unit}`}
      {!service.answers && (
        <p className="bw-hint">
          Look at its log: <code>journalctl -u {name}</code>
        </p>
      )}
    </>
  );
}

function CertificateState({ parts }: { parts: Partial<Parts> }) {
  const ends = parts.certificate?.ends;
  if (!ends) return <Label color="orange">none: this host is not enrolled with an engine</Label>;
  const days = Math.floor((ends.getTime() - Date.now()) / DAY);
  const text = `valid until ${ends.toLocaleString()}`;
  if (days < 0)
    return (
      <>
        <Label color="red">expired on {ends.toLocaleString()}</Label>
        <p className="bw-hint">It renews by itself as soon as the engine reaches this host.</p>
      </>
    );
  return <Label color={days < SOON_DAYS ? 'orange' : 'green'}>{text}</Label>;
}

const away = (url: string, text: string) => (
  <a href={url} target="_blank" rel="noreferrer">
    {text}
  </a>
);

function Host() {
  const [seen, setSeen] = useState<Awaited<ReturnType<typeof look>>>();
  const [admin, setAdmin] = useState<boolean | null>(null);
  // Counts what was changed from here, so that it is seen at once.
  const [changes, setChanges] = useState(0);
  useEffect(() => {
    const permission = window.cockpit.permission({ admin: true });
    const told = () => setAdmin(permission.allowed);
    permission.onchanged = told;
    told();
    return () => {
      permission.onchanged = null;
    };
  }, []);
  useEffect(() => {
    let stopped = false;
    let timer: ReturnType<typeof setTimeout>;
    const again = async () => {
      const now = await look();
      if (stopped) return;
      setSeen(now);
      timer = setTimeout(again, PACE);
    };
    void again();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
    // What may be read changes with who may read it.
  }, [admin, changes]);
  const parts = seen?.parts ?? {};
  const engine = parts.engine ?? '';
  return (
    <main className="bw-host">
      <Title headingLevel="h1">Bellwether</Title>
      {admin === false && (
        <Alert
          isInline
          variant="warning"
          title="Only administrators see machines, storage and certificates: turn on administrative access above."
        />
      )}
      {seen?.failures.map((failure) => (
        <Alert key={failure} isInline variant="danger" title={`Could not be read: ${failure}`} />
      ))}
      <Gallery hasGutter minWidths={{ default: '26rem' }}>
        <Section title="This host">
          <Facts
            rows={[
              ['Agent', <State key="agent" name="bellwether-agent" service={parts.agent} />],
              ['libvirt', <State key="libvirt" name="libvirtd" service={parts.libvirt} />],
              ['Certificate', seen && <CertificateState key="certificate" parts={parts} />],
              [
                'Engine',
                engine ? (
                  <Button key="engine" variant="link" isInline component="a" href={`${engine}/admin`} target="_blank">
                    {engine}
                  </Button>
                ) : (
                  'This host does not know where its engine is.'
                ),
              ],
            ]}
          />
        </Section>
        <Section title="Networks">
          <Rows
            name="Networks"
            head={['Bridge', 'State', 'Addresses', 'Members']}
            none="There is no bridge on this host."
            rows={(parts.networks ?? []).map((network) => [
              network.name,
              [
                network.name,
                <Label key="state" color={network.up ? 'green' : 'grey'}>
                  {network.up ? 'up' : 'down'}
                </Label>,
                network.addresses.join(', '),
                network.members.join(', '),
              ],
            ])}
          />
        </Section>
      </Gallery>
      <br />
      {parts.engineMachine && (
        <>
          <EngineMachineSection machine={parts.engineMachine} changed={() => setChanges((before) => before + 1)} />
          <br />
        </>
      )}
      <Section title="Machines">
        <Rows
          name="Machines"
          head={['Name', 'State', 'Memory', 'Processors', 'Console']}
          none="No machine is on this host."
          rows={(parts.machines ?? []).map((machine) => [
            machine.id,
            [
              engine ? away(`${engine}/admin/vms/${machine.id}`, machine.name) : machine.name,
              <Label key="state" color={machine.state === 'running' ? 'green' : 'grey'}>
                {machine.state}
              </Label>,
              `${machine.memoryMiB} MiB`,
              machine.processors,
              engine && machine.state === 'running' ? away(`${engine}/portal/${machine.id}/console`, 'Open') : '',
            ],
          ])}
        />
      </Section>
      <br />
      <Section title="Storage domains">
        <Rows
          name="Storage domains"
          head={['Name', 'Type', 'Place', 'Used', 'Size']}
          none="No storage domain is connected here."
          rows={(parts.domains ?? []).map((domain) => [
            domain.id + domain.place,
            [
              domain.name,
              domain.kind,
              domain.place,
              <Progress
                key="used"
                aria-label={`Used of ${domain.name}`}
                value={domain.size ? Math.round((100 * (domain.size - domain.free)) / domain.size) : 0}
                size="sm"
              />,
              `${gib(domain.free)} free of ${gib(domain.size)}`,
            ],
          ])}
        />
      </Section>
    </main>
  );
}

const root = document.getElementById('root');
if (root)
  createRoot(root).render(
    <StrictMode>
      <Host />
    </StrictMode>,
  );
