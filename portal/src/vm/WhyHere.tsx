import {
  Button,
  Content,
  Label,
  List,
  ListItem,
  Modal,
  ModalBody,
  ModalFooter,
  ModalHeader,
  Skeleton,
} from '@patternfly/react-core';
import BanIcon from '@patternfly/react-icons/dist/esm/icons/ban-icon';
import CheckIcon from '@patternfly/react-icons/dist/esm/icons/check-icon';
import { Link } from 'react-router';
import { useNames } from '../api/queries';
import type { Vm } from '../api/types';
import { useExplanation } from '../host/placement';
import { t } from '../i18n';
import { time } from '../ui/format';
import { explain } from '../ui/notify';
import { pathOf } from '../ui/resource';

/** Every host of the cluster with what speaks for it or against it: what placement weighs when it decides. */
export function WhyHere({ vm, onClose }: { vm: Vm; onClose: () => void }) {
  const { data, error } = useExplanation(vm.id);
  const names = useNames('hosts');
  const host = (id: string) => names({ id });
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
                <li key={host.id + (host.filter ?? '')} className="bw-line">
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
                      {host.remedy && `; ${t('why.remedy', { remedy: host.remedy })}`}
                      {host.weights && host.weights.length > 0 && (
                        <>
                          <br />
                          {host.weights
                            .map(({ name, value, factor }) => `${name} ${value}${factor === 1 ? '' : ` × ${factor}`}`)
                            .join(' + ')}
                        </>
                      )}
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
            {data.changes && data.changes.length > 0 && (
              <>
                <br />
                <Content component="h3">{t('why.changes')}</Content>
                <List>
                  {data.changes.map((change) => (
                    <ListItem key={change}>{change}</ListItem>
                  ))}
                </List>
              </>
            )}
            {data.kept && data.kept.length > 0 && (
              <>
                <br />
                <Content component="h3">{t('why.kept')}</Content>
                <List>
                  {data.kept.map(({ at, occasion, chosen, hosts }) => (
                    <ListItem key={at}>
                      {time(at)}: {occasion} →{' '}
                      {chosen ? (hosts.find(({ id }) => id === chosen)?.name ?? host(chosen)) : t('why.nowhere')}
                    </ListItem>
                  ))}
                </List>
              </>
            )}
          </>
        )}
      </ModalBody>
      <ModalFooter>
        <Button onClick={onClose}>{t('do.close')}</Button>
      </ModalFooter>
    </Modal>
  );
}
