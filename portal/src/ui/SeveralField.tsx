import { Checkbox, FormGroup, FormHelperText, HelperText, HelperTextItem, SearchInput } from '@patternfly/react-core';
import { useState } from 'react';
import { t } from '../i18n';
import type { FieldProperties } from './FormDialog';

/** With more choices than that, people type what they look for. */
const MANY = 10;
/** More than that nobody reads. */
const SHOWN = 100;

/** A choice of several; of many the first that match, and always the chosen ones. */
export function SeveralField({ field, value, wrong, onChange }: FieldProperties) {
  const [typed, setTyped] = useState('');
  const id = `field-${field.name}`;
  const options = field.options ?? [];
  const chosen = new Set(value.split(',').filter(Boolean));
  const many = options.length > MANY;
  const matching = options.filter(
    (option) => chosen.has(option.value) || option.label.toLowerCase().includes(typed.trim().toLowerCase()),
  );
  const shown = matching.slice(0, SHOWN + chosen.size);
  return (
    <FormGroup label={field.label} isRequired={field.required === true} role="group" fieldId={id}>
      {many && (
        <SearchInput
          value={typed}
          onChange={(_, now) => setTyped(now)}
          onClear={() => setTyped('')}
          placeholder={t('table.search')}
          aria-label={`${t('table.search')}: ${field.label}`}
        />
      )}
      <div className={many ? 'bw-choices' : ''}>
        {shown.map((option) => (
          <Checkbox
            key={option.value}
            id={`${id}-${option.value}`}
            label={option.label}
            isChecked={chosen.has(option.value)}
            onChange={(_, on) => {
              if (on) chosen.add(option.value);
              else chosen.delete(option.value);
              onChange([...chosen].join(','));
            }}
          />
        ))}
        {matching.length > shown.length && <p className="bw-quiet">{t('field.more')}</p>}
        {options.length === 0 && <p className="bw-quiet">{t('table.empty')}</p>}
      </div>
      {(wrong ?? field.help) && (
        <FormHelperText>
          <HelperText>
            <HelperTextItem variant={wrong ? 'error' : 'default'}>{wrong ?? field.help}</HelperTextItem>
          </HelperText>
        </FormHelperText>
      )}
    </FormGroup>
  );
}
