import { Button, Dropdown, DropdownItem, DropdownList, MenuToggle } from '@patternfly/react-core';
import EllipsisVIcon from '@patternfly/react-icons/dist/esm/icons/ellipsis-v-icon';
import { useEffect, useRef, useState } from 'react';
import { t } from '../i18n';
import { ConfirmDialog } from './ConfirmDialog';
import { act } from './notify';
import type { Action } from './resource';

interface Row {
  id: string;
  name?: string;
}

/** Runs an action: asks, opens its dialog, or does it. */
export function useActions<T extends Row>(done?: (action: Action<T>) => void) {
  const [open, setOpen] = useState<{ action: Action<T>; rows: readonly T[] }>();
  const close = () => setOpen(undefined);
  const work = async (action: Action<T>, rows: readonly T[]) => {
    if (!action.run) return;
    if (await act(t(action.label), rows, action.run)) done?.(action);
  };
  const begin = (action: Action<T>, rows: readonly T[]) => {
    if (action.dialog || action.confirm) setOpen({ action, rows });
    else void work(action, rows);
  };
  const what =
    open?.rows.length === 1 ? (open.rows[0]?.name ?? '') : t('confirm.several', { count: open?.rows.length ?? 0 });
  const dialog = open && (
    <>
      {open.action.dialog?.({ rows: open.rows, onClose: close })}
      {open.action.confirm && (
        <ConfirmDialog
          title={t(open.action.confirm.title, { what, action: t(open.action.label) })}
          text={t(open.action.confirm.text)}
          action={t(open.action.label)}
          onConfirm={() => void work(open.action, open.rows)}
          onClose={close}
        />
      )}
    </>
  );
  return { begin, dialog };
}

export const possible = <T,>(action: Action<T>, rows: readonly T[]) =>
  rows.length > 0 && !(action.single && rows.length > 1) && rows.every((row) => action.on?.(row) ?? true);

/** The menu of what can be done to one object, or to the selected ones. */
export function ActionsMenu<T extends Row>(properties: {
  actions: readonly Action<T>[];
  rows: readonly T[];
  begin: (action: Action<T>, rows: readonly T[]) => void;
  label: string;
  plain?: boolean;
}) {
  const { actions, rows, begin, label, plain = false } = properties;
  const [open, setOpen] = useState(false);
  const [used, setUsed] = useState(!plain);
  const list = useRef<HTMLDivElement>(null);
  const fresh = useRef(true);
  useEffect(() => {
    if (!plain || !open || !fresh.current) return;
    fresh.current = false;
    // The button that was pressed is another one now; the keyboard goes on in the menu.
    requestAnimationFrame(() => list.current?.querySelector<HTMLElement>('[role=menuitem]')?.focus());
  }, [plain, open]);
  if (!used) {
    // A table draws hundreds of these while it is scrolled: no more than a button until somebody wants the menu.
    return (
      <button
        type="button"
        className="pf-v6-c-menu-toggle pf-m-plain"
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={false}
        onClick={() => {
          setUsed(true);
          // After this click, which would close it again, since it was not on the button that is there then.
          setTimeout(() => setOpen(true));
        }}
      >
        <span className="pf-v6-c-menu-toggle__icon">
          <EllipsisVIcon />
        </span>
      </button>
    );
  }
  return (
    <Dropdown
      ref={list}
      isOpen={open}
      onOpenChange={setOpen}
      onSelect={() => setOpen(false)}
      popperProps={{ position: 'end', appendTo: () => document.body }}
      toggle={(ref) => (
        <MenuToggle
          ref={ref}
          variant={plain ? 'plain' : 'secondary'}
          isExpanded={open}
          isDisabled={rows.length === 0}
          aria-label={label}
          onClick={() => setOpen(!open)}
          {...(plain && { icon: <EllipsisVIcon /> })}
        >
          {plain ? undefined : t('table.actions')}
        </MenuToggle>
      )}
    >
      {open && (
        <DropdownList>
          {actions.map((action) => (
            <DropdownItem
              key={action.id}
              isDisabled={!possible(action, rows)}
              isDanger={action.danger === true && possible(action, rows)}
              onClick={() => begin(action, rows)}
              {...(action.icon && { icon: <action.icon /> })}
            >
              {t(action.label)}
            </DropdownItem>
          ))}
        </DropdownList>
      )}
    </Dropdown>
  );
}

export function ActionButtons<T extends Row>(properties: {
  actions: readonly Action<T>[];
  rows: readonly T[];
  begin: (action: Action<T>, rows: readonly T[]) => void;
}) {
  const { actions, rows, begin } = properties;
  return actions
    .filter((action) => action.prominent)
    .map((action) => (
      <Button
        key={action.id}
        variant="secondary"
        isDisabled={!possible(action, rows)}
        onClick={() => begin(action, rows)}
        {...(action.icon && { icon: <action.icon /> })}
      >
        {t(action.label)}
      </Button>
    ));
}
