import {
  Alert,
  Button,
  ClipboardCopy,
  Content,
  Form,
  FormGroup,
  FormSelect,
  FormSelectOption,
  List,
  ListItem,
  Modal,
  ModalBody,
  ModalFooter,
  ModalHeader,
  Skeleton,
} from '@patternfly/react-core';
import { useState } from 'react';
import { authorization, post, put } from '../api/client';
import { useList } from '../api/queries';
import { served } from '../api/served';
import type { Cluster, Host } from '../api/types';
import { t } from '../i18n';
import { FormDialog, named } from '../ui/FormDialog';
import { explain } from '../ui/notify';
import { InstallHostDialog } from './InstallHost';
import { usePlan } from './placement';

async function makeLine(cluster: string): Promise<string> {
  const reply = await fetch('/ovirt-engine/services/host-token', {
    method: 'POST',
    credentials: 'omit',
    headers: { ...authorization(), 'Content-Type': 'application/json' },
    body: JSON.stringify({ cluster: { id: cluster } }),
  });
  const answer = (await reply.json()) as { command?: string; detail?: string };
  if (!answer.command) throw new Error(answer.detail ?? reply.statusText);
  return answer.command;
}

/** A new host: installed over SSH where the engine can do that, or enrolled by hand. */
export function AddHostDialog({ onClose }: { onClose: () => void }) {
  const [byHand, setByHand] = useState(!served('host.install'));
  return byHand ? (
    <EnrolDialog onClose={onClose} />
  ) : (
    <InstallHostDialog byHand={() => setByHand(true)} onClose={onClose} />
  );
}

/** A host joins by itself, with a token that an administrator made for its cluster. */
function EnrolDialog({ onClose }: { onClose: () => void }) {
  const { data: clusters = [] } = useList<Cluster>('clusters');
  const [chosen, setChosen] = useState('');
  const [command, setCommand] = useState('');
  const [failure, setFailure] = useState('');
  const cluster = chosen || clusters[0]?.id || '';
  return (
    <Modal isOpen variant="medium" onClose={onClose} aria-labelledby="add-host-title" position="top">
      <ModalHeader title={t('host.add')} labelId="add-host-title" description={t('host.addText')} />
      <ModalBody>
        <Form onSubmit={(event) => event.preventDefault()}>
          {failure && (
            <Alert isInline variant="danger" title={t('failed.form')}>
              {failure}
            </Alert>
          )}
          <FormGroup label={t('col.cluster')} fieldId="add-host-cluster">
            <FormSelect
              id="add-host-cluster"
              value={cluster}
              onChange={(_, value) => setChosen(value)}
              isDisabled={command !== ''}
            >
              {clusters.map((each) => (
                <FormSelectOption key={each.id} value={each.id} label={each.name ?? each.id} />
              ))}
            </FormSelect>
          </FormGroup>
          {command && (
            <FormGroup label={t('host.command')} fieldId="add-host-command">
              <ClipboardCopy isReadOnly isCode textAriaLabel={t('host.command')}>
                {command}
              </ClipboardCopy>
            </FormGroup>
          )}
        </Form>
      </ModalBody>
      <ModalFooter>
        {!command && (
          <Button
            isDisabled={!cluster}
            onClick={() => makeLine(cluster).then(setCommand, (refused) => setFailure(explain(refused)))}
          >
            {t('host.token')}
          </Button>
        )}
        <Button variant={command ? 'primary' : 'link'} onClick={onClose}>
          {t(command ? 'do.close' : 'do.cancel')}
        </Button>
      </ModalFooter>
    </Modal>
  );
}

export function EditHostDialog({ host, onClose }: { host: Host; onClose: () => void }) {
  return (
    <FormDialog
      title={t('host.edit', { name: host.name ?? '' })}
      fields={[
        { name: 'name', label: t('col.name'), required: true, wrong: named(255) },
        { name: 'comment', label: t('col.comment') },
      ]}
      initial={{ name: host.name ?? '', comment: host.comment ?? '' }}
      submit={t('do.save')}
      onClose={onClose}
      onSubmit={({ name, comment }) => put(`/hosts/${host.id}`, { name, comment })}
    />
  );
}

/** Says what will become of the host's machines before it is asked to leave: what placement would decide for each. */
export function MaintenanceDialog({ host, onClose }: { host: Host; onClose: () => void }) {
  const { data: moves, error } = usePlan(host.id);
  const stuck = moves?.some((move) => !move.to) ?? false;
  return (
    <FormDialog
      title={t('confirm.maintenance', { what: host.name ?? '' })}
      fields={[{ name: 'reason', label: t('host.reason') }]}
      submit={t('do.maintenance')}
      onClose={onClose}
      onSubmit={({ reason }) => post(`/hosts/${host.id}/deactivate`, { reason })}
    >
      <div data-plan="">
        <Content component="h3">{t('host.plan')}</Content>
        {error && <p>{explain(error)}</p>}
        {!moves && !error && <Skeleton height="60px" screenreaderText={t('table.loading')} />}
        {moves?.length === 0 && <p>{t('host.planNone')}</p>}
        {moves && moves.length > 0 && (
          <>
            {stuck ? (
              <Alert isInline isPlain variant="warning" title={t('host.planNoTarget')} />
            ) : (
              <p>{t('host.planMoves', { count: moves.length })}</p>
            )}
            <List className="bw-plan">
              {moves.map((move) => (
                <ListItem key={move.vm}>
                  <strong>{move.name}</strong>{' '}
                  {move.to
                    ? t('host.planTo', { host: move.to_name ?? move.to })
                    : t('host.planStuck', { reason: move.reason ?? '' })}
                </ListItem>
              ))}
            </List>
          </>
        )}
      </div>
    </FormDialog>
  );
}
