import { Button, Checkbox, Popover } from '@patternfly/react-core';
import ArrowDownIcon from '@patternfly/react-icons/dist/esm/icons/arrow-down-icon';
import ArrowUpIcon from '@patternfly/react-icons/dist/esm/icons/arrow-up-icon';
import ColumnsIcon from '@patternfly/react-icons/dist/esm/icons/columns-icon';
import { t } from '../i18n';
import { type Arrangement, arranged } from './columns';
import type { Column } from './DataTable';

/** Chooses and orders the columns of a table. */
export function ColumnsMenu<T>(properties: {
  columns: readonly Column<T>[];
  wanted: Arrangement | undefined;
  onChange: (wanted: Arrangement | undefined) => void;
}) {
  const { columns, wanted, onChange } = properties;
  const shown = arranged(columns, wanted).map((column) => column.id);
  const order = [...shown, ...columns.map((column) => column.id).filter((id) => !shown.includes(id))];
  const set = (next: string[], on: string[]) =>
    onChange({ order: next, hidden: next.filter((id) => !on.includes(id)) });
  const move = (index: number, by: number) => {
    const next = [...order];
    const [moved] = next.splice(index, 1);
    if (moved) next.splice(index + by, 0, moved);
    set(next, shown);
  };
  return (
    <Popover
      headerContent={t('table.columns')}
      position="bottom-end"
      bodyContent={
        <div className="bw-columns">
          {order.map((id, index) => {
            const column = columns.find((each) => each.id === id);
            if (!column) return null;
            const title = t(column.title);
            return (
              <div key={id} className="bw-columns__row">
                <Checkbox
                  id={`column-${id}`}
                  label={title}
                  isChecked={shown.includes(id)}
                  isDisabled={shown.length === 1 && shown.includes(id)}
                  onChange={(_, on) => set(order, on ? [...shown, id] : shown.filter((each) => each !== id))}
                />
                <span>
                  <Button
                    variant="plain"
                    size="sm"
                    icon={<ArrowUpIcon />}
                    aria-label={t('table.up', { column: title })}
                    isDisabled={index === 0}
                    onClick={() => move(index, -1)}
                  />
                  <Button
                    variant="plain"
                    size="sm"
                    icon={<ArrowDownIcon />}
                    aria-label={t('table.down', { column: title })}
                    isDisabled={index === order.length - 1}
                    onClick={() => move(index, 1)}
                  />
                </span>
              </div>
            );
          })}
          <Button variant="link" isInline onClick={() => onChange(undefined)}>
            {t('table.columnsReset')}
          </Button>
        </div>
      }
    >
      <Button variant="control" icon={<ColumnsIcon />} aria-label={t('table.columns')} />
    </Popover>
  );
}
