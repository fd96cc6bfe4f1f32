import {
  Alert,
  Button,
  Checkbox,
  Form,
  FormGroup,
  FormHelperText,
  FormSelect,
  FormSelectOption,
  HelperText,
  HelperTextItem,
  Modal,
  ModalBody,
  ModalFooter,
  ModalHeader,
  Tab,
  Tabs,
  TabTitleText,
  TextArea,
  TextInput,
} from '@patternfly/react-core';
import ExclamationCircleIcon from '@patternfly/react-icons/dist/esm/icons/exclamation-circle-icon';
import { type FormEvent, type ReactNode, useState } from 'react';
import { t } from '../i18n';
import { explain } from './notify';
import { SeveralField } from './SeveralField';

/** Longer ones stand in two columns. */
const LONG = 6;

export type Values = Record<string, string>;

/** One thing to fill in. Switches are 'true' or ''; of several, those chosen with commas between them. */
export interface Field {
  name: string;
  label: string;
  kind?: 'text' | 'number' | 'select' | 'switch' | 'lines' | 'password' | 'several';
  /** In a dialog of many fields, the tab it stands in. */
  tab?: string;
  required?: boolean;
  options?: { value: string; label: string }[];
  help?: string;
  /** What is wrong with the value, in words. */
  wrong?: (value: string, all: Values) => string | undefined;
  shown?: (all: Values) => boolean;
  /** Told when somebody chooses another value. */
  changed?: (value: string) => void;
}

/** What is wrong with the values, by field. */
export function problems(fields: readonly Field[], values: Values): Record<string, string> {
  const found: Record<string, string> = {};
  for (const field of fields) {
    if (field.shown && !field.shown(values)) continue;
    const value = (values[field.name] ?? '').trim();
    if (field.required && value === '') found[field.name] = t('field.required');
    else if (value !== '') {
      const wrong = field.wrong?.(value, values);
      if (wrong) found[field.name] = wrong;
    }
  }
  return found;
}

export const named =
  (max = 255, taken: readonly string[] = []) =>
  (value: string): string | undefined =>
    !/^[\p{L}\p{N}._-]+$/u.test(value) || value.length > max
      ? t('field.name', { max })
      : taken.includes(value)
        ? t('field.taken')
        : undefined;

export const between =
  (min: number, max: number) =>
  (value: string): string | undefined =>
    /^\d+$/.test(value) && Number(value) >= min && Number(value) <= max ? undefined : t('field.number', { min, max });

interface Properties {
  title: string;
  fields: readonly Field[];
  initial?: Values;
  submit: string;
  onSubmit: (values: Values) => Promise<unknown>;
  onClose: () => void;
  /** What must be read before the fields; what belongs to them stands behind. */
  intro?: ReactNode;
  children?: ReactNode | ((values: Values) => ReactNode);
  danger?: boolean;
}

/** Asks for a few values, says what is wrong with them before anything is sent, and why the engine refused them after. */
export function FormDialog({
  title,
  fields,
  initial = {},
  submit,
  onSubmit,
  onClose,
  intro,
  children,
  danger,
}: Properties) {
  const [values, setValues] = useState<Values>(() => {
    const first: Values = {};
    for (const field of fields) {
      // A choice of one is none.
      const only = field.required && field.options?.length === 1 ? field.options[0]?.value : undefined;
      first[field.name] = initial[field.name] ?? only ?? '';
    }
    return first;
  });
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const [failure, setFailure] = useState('');
  const [busy, setBusy] = useState(false);
  const wrong = problems(fields, values);
  const tabs = [...new Set(fields.flatMap((field) => field.tab ?? []))];
  const [tab, setTab] = useState(tabs[0] ?? '');
  const shown = fields.filter((field) => (!field.shown || field.shown(values)) && (!field.tab || field.tab === tab));
  const wide = tabs.length > 0 || shown.length > LONG;
  const change = (name: string, value: string) => {
    setValues((before) => ({ ...before, [name]: value }));
    setTouched((before) => new Set(before).add(name));
  };
  const send = async (event: FormEvent) => {
    event.preventDefault();
    setTouched(new Set(fields.map((field) => field.name)));
    const first = fields.find((field) => wrong[field.name]);
    if (first?.tab) setTab(first.tab);
    if (first || busy) return;
    setBusy(true);
    setFailure('');
    try {
      const trimmed = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.trim()]));
      await onSubmit(trimmed);
      onClose();
    } catch (refused) {
      setFailure(explain(refused));
      setBusy(false);
    }
  };

  return (
    <Modal isOpen variant={wide ? 'medium' : 'small'} onClose={onClose} aria-labelledby="dialog-title" position="top">
      <ModalHeader title={title} labelId="dialog-title" />
      <ModalBody>
        <Form id="dialog-form" onSubmit={send} noValidate className={wide ? 'bw-form' : ''}>
          {failure && (
            <Alert isInline variant="danger" title={t('failed.form')} isLiveRegion>
              {failure}
            </Alert>
          )}
          {tabs.length > 0 && (
            <Tabs activeKey={tab} onSelect={(_, to) => setTab(String(to))} aria-label={title}>
              {tabs.map((each) => {
                const bad = fields.some((field) => field.tab === each && touched.has(field.name) && wrong[field.name]);
                return (
                  <Tab
                    key={each}
                    eventKey={each}
                    tabContentId="dialog-form"
                    title={
                      <TabTitleText>
                        {each}
                        {bad && (
                          <ExclamationCircleIcon
                            aria-label={t('field.wrongHere')}
                            color="var(--pf-t--global--icon--color--status--danger--default)"
                          />
                        )}
                      </TabTitleText>
                    }
                  />
                );
              })}
            </Tabs>
          )}
          {intro && <div className="bw-form__rest">{intro}</div>}
          {shown.map((field) => (
            <FormField
              key={field.name}
              field={field}
              value={values[field.name] ?? ''}
              wrong={touched.has(field.name) ? wrong[field.name] : undefined}
              onChange={(value) => {
                change(field.name, value);
                field.changed?.(value);
              }}
            />
          ))}
          {children && (
            <div className="bw-form__rest">{typeof children === 'function' ? children(values) : children}</div>
          )}
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button
          type="submit"
          form="dialog-form"
          variant={danger ? 'danger' : 'primary'}
          isLoading={busy}
          isDisabled={busy}
        >
          {submit}
        </Button>
        <Button variant="link" onClick={onClose}>
          {t('do.cancel')}
        </Button>
      </ModalFooter>
    </Modal>
  );
}

export interface FieldProperties {
  field: Field;
  value: string;
  wrong: string | undefined;
  onChange: (value: string) => void;
}

function FormField(properties: FieldProperties) {
  const { field, value, wrong, onChange } = properties;
  const id = `field-${field.name}`;
  const common = {
    id,
    value,
    isRequired: field.required === true,
    validated: wrong ? ('error' as const) : ('default' as const),
    'aria-invalid': wrong !== undefined,
    'aria-describedby': `${id}-help`,
    onChange: (_: unknown, now: string) => onChange(now),
  };
  if (field.kind === 'switch') {
    return (
      <Checkbox
        id={id}
        label={field.label}
        isChecked={value === 'true'}
        onChange={(_, on) => onChange(on ? 'true' : '')}
        {...(field.help && { description: field.help })}
      />
    );
  }
  if (field.kind === 'several') return <SeveralField field={field} value={value} wrong={wrong} onChange={onChange} />;
  return (
    <FormGroup label={field.label} isRequired={field.required === true} fieldId={id}>
      {field.kind === 'select' ? (
        <FormSelect {...common}>
          {!(field.required && value !== '') && (
            <FormSelectOption value="" label={field.required ? t('field.choose') : t('field.none')} />
          )}
          {field.options?.map((option) => (
            <FormSelectOption key={option.value} value={option.value} label={option.label} />
          ))}
        </FormSelect>
      ) : field.kind === 'lines' ? (
        <TextArea {...common} resizeOrientation="vertical" rows={2} />
      ) : (
        <TextInput
          {...common}
          type={field.kind === 'password' ? 'password' : 'text'}
          autoComplete="off"
          {...(field.kind === 'number' && { inputMode: 'numeric' as const })}
        />
      )}
      <FormHelperText id={`${id}-help`}>
        {(wrong ?? field.help) && (
          <HelperText>
            <HelperTextItem variant={wrong ? 'error' : 'default'}>{wrong ?? field.help}</HelperTextItem>
          </HelperText>
        )}
      </FormHelperText>
    </FormGroup>
  );
}
