import { Button } from '@patternfly/react-core';
import { post } from '../api/client';
import { useList } from '../api/queries';
import type { Cluster, Host } from '../api/types';
import { t } from '../i18n';
import { between, type Field, FormDialog, named, type Values } from '../ui/FormDialog';

const sshFields = (): Field[] => [
  { name: 'port', label: t('host.sshPort'), kind: 'number', required: true, wrong: between(1, 65_535) },
  { name: 'password', label: t('host.rootPassword'), kind: 'password', help: t('host.rootPasswordHelp') },
  {
    name: 'fingerprint',
    label: t('host.fingerprint'),
    help: t('host.fingerprintHelp'),
    wrong: (value) => (/^SHA256:\S+$/.test(value) ? undefined : t('host.fingerprintHelp')),
  },
];

const sshOf = (values: Values) => ({
  ...(values.password && { root_password: values.password }),
  ssh: { port: values.port, ...(values.fingerprint && { fingerprint: values.fingerprint }) },
});

/** A host that the engine visits over SSH and installs. */
export function InstallHostDialog({ byHand, onClose }: { byHand: () => void; onClose: () => void }) {
  const { data: clusters } = useList<Cluster>('clusters');
  const { data: hosts } = useList<Host>('hosts');
  if (!clusters || !hosts) return null;
  return (
    <FormDialog
      title={t('host.add')}
      initial={{ port: '22', cluster: clusters.length === 1 ? (clusters[0]?.id ?? '') : '' }}
      fields={[
        {
          name: 'name',
          label: t('col.name'),
          required: true,
          wrong: named(
            255,
            hosts.map(({ name }) => name ?? ''),
          ),
        },
        { name: 'address', label: t('col.address'), required: true, help: t('field.address') },
        {
          name: 'cluster',
          label: t('col.cluster'),
          kind: 'select',
          required: true,
          options: clusters.map((cluster) => ({ value: cluster.id, label: cluster.name ?? cluster.id })),
        },
        ...sshFields(),
      ]}
      submit={t('do.addHost')}
      onClose={onClose}
      onSubmit={(values) =>
        post('/hosts', {
          name: values.name,
          address: values.address,
          cluster: { id: values.cluster },
          ...sshOf(values),
        })
      }
    >
      <p className="bw-quiet">{t('host.installText')}</p>
      <Button variant="link" isInline onClick={byHand}>
        {t('host.byHand')}
      </Button>
    </FormDialog>
  );
}

export function ReinstallDialog({ host, onClose }: { host: Host; onClose: () => void }) {
  return (
    <FormDialog
      title={`${t('host.reinstall')}: ${host.name}`}
      initial={{ port: String(host.ssh?.port ?? 22), fingerprint: host.ssh?.fingerprint ?? '' }}
      fields={sshFields()}
      submit={t('host.reinstall')}
      onClose={onClose}
      onSubmit={(values) => post(`/hosts/${host.id}/install`, sshOf(values))}
    >
      <p className="bw-quiet">{t('host.reinstallText')}</p>
    </FormDialog>
  );
}
