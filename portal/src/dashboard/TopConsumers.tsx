import { ToggleGroup, ToggleGroupItem } from '@patternfly/react-core';
import { useState } from 'react';
import { Link } from 'react-router';
import type { Vm } from '../api/types';
import { t } from '../i18n';
import { type Usage, useTop } from '../statistics/usage';
import { bytes } from '../ui/format';
import { pathOf } from '../ui/resource';

const by = {
  cpu: { label: 'stat.cpu', shown: (value: number) => `${Math.round(value)} %` },
  memory_used: { label: 'stat.memory', shown: (value: number) => bytes(value) },
  received: { label: 'stat.network', shown: (value: number) => `${bytes(value)}/s` },
  written: { label: 'stat.written', shown: (value: number) => `${bytes(value)}/s` },
} as const;
type By = keyof typeof by;

/** Which machines use the most right now. */
export function TopConsumers({ vms }: { vms: readonly Vm[] }) {
  const [of, setOf] = useState<By>('cpu');
  const { data = [] } = useTop('vms', of, 6);
  const named = new Map(vms.map((vm) => [vm.id, vm.name]));
  const value = (usage: Usage) => usage[of] ?? 0;
  // Half of one is not to look like all of it when it is the first.
  const most = of === 'cpu' ? 100 : Math.max(1, ...data.map(value));
  return (
    <>
      <ToggleGroup aria-label={t('dash.top')} isCompact>
        {(Object.keys(by) as By[]).map((each) => (
          <ToggleGroupItem key={each} text={t(by[each].label)} isSelected={of === each} onChange={() => setOf(each)} />
        ))}
      </ToggleGroup>
      <br />
      {data.length === 0 && <p className="bw-quiet">{t('dash.topNone')}</p>}
      <ol className="bw-lines">
        {data.map((usage) => (
          <li key={usage.id} className="bw-top">
            <Link to={pathOf('vms', usage.id)}>{named.get(usage.id) ?? usage.id}</Link>
            <span className="bw-top__bar">
              <i style={{ width: `${Math.max(1, (value(usage) / most) * 100)}%` }} />
            </span>
            <span className="bw-top__value">{by[of].shown(value(usage))}</span>
          </li>
        ))}
      </ol>
    </>
  );
}
