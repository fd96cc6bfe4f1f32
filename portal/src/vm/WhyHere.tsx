import { Button, Label, Modal, ModalBody, ModalFooter, ModalHeader, Skeleton } from '@patternfly/react-core';
import BanIcon from '@patternfly/react-icons/dist/esm/icons/ban-icon';
import CheckIcon from '@patternfly/react-icons/dist/esm/icons/check-icon';
import { Link } from 'react-router';
import type { Vm } from '../api/types';
import { useExplanation } from '../host/placement';
import { t } from '../i18n';
import { explain } from '../ui/notify';
import { pathOf } from '../ui/resource';

/** Every host of the cluster with what speaks for it or against it: what placement weighs when it decides. */
export function WhyHere({ vm, onClose }: { vm: Vm; onClose: () => void }) {
  const { data, error } = useExplanation(vm.id);
  return (
    <Modal isOpen variant="medium" onClose={onClose} aria-labelledby="why-title" position="top">
      <ModalHeader title={t(vm.host ? 'why.title' : 'why.titleDown', { name: vm.name ?? '' })} labelId="why-title" />
      <ModalBody>
        {error && <p>{explain(error)}</p>}
        {!data && !error && <Skeleton height="120px" screenreaderText={t('table.loading')} />}
        {data && (
          <>
            <p className="bw-quiet">{t('why.text')}</p>
            <br />
            <ul className="bw-lines" data-why="">
              {data.hosts.map((host) => (
                <li key={host.id} className="bw-line">
                  {host.fits ? (
                    <CheckIcon color="var(--pf-t--global--icon--color--status--success--default)" />
                  ) : (
                    <BanIcon color="var(--pf-t--global--icon--color--status--warning--default)" />
                  )}
                  <span>
                    <Link to={pathOf('hosts', host.id)} onClick={onClose}>
                      {host.name}
                    </Link>{' '}
                    <span className="bw-quiet">
                      {host.fits
                        ? t('why.cost', { cost: host.cost ?? 0 })
                        : t('why.not', { filter: host.filter ?? '', reason: host.reason ?? '' })}
                    </span>
                  </span>
                  {host.id === data.here && (
                    <Label isCompact color="blue">
                      {t('why.here')}
                    </Label>
                  )}
                  {host.id === data.best && (
                    <Label isCompact color="green">
                      {t('why.best')}
                    </Label>
                  )}
                </li>
              ))}
            </ul>
          </>
        )}
      </ModalBody>
      <ModalFooter>
        <Button onClick={onClose}>{t('do.close')}</Button>
      </ModalFooter>
    </Modal>
  );
}
