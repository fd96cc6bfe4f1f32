import { Title } from '@patternfly/react-core';
import CheckCircleIcon from '@patternfly/react-icons/dist/esm/icons/check-circle-icon';
import CircleIcon from '@patternfly/react-icons/dist/esm/icons/circle-icon';
import { Link } from 'react-router';
import { type Collection, useList } from '../api/queries';
import type { Host, StorageDomain, Template, Vm } from '../api/types';
import { type MessageKey, t } from '../i18n';
import { pathOf } from '../ui/resource';

/** What an empty installation lacks before its first machine; gone as soon as there is one. */
export function FirstSteps() {
  const { data: hosts } = useList<Host>('hosts');
  const { data: domains } = useList<StorageDomain>('storage_domains');
  const { data: templates } = useList<Template>('templates');
  const { data: vms } = useList<Vm>('vms');
  const { data: disks } = useList('disks');
  if (!hosts || !domains || !templates || !vms || !disks || vms.length > 0) return null;
  const steps: { id: string; kind: Collection; done: boolean }[] = [
    { id: 'host', kind: 'hosts', done: hosts.length > 0 },
    { id: 'storage', kind: 'storage_domains', done: domains.length > 0 },
    { id: 'template', kind: 'disks', done: templates.length > 1 || disks.length > 0 },
    { id: 'vm', kind: 'vms', done: false },
  ];
  const next = steps.find((step) => !step.done);
  return (
    <div className="bw-card" data-first-steps="">
      <Title headingLevel="h2" size="lg">
        {t('first.title')}
      </Title>
      <p className="bw-quiet">{t('first.text')}</p>
      <br />
      <ol className="bw-steps">
        {steps.map((step, index) => (
          <li key={step.id} className="bw-step" {...(step === next && { 'aria-current': 'step' as const })}>
            <strong>
              {step.done ? (
                <CheckCircleIcon color="var(--pf-t--global--icon--color--status--success--default)" />
              ) : (
                <CircleIcon />
              )}{' '}
              {index + 1}. <Link to={pathOf(step.kind)}>{t(`first.${step.id}` as MessageKey)}</Link>
            </strong>
            <span className="bw-quiet">{t(`first.${step.id}Text` as MessageKey)}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
