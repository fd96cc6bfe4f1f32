import { SearchInput } from '@patternfly/react-core';
import { type KeyboardEvent, useId, useRef, useState } from 'react';
import { t } from '../i18n';
import { complete } from './completion';

/** The search of a list: words, or a query with what may come next offered below it. */
export function SearchField(properties: {
  value: string;
  onChange: (value: string) => void;
  fields: readonly string[];
  values: (field: string) => readonly string[];
}) {
  const { value, onChange, fields, values } = properties;
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const id = useId();
  const box = useRef<HTMLInputElement>(null);
  const choices = open ? complete(fields, value, values) : [];
  const shown = choices.length > 0;
  const choose = (text: string) => {
    onChange(text);
    setAt(-1);
    box.current?.focus();
  };
  const key = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && shown) {
      event.preventDefault();
      setOpen(false);
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!open) setOpen(true);
      else if (shown) setAt((at + (event.key === 'ArrowDown' ? 1 : choices.length)) % choices.length);
    } else if ((event.key === 'Enter' || event.key === 'Tab') && shown && choices[at]) {
      event.preventDefault();
      choose(choices[at].text);
    }
  };
  return (
    <div className="bw-complete">
      <SearchInput
        ref={box}
        aria-label={t('table.search')}
        placeholder={t('table.searchHint')}
        value={value}
        onChange={(_, now) => {
          onChange(now);
          setOpen(true);
          setAt(-1);
        }}
        onClear={() => onChange('')}
        onKeyDown={key}
        searchInputId={id}
        data-search=""
        title={t('table.searchHelp')}
        onBlur={() => setOpen(false)}
        inputProps={{
          role: 'combobox',
          autoComplete: 'off',
          'aria-autocomplete': 'list',
          'aria-expanded': shown,
          ...(shown && { 'aria-controls': `${id}-choices` }),
          ...(shown && at >= 0 && { 'aria-activedescendant': `${id}-${at}` }),
        }}
      />
      {shown && (
        <div role="listbox" id={`${id}-choices`} aria-label={t('table.completions')} className="bw-complete__list">
          {choices.map((choice, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: keys are the input's
            <div
              key={choice.text}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === at}
              className="bw-complete__choice"
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => choose(choice.text)}
            >
              {choice.label}
            </div>
          ))}
        </div>
      )}
    </div>
  );
}
