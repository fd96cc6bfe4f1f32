import { Divider, Dropdown, DropdownItem, DropdownList, MenuToggle } from '@patternfly/react-core';
import StarIcon from '@patternfly/react-icons/dist/esm/icons/star-icon';
import { useState, useSyncExternalStore } from 'react';
import { prefer, preference, watchPreferences } from '../api/preferences';
import type { Collection } from '../api/queries';
import { t } from '../i18n';
import { FormDialog } from './FormDialog';

export interface Bookmark {
  name: string;
  kind: Collection;
  search: string;
}

export function bookmarks(text = preference('bookmarks')): Bookmark[] {
  try {
    return JSON.parse(text || '[]') as Bookmark[];
  } catch {
    return [];
  }
}

const keep = (all: readonly Bookmark[]) => prefer('bookmarks', all.length > 0 ? JSON.stringify(all) : '');

/** Searches that somebody wants to come back to. */
export function Bookmarks(properties: { kind: Collection; search: string; onChoose: (search: string) => void }) {
  const { kind, search, onChoose } = properties;
  const text = useSyncExternalStore(watchPreferences, () => preference('bookmarks'));
  const all = bookmarks(text);
  const own = all.filter((each) => each.kind === kind);
  const here = own.find((each) => each.search === search);
  const [open, setOpen] = useState(false);
  const [naming, setNaming] = useState(false);
  return (
    <>
      <Dropdown
        isOpen={open}
        onOpenChange={setOpen}
        onSelect={() => setOpen(false)}
        popperProps={{ appendTo: () => document.body }}
        toggle={(ref) => (
          <MenuToggle
            ref={ref}
            variant="plain"
            icon={<StarIcon className={here ? 'bw-star' : ''} />}
            isExpanded={open}
            aria-label={t('bookmark.title')}
            onClick={() => setOpen(!open)}
          />
        )}
      >
        {open && (
          <DropdownList>
            {own.map((each) => (
              <DropdownItem key={each.name} description={each.search} onClick={() => onChoose(each.search)}>
                {each.name}
              </DropdownItem>
            ))}
            {own.length > 0 && <Divider component="li" />}
            {here ? (
              <DropdownItem onClick={() => keep(all.filter((each) => each !== here))}>
                {t('bookmark.remove', { name: here.name })}
              </DropdownItem>
            ) : (
              <DropdownItem isDisabled={!search} onClick={() => setNaming(true)}>
                {t('bookmark.add')}
              </DropdownItem>
            )}
          </DropdownList>
        )}
      </Dropdown>
      {naming && (
        <FormDialog
          title={t('bookmark.add')}
          fields={[
            {
              name: 'name',
              label: t('col.name'),
              required: true,
              wrong: (value) => (own.some((each) => each.name === value) ? t('field.taken') : undefined),
            },
          ]}
          submit={t('do.save')}
          onClose={() => setNaming(false)}
          onSubmit={async ({ name = '' }) => keep([...all, { name, kind, search }])}
        />
      )}
    </>
  );
}
