import {
  DescriptionList,
  DescriptionListDescription,
  DescriptionListGroup,
  DescriptionListTerm,
} from '@patternfly/react-core';
import type { ReactNode } from 'react';
import { type MessageKey, t } from '../i18n';

/** Facts about an object in two columns; those that are not known are left out. */
export function Details({ facts }: { facts: [MessageKey, ReactNode][] }) {
  return (
    <DescriptionList columnModifier={{ default: '1Col', lg: '2Col' }} isHorizontal isCompact className="bw-card">
      {facts
        .filter(([, value]) => value !== undefined && value !== '' && value !== null && value !== false)
        .map(([term, value]) => (
          <DescriptionListGroup key={term}>
            <DescriptionListTerm>{t(term)}</DescriptionListTerm>
            <DescriptionListDescription>{value}</DescriptionListDescription>
          </DescriptionListGroup>
        ))}
    </DescriptionList>
  );
}
