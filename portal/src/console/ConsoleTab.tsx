import {
  Button,
  EmptyState,
  EmptyStateActions,
  EmptyStateBody,
  EmptyStateFooter,
  Spinner,
  ToggleGroup,
  ToggleGroupItem,
} from '@patternfly/react-core';
import DesktopIcon from '@patternfly/react-icons/dist/esm/icons/desktop-icon';
import ExpandIcon from '@patternfly/react-icons/dist/esm/icons/expand-icon';
import ExternalLinkAltIcon from '@patternfly/react-icons/dist/esm/icons/external-link-alt-icon';
import KeyboardIcon from '@patternfly/react-icons/dist/esm/icons/keyboard-icon';
import PasteIcon from '@patternfly/react-icons/dist/esm/icons/paste-icon';
import { lazy, Suspense, useCallback, useRef, useState } from 'react';
import type { Vm } from '../api/types';
import { t } from '../i18n';
import { FormDialog } from '../ui/FormDialog';
import { act } from '../ui/notify';
import { type Kind, viewerFile } from './line';
import './console.css';

// Large, and needed only here.
const Screen = lazy(() => import('./Screen'));
const Serial = lazy(() => import('./Serial'));

/** What can be done to an open console. */
export interface Controls {
  cad?: () => void;
  focus: () => void;
  type: (text: string) => void;
}

export interface Line {
  vm: string;
  attach: (controls: Controls) => void;
  onOpen: () => void;
  onEnd: (why: string) => void;
}

type State = 'connecting' | 'open' | { ended: string };

/** The file that remote-viewer opens is downloaded: browsers hand it to that program. */
const openViewer = (vm: Vm) =>
  act(t('console.viewer'), [vm], async () => {
    const place = URL.createObjectURL(new Blob([await viewerFile(vm.id)], { type: 'application/x-virt-viewer' }));
    const link = document.createElement('a');
    link.href = place;
    link.download = `${vm.name}.vv`;
    link.click();
    URL.revokeObjectURL(place);
  });

/** A screen that is given or taken away comes or goes with the next start. */
const hasScreen = (vm: Vm) => Number(vm.display?.monitors ?? 1) > 0 || `${vm.next_run_configuration_exists}` === 'true';

/** Screen and serial console of a machine, inside the page or filling the display. */
export function ConsoleTab({ vm }: { vm: Vm }) {
  const kinds: readonly Kind[] = hasScreen(vm) ? ['vnc', 'serial'] : ['serial'];
  const [kind, setKind] = useState<Kind>(kinds[0] ?? 'serial');
  const [call, setCall] = useState(0);
  const [state, setState] = useState<State>('connecting');
  const [typing, setTyping] = useState(false);
  const frame = useRef<HTMLDivElement>(null);
  const controls = useRef<Controls>(undefined);
  const attach = useCallback((now: Controls) => {
    controls.current = now;
  }, []);
  const onOpen = useCallback(() => setState('open'), []);
  const onEnd = useCallback((why: string) => setState({ ended: why }), []);
  const again = (to: Kind) => {
    controls.current = undefined;
    setKind(to);
    setState('connecting');
    setCall(call + 1);
  };
  if (vm.status === 'down' || vm.status === 'suspended' || vm.status === 'image_locked') {
    return (
      <EmptyState icon={DesktopIcon} titleText={t('console.down')} headingLevel="h2" variant="sm">
        <EmptyStateBody>{t('console.downNext')}</EmptyStateBody>
      </EmptyState>
    );
  }
  const Kinds = kind === 'vnc' ? Screen : Serial;
  const open = state === 'open';
  return (
    <div className="bw-console" ref={frame}>
      <div className="bw-console__bar">
        <ToggleGroup aria-label={t('tab.console')}>
          {kinds.map((each) => (
            <ToggleGroupItem
              key={each}
              text={t(`console.${each}`)}
              isSelected={kind === each}
              onChange={() => kind !== each && again(each)}
            />
          ))}
        </ToggleGroup>
        {kind === 'vnc' && (
          <Button
            variant="secondary"
            icon={<KeyboardIcon />}
            isDisabled={!open}
            onClick={() => {
              controls.current?.cad?.();
              controls.current?.focus();
            }}
          >
            {t('console.keys')}
          </Button>
        )}
        <Button variant="secondary" icon={<PasteIcon />} isDisabled={!open} onClick={() => setTyping(true)}>
          {t('console.type')}
        </Button>
        <Button
          variant="secondary"
          icon={<ExpandIcon />}
          isDisabled={!open}
          onClick={() => void frame.current?.requestFullscreen().then(() => controls.current?.focus())}
        >
          {t('console.full')}
        </Button>
        {kind === 'vnc' && (
          <Button variant="secondary" icon={<ExternalLinkAltIcon />} onClick={() => void openViewer(vm)}>
            {t('console.viewer')}
          </Button>
        )}
        <span className="bw-console__state" role="status">
          {state === 'connecting' && (
            <>
              <Spinner size="md" aria-hidden="true" /> {t('console.connecting')}
            </>
          )}
          {open && t('console.open')}
        </span>
      </div>
      {typeof state === 'object' ? (
        <EmptyState icon={DesktopIcon} titleText={t('console.ended')} headingLevel="h2" variant="sm">
          {state.ended && <EmptyStateBody>{state.ended}</EmptyStateBody>}
          <EmptyStateFooter>
            <EmptyStateActions>
              <Button onClick={() => again(kind)}>{t('console.again')}</Button>
            </EmptyStateActions>
          </EmptyStateFooter>
        </EmptyState>
      ) : (
        <div className="bw-console__frame" data-console={open ? 'open' : 'connecting'}>
          <Suspense fallback={null}>
            <Kinds key={`${kind}${call}`} vm={vm.id} attach={attach} onOpen={onOpen} onEnd={onEnd} />
          </Suspense>
        </div>
      )}
      {typing && (
        <FormDialog
          title={t('console.type')}
          fields={[
            { name: 'text', label: t('console.text'), kind: 'lines', required: true, help: t('console.textHelp') },
          ]}
          submit={t('console.type')}
          onClose={() => setTyping(false)}
          onSubmit={async ({ text = '' }) => {
            controls.current?.type(text);
          }}
        />
      )}
    </div>
  );
}
