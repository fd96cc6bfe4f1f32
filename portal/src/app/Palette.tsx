import { Menu, MenuContent, MenuItem, MenuList, Modal, ModalBody, SearchInput } from '@patternfly/react-core';
import { type KeyboardEvent, useEffect, useState } from 'react';
import { useNavigate } from 'react-router';
import { useList } from '../api/queries';
import type { Named } from '../api/types';
import { type MessageKey, t } from '../i18n';
import { pathOf } from '../ui/resource';
import { resources } from './resources';

const MOST = 12;

/** Ctrl+K: to any page and any object by its name, without the mouse. */
export function Palette() {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const key = (event: globalThis.KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        setOpen((before) => !before);
      } else if (
        event.key === '/' &&
        !(event.target instanceof HTMLElement && event.target.closest('input,textarea,[contenteditable]'))
      ) {
        event.preventDefault();
        document.querySelector<HTMLInputElement>('.bw-search input')?.focus();
      }
    };
    const asked = () => setOpen(true);
    window.addEventListener('keydown', key);
    window.addEventListener('bellwether:palette', asked);
    return () => {
      window.removeEventListener('keydown', key);
      window.removeEventListener('bellwether:palette', asked);
    };
  }, []);
  return open ? <OpenPalette onClose={() => setOpen(false)} /> : null;
}

function OpenPalette({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const { data: vms = [] } = useList<Named>('vms');
  const { data: hosts = [] } = useList<Named>('hosts');
  const { data: domains = [] } = useList<Named>('storage_domains');
  const wanted = text.toLowerCase().trim();
  const fits = (name: string) => name.toLowerCase().includes(wanted);
  const pages = [
    { key: 'dashboard', name: t('nav.dashboard'), kind: '', to: '/admin' },
    ...resources().map(({ kind }) => ({
      key: kind,
      name: t(`kind.${kind}` as MessageKey),
      kind: '',
      to: pathOf(kind),
    })),
  ].filter((page) => fits(page.name));
  const objects = wanted
    ? (
        [
          ['vms', vms],
          ['hosts', hosts],
          ['storage_domains', domains],
        ] as const
      ).flatMap(([kind, all]) =>
        all
          .filter((each) => fits(each.name ?? ''))
          .slice(0, MOST)
          .map((each) => ({
            key: each.id,
            name: each.name ?? each.id,
            kind: t(`kind.${kind}.one`),
            to: pathOf(kind, each.id),
          })),
      )
    : [];
  const found = [...pages, ...objects].slice(0, MOST);
  const go = (to: string) => {
    onClose();
    void navigate(to);
  };
  const key = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setAt(Math.min(at + 1, found.length - 1));
    else if (event.key === 'ArrowUp') setAt(Math.max(at - 1, 0));
    else if (event.key === 'Enter' && found[at]) go(found[at].to);
    else return;
    event.preventDefault();
  };
  return (
    <Modal isOpen variant="small" position="top" onClose={onClose} aria-label={t('palette.open')}>
      <ModalBody>
        <SearchInput
          autoFocus
          aria-label={t('palette.title')}
          placeholder={t('palette.hint')}
          value={text}
          onChange={(_, value) => {
            setText(value);
            setAt(0);
          }}
          onKeyDown={key}
        />
        <Menu className="bw-palette" isPlain onSelect={(_, to) => go(String(to))}>
          <MenuContent>
            <MenuList aria-label={t('palette.title')}>
              {found.map((each, index) => (
                <MenuItem
                  key={each.key}
                  itemId={each.to}
                  isFocused={index === at}
                  {...(each.kind && { description: each.kind })}
                >
                  {each.name}
                </MenuItem>
              ))}
              {found.length === 0 && <MenuItem isDisabled>{t('palette.none')}</MenuItem>}
            </MenuList>
          </MenuContent>
        </Menu>
      </ModalBody>
    </Modal>
  );
}
