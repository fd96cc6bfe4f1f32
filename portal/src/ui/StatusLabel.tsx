import '@patternfly/react-styles/css/components/Label/label.css';
import CheckCircleIcon from '@patternfly/react-icons/dist/esm/icons/check-circle-icon';
import ExclamationCircleIcon from '@patternfly/react-icons/dist/esm/icons/exclamation-circle-icon';
import ExclamationTriangleIcon from '@patternfly/react-icons/dist/esm/icons/exclamation-triangle-icon';
import InProgressIcon from '@patternfly/react-icons/dist/esm/icons/in-progress-icon';
import InfoCircleIcon from '@patternfly/react-icons/dist/esm/icons/info-circle-icon';
import PauseCircleIcon from '@patternfly/react-icons/dist/esm/icons/pause-circle-icon';
import PowerOffIcon from '@patternfly/react-icons/dist/esm/icons/power-off-icon';
import type { ComponentType } from 'react';
import { word } from '../i18n';

type Colour = 'green' | 'grey' | 'blue' | 'red' | 'orange' | 'purple';

const looks: [string, Colour, ComponentType][] = [
  ['up ok active finished operational within', 'green', CheckCircleIcon],
  ['down inactive uninitialized unattached idle', 'grey', PowerOffIcon],
  ['paused suspended maintenance', 'purple', PauseCircleIcon],
  ['normal', 'blue', InfoCircleIcon],
  [
    'non_operational not_responding non_responsive unknown warning mixed problematic not_operational aborted contend unproven',
    'orange',
    ExclamationTriangleIcon,
  ],
  ['error illegal failed install_failed alert beyond', 'red', ExclamationCircleIcon],
];

export function look(status: string): [Colour, ComponentType] {
  const found = looks.find(([words]) => words.split(' ').includes(status.toLowerCase()));
  // Whatever is neither good nor bad is on its way from one to the other.
  return found ? [found[1], found[2]] : ['blue', InProgressIcon];
}

export function StatusLabel({ status }: { status: string | undefined }) {
  if (!status) return null;
  const [color, Icon] = look(status);
  // PatternFly's label without what it measures of itself, which a long table has no time for.
  return (
    <span className={`pf-v6-c-label pf-m-outline pf-m-compact pf-m-${color}`}>
      <span className="pf-v6-c-label__content">
        <span className="pf-v6-c-label__icon">
          <Icon />
        </span>
        <span className="pf-v6-c-label__text">{word('status', status)}</span>
      </span>
    </span>
  );
}
