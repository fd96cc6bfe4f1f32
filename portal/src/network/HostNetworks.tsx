import {
  Alert,
  Button,
  Dropdown,
  DropdownItem,
  DropdownList,
  Label,
  MenuToggle,
  Skeleton,
  Title,
} from '@patternfly/react-core';
import LinkIcon from '@patternfly/react-icons/dist/esm/icons/link-icon';
import NetworkIcon from '@patternfly/react-icons/dist/esm/icons/network-icon';
import PencilIcon from '@patternfly/react-icons/dist/esm/icons/pencil-alt-icon';
import PlugIcon from '@patternfly/react-icons/dist/esm/icons/plug-icon';
import UnlinkIcon from '@patternfly/react-icons/dist/esm/icons/unlink-icon';
import { useQuery } from '@tanstack/react-query';
import { type DragEvent, useState } from 'react';
import { list, post } from '../api/client';
import { queries, useSub } from '../api/queries';
import { type Host, type HostNic, type Network, num, yes } from '../api/types';
import { t } from '../i18n';
import { FormDialog } from '../ui/FormDialog';
import { act } from '../ui/notify';
import { StatusLabel } from '../ui/StatusLabel';
import {
  type Attachment,
  attach,
  begin,
  changed,
  inBond,
  join,
  type Problem,
  physical,
  problem,
  request,
  type Setup,
  split,
} from './setup';
import './hostnetworks.css';

const KIND = 'text/plain';

interface Held {
  what: 'network' | 'nic';
  id: string;
}

/** The NICs of a host with the networks that they carry, to be rearranged by dragging, or with the menus. */
export function HostNetworks({ host }: { host: Host }) {
  const { data: nics } = useSub<HostNic>('hosts', host.id, 'nics');
  const { data: attachments } = useSub<Attachment>('hosts', host.id, 'networkattachments');
  const { data: networks } = useQuery({
    queryKey: ['sub', 'clusters', host.cluster?.id, 'networks'],
    queryFn: ({ signal }) => list<Network>(`/clusters/${host.cluster?.id}/networks`, signal),
  });
  if (!nics || !attachments || !networks) return <Skeleton height="240px" screenreaderText={t('table.loading')} />;
  // Begun anew when what the host has is read anew.
  return (
    <Picture
      key={JSON.stringify([nics.map(({ id }) => id), attachments])}
      host={host}
      nics={nics}
      attachments={attachments}
      networks={networks}
    />
  );
}

function Picture(properties: { host: Host; nics: HostNic[]; attachments: Attachment[]; networks: Network[] }) {
  const { host, nics, attachments, networks } = properties;
  const before = begin(nics, attachments);
  const [setup, setSetup] = useState<Setup>(before);
  const [wrong, setWrong] = useState<Problem>();
  const [held, setHeld] = useState<Held>();
  const [editing, setEditing] = useState<Network>();
  const cables = physical(nics);
  const named = (name: string) => nics.find((nic) => nic.name === name);
  const on = (place: string) => networks.filter(({ id }) => (setup.places[id] ?? '') === place);
  const places = [
    ...setup.bonds.map(({ name }) => name),
    ...cables.map((nic) => nic.name ?? '').filter((name) => !inBond(setup, name)),
  ].sort();

  const put = (network: Network, place: string) => {
    const why = place ? problem(setup, network, place, networks) : undefined;
    setWrong(why);
    if (!why) setSetup(attach(setup, network.id, place));
  };
  const drop = (event: DragEvent, place: string) => {
    event.preventDefault();
    setHeld(undefined);
    const [what, id = ''] = event.dataTransfer.getData(KIND).split(' ');
    const network = networks.find((each) => each.id === id);
    if (what === 'network' && network) put(network, place);
    if (what === 'nic' && place) {
      setWrong(undefined);
      setSetup(join(setup, id, place));
    }
  };
  const takes = (place: string) => ({
    onDragOver: (event: DragEvent) => {
      if (held && (held.what === 'network' || (place && held.id !== place))) event.preventDefault();
    },
    onDrop: (event: DragEvent) => drop(event, place),
  });
  const drags = (what: Held['what'], id: string) => ({
    draggable: true,
    onDragStart: (event: DragEvent) => {
      event.stopPropagation();
      event.dataTransfer.setData(KIND, `${what} ${id}`);
      event.dataTransfer.effectAllowed = 'move';
      setHeld({ what, id });
    },
    onDragEnd: () => setHeld(undefined),
  });
  const save = async () => {
    const done = await act(t('net.apply'), [host], () =>
      post(`/hosts/${host.id}/setupnetworks`, {
        ...request(before, setup, attachments),
        check_connectivity: true,
        connectivity_timeout: 20,
        commit_on_success: true,
      }),
    );
    if (done) await queries.invalidateQueries({ queryKey: ['sub', 'hosts', host.id] });
  };

  const chip = (network: Network) => (
    <NetworkChip
      key={network.id}
      network={network}
      attachment={attachments.find((each) => each.network?.id === network.id)}
      places={places}
      place={setup.places[network.id] ?? ''}
      drags={drags('network', network.id)}
      onPut={(place) => put(network, place)}
      onEdit={() => setEditing(network)}
    />
  );
  const cable = (nic: HostNic) => (
    <div
      key={nic.id}
      className="bw-nic__cable"
      {...(!inBond(setup, nic.name ?? '') && drags('nic', nic.name ?? ''))}
      title={t('net.dragNic')}
    >
      <PlugIcon /> <strong>{nic.name}</strong> <StatusLabel status={nic.status} />
      <span className="bw-quiet">
        {[nic.mac?.address, num(nic.speed) > 0 && `${num(nic.speed) / 1e6} Mbit/s`].filter(Boolean).join(' · ')}
      </span>
    </div>
  );
  const dirty = changed(before, setup);

  return (
    <div className="bw-scroll">
      <div className="bw-page__actions bw-hostnet__bar">
        <span className="bw-quiet">{t('net.help')}</span>
        <Button isDisabled={!dirty} onClick={() => void save()}>
          {t('net.apply')}
        </Button>
        <Button
          variant="link"
          isDisabled={!dirty}
          onClick={() => {
            setSetup(before);
            setWrong(undefined);
          }}
        >
          {t('net.reset')}
        </Button>
      </div>
      {wrong && <Alert isInline variant="warning" title={t(`net.${wrong}`)} isLiveRegion />}
      <div className={`bw-hostnet${held ? ` bw-hostnet--${held.what}` : ''}`}>
        <section aria-labelledby="nics-title">
          <Title headingLevel="h2" size="lg" id="nics-title">
            {t('net.nics')}
          </Title>
          <ul className="bw-lines">
            {places.map((place) => {
              const bond = setup.bonds.find(({ name }) => name === place);
              const own = named(place);
              return (
                <li key={place} className="bw-card bw-nic" data-nic={place} {...takes(place)}>
                  <div className="bw-nic__left">
                    {bond ? (
                      <>
                        <div className="bw-nic__bond">
                          <LinkIcon /> <strong>{place}</strong>
                          <select
                            aria-label={t('net.mode', { name: place })}
                            value={bond.mode}
                            onChange={(event) =>
                              setSetup({
                                ...setup,
                                bonds: setup.bonds.map((each) =>
                                  each === bond ? { ...each, mode: event.target.value } : each,
                                ),
                              })
                            }
                          >
                            {['0', '1', '2', '3', '4', '5', '6'].map((mode) => (
                              <option key={mode} value={mode}>
                                {t(`net.mode${mode}` as 'net.mode1')}
                              </option>
                            ))}
                          </select>
                          <Button
                            variant="plain"
                            size="sm"
                            icon={<UnlinkIcon />}
                            aria-label={t('net.split', { name: place })}
                            onClick={() => setSetup(split(setup, place))}
                          />
                        </div>
                        {bond.nics.map((name) => {
                          const nic = named(name);
                          return nic && cable(nic);
                        })}
                      </>
                    ) : (
                      own && (
                        <>
                          {cable(own)}
                          <JoinMenu
                            nic={place}
                            places={places.filter((each) => each !== place)}
                            onJoin={(to) => setSetup(join(setup, place, to))}
                          />
                        </>
                      )
                    )}
                  </div>
                  <div className="bw-nic__networks">
                    {on(place).map(chip)}
                    {on(place).length === 0 && <span className="bw-quiet">{t('net.none')}</span>}
                  </div>
                </li>
              );
            })}
          </ul>
        </section>
        <section aria-labelledby="free-title" className="bw-card bw-hostnet__free" data-nic="" {...takes('')}>
          <Title headingLevel="h2" size="lg" id="free-title">
            {t('net.unassigned')}
          </Title>
          <div className="bw-lines">
            {on('').map(chip)}
            {on('').length === 0 && <span className="bw-quiet">{t('net.allAssigned')}</span>}
          </div>
        </section>
      </div>
      {editing && (
        <AddressDialog network={editing} setup={setup} onChange={setSetup} onClose={() => setEditing(undefined)} />
      )}
    </div>
  );
}

function NetworkChip(properties: {
  network: Network;
  attachment: Attachment | undefined;
  places: readonly string[];
  place: string;
  drags: object;
  onPut: (place: string) => void;
  onEdit: () => void;
}) {
  const { network, attachment, places, place, drags, onPut, onEdit } = properties;
  const [open, setOpen] = useState(false);
  const ip = attachment?.ip_address_assignments?.ip_address_assignment?.[0]?.ip?.address;
  return (
    <div className="bw-net" data-network={network.name} {...drags}>
      <NetworkIcon />
      <span className="bw-net__name">{network.name}</span>
      {network.vlan?.id !== undefined && <Label isCompact>VLAN {network.vlan.id}</Label>}
      {yes(network.required) && (
        <Label isCompact color="orange">
          {t('col.required')}
        </Label>
      )}
      {attachment && attachment.in_sync !== undefined && !yes(attachment.in_sync) && (
        <Label isCompact color="red">
          {t('net.outOfSync')}
        </Label>
      )}
      {ip && <span className="bw-quiet">{ip}</span>}
      {place && (
        <Button
          variant="plain"
          size="sm"
          icon={<PencilIcon />}
          aria-label={t('net.addressOf', { name: network.name ?? '' })}
          onClick={onEdit}
        />
      )}
      <Dropdown
        isOpen={open}
        onOpenChange={setOpen}
        onSelect={() => setOpen(false)}
        popperProps={{ position: 'end', appendTo: () => document.body }}
        toggle={(ref) => (
          <MenuToggle
            ref={ref}
            variant="plainText"
            isExpanded={open}
            aria-label={t('net.moveTo', { name: network.name ?? '' })}
            onClick={() => setOpen(!open)}
          />
        )}
      >
        {open && (
          <DropdownList>
            {places
              .filter((each) => each !== place)
              .map((each) => (
                <DropdownItem key={each} onClick={() => onPut(each)}>
                  {each}
                </DropdownItem>
              ))}
            {place && <DropdownItem onClick={() => onPut('')}>{t('net.unassign')}</DropdownItem>}
          </DropdownList>
        )}
      </Dropdown>
    </div>
  );
}

function JoinMenu(properties: { nic: string; places: readonly string[]; onJoin: (to: string) => void }) {
  const { nic, places, onJoin } = properties;
  const [open, setOpen] = useState(false);
  if (places.length === 0) return null;
  return (
    <Dropdown
      isOpen={open}
      onOpenChange={setOpen}
      onSelect={() => setOpen(false)}
      popperProps={{ appendTo: () => document.body }}
      toggle={(ref) => (
        <MenuToggle
          ref={ref}
          variant="plainText"
          isExpanded={open}
          aria-label={t('net.joinNamed', { name: nic })}
          onClick={() => setOpen(!open)}
        >
          {t('net.join')}
        </MenuToggle>
      )}
    >
      {open && (
        <DropdownList>
          {places.map((each) => (
            <DropdownItem key={each} onClick={() => onJoin(each)}>
              {each}
            </DropdownItem>
          ))}
        </DropdownList>
      )}
    </Dropdown>
  );
}

const quad = (value: string) =>
  /^(\d{1,3})(\.\d{1,3}){3}$/.test(value) && value.split('.').every((each) => Number(each) < 256)
    ? undefined
    : t('net.noIpv4');

/** How the host gets its address in a network. */
function AddressDialog(properties: {
  network: Network;
  setup: Setup;
  onChange: (setup: Setup) => void;
  onClose: () => void;
}) {
  const { network, setup, onChange, onClose } = properties;
  const all = setup.addresses[network.id] ?? [];
  const now = all.find((each) => each.ip?.version !== 'v6');
  const still = (values: Record<string, string>) => values.method === 'static';
  return (
    <FormDialog
      title={t('net.addressOf', { name: network.name ?? '' })}
      initial={{
        method: now?.assignment_method ?? 'none',
        address: now?.ip?.address ?? '',
        netmask: now?.ip?.netmask ?? '255.255.255.0',
        gateway: now?.ip?.gateway ?? '',
      }}
      fields={[
        {
          name: 'method',
          label: t('net.method'),
          kind: 'select',
          required: true,
          options: (['none', 'dhcp', 'static'] as const).map((value) => ({ value, label: t(`net.${value}Address`) })),
        },
        { name: 'address', label: t('init.address'), required: true, shown: still, wrong: quad },
        { name: 'netmask', label: t('init.netmask'), required: true, shown: still, wrong: quad },
        { name: 'gateway', label: t('init.gateway'), shown: still, wrong: quad },
      ]}
      submit={t('do.save')}
      onClose={onClose}
      onSubmit={async (values) => {
        const assignment = {
          assignment_method: values.method as string,
          ...(values.method === 'static' && {
            ip: {
              version: 'v4',
              address: values.address as string,
              netmask: values.netmask as string,
              ...(values.gateway && { gateway: values.gateway }),
            },
          }),
        };
        onChange({
          ...setup,
          addresses: {
            ...setup.addresses,
            [network.id]: [...all.filter((each) => each.ip?.version === 'v6'), assignment],
          },
        });
      }}
    />
  );
}
