import { Alert, Button, Checkbox, FormGroup, Radio, Spinner } from '@patternfly/react-core';
import { useState } from 'react';
import { list, post } from '../api/client';
import { num } from '../api/types';
import { t } from '../i18n';
import type { Values } from '../ui/FormDialog';
import { bytes } from '../ui/format';
import { explain } from '../ui/notify';

/** A LUN as a host sees it. */
export interface LogicalUnit {
  id: string;
  size?: string | number;
  vendor_id?: string;
  product_id?: string;
  serial?: string;
  status?: string;
  address?: string;
  port?: string | number;
  target?: string;
  volume_group_id?: string;
  storage_domain_id?: string;
}

export const asUnit = ({ id, address, port, target }: LogicalUnit) => ({
  id,
  ...(target && { address, port, target }),
});

interface Target {
  address?: string;
  port?: string | number;
  target?: string;
}

interface Storage {
  id: string;
  logical_units?: { logical_unit?: LogicalUnit[] };
}

const units = async (host: string) =>
  (await list<Storage>(`/hosts/${host}/storage`)).flatMap((each) => each.logical_units?.logical_unit ?? []);

/** Finds iSCSI targets, logs in, and lets LUNs be chosen; of Fibre Channel only the last. */
export function SanPicker(properties: {
  values: Values;
  chosen: ReadonlyMap<string, LogicalUnit>;
  onChoose: (chosen: ReadonlyMap<string, LogicalUnit>) => void;
}) {
  const { values, chosen, onChoose } = properties;
  const [targets, setTargets] = useState<Target[]>();
  const [target, setTarget] = useState<Target>();
  const [luns, setLuns] = useState<LogicalUnit[]>();
  const [failure, setFailure] = useState('');
  const [busy, setBusy] = useState(false);
  const host = values.host ?? '';
  const iscsi = values.type === 'iscsi';
  const portal = {
    address: values.address,
    port: Number(values.port) || 3260,
    ...(values.user && { username: values.user, password: values.password }),
  };
  const work = async (step: () => Promise<void>) => {
    setBusy(true);
    setFailure('');
    try {
      await step();
    } catch (refused) {
      setFailure(explain(refused));
    }
    setBusy(false);
  };
  const discover = () =>
    work(async () => {
      setLuns(undefined);
      const answer = await post<{ discovered_targets?: Record<string, Target[]> }>(`/hosts/${host}/discoveriscsi`, {
        iscsi: portal,
      });
      setTargets(Object.values(answer.discovered_targets ?? {}).flat());
    });
  const login = () =>
    work(async () => {
      await post(`/hosts/${host}/iscsilogin`, {
        iscsi: { ...portal, address: target?.address, port: Number(target?.port) || 3260, target: target?.target },
      });
      setLuns((await units(host)).filter((lun) => lun.target === target?.target));
    });
  const look = () => work(async () => setLuns((await units(host)).filter((lun) => !lun.target)));
  return (
    <>
      {failure && (
        <Alert isInline variant="danger" title={t('failed.form')} isLiveRegion>
          {failure}
        </Alert>
      )}
      <div className="bw-page__actions bw-san">
        {iscsi ? (
          <Button variant="secondary" isDisabled={busy || !values.address || !host} onClick={() => void discover()}>
            {t('san.discover')}
          </Button>
        ) : (
          <Button variant="secondary" isDisabled={busy || !host} onClick={() => void look()}>
            {t('san.look')}
          </Button>
        )}
        {busy && <Spinner size="md" aria-label={t('table.loading')} />}
      </div>
      {iscsi && targets && (
        <FormGroup role="radiogroup" label={t('san.targets')} fieldId="san-targets">
          {targets.length === 0 && <p className="bw-quiet">{t('san.noTargets')}</p>}
          {targets.map((each) => (
            <Radio
              key={`${each.address}:${each.port} ${each.target}`}
              id={`target-${each.address}-${each.target}`}
              name="san-target"
              label={each.target}
              description={`${each.address}:${each.port ?? 3260}`}
              isChecked={each === target}
              onChange={() => setTarget(each)}
            />
          ))}
          <br />
          <Button variant="secondary" isDisabled={busy || !target} onClick={() => void login()}>
            {t('san.login')}
          </Button>
        </FormGroup>
      )}
      {luns && (
        <FormGroup role="group" label={t('san.luns')} fieldId="san-luns">
          {luns.length === 0 && <p className="bw-quiet">{t('san.noLuns')}</p>}
          {luns.map((lun) => (
            <Checkbox
              key={lun.id}
              id={`lun-${lun.id}`}
              label={`${lun.id} · ${bytes(num(lun.size))}`}
              description={[lun.vendor_id, lun.product_id, lun.volume_group_id && t('san.used')]
                .filter(Boolean)
                .join(' · ')}
              isChecked={chosen.has(lun.id)}
              onChange={(_, on) => {
                const now = new Map(chosen);
                if (on) now.set(lun.id, lun);
                else now.delete(lun.id);
                onChoose(now);
              }}
            />
          ))}
        </FormGroup>
      )}
    </>
  );
}
