import { useQuery } from '@tanstack/react-query';
import { list, post, remove } from '../api/client';
import { type Collection, collections, queries } from '../api/queries';
import { t } from '../i18n';
import { type Field, FormDialog } from '../ui/FormDialog';
import { act } from '../ui/notify';

interface Row {
  id: string;
  name?: string;
}

const chosen = (value = '') => new Set(value.split(',').filter(Boolean));

/** Puts tags or labels on objects, and takes them off: for one as a choice of all, for several what to add and what to take. */
export function AssignDialog(properties: {
  kind: Collection;
  sub: 'tags' | 'affinitylabels';
  rows: readonly Row[];
  options: { value: string; label: string }[];
  title: string;
  onClose: () => void;
}) {
  const { kind, sub, rows, options, title, onClose } = properties;
  const place = (row: Row) => `${collections[kind]}/${row.id}/${sub}`;
  const { data: before } = useQuery({
    queryKey: ['sub', kind, rows.map(({ id }) => id).join(), sub],
    queryFn: ({ signal }) =>
      Promise.all(rows.map(async (row) => new Set((await list<Row>(place(row), signal)).map(({ id }) => id)))),
    staleTime: 0,
  });
  if (!before) return null;
  const on = (id: string) => before.filter((each) => each.has(id)).length;
  const single = rows.length === 1;
  const fields: Field[] = single
    ? [{ name: 'all', label: title, kind: 'several', options }]
    : [
        {
          name: 'put',
          label: t('assign.put'),
          kind: 'several',
          options: options.filter(({ value }) => on(value) < rows.length),
        },
        {
          name: 'take',
          label: t('assign.take'),
          kind: 'several',
          options: options.filter(({ value }) => on(value) > 0),
        },
      ];
  return (
    <FormDialog
      title={`${title}: ${single ? rows[0]?.name : t('confirm.several', { count: rows.length })}`}
      fields={fields}
      initial={{
        all: options
          .filter(({ value }) => on(value) > 0)
          .map(({ value }) => value)
          .join(),
      }}
      submit={t('do.save')}
      onClose={onClose}
      onSubmit={async (values) => {
        const all = chosen(values.all);
        const put = single ? all : chosen(values.put);
        const take = single
          ? new Set(options.map(({ value }) => value).filter((id) => !all.has(id)))
          : chosen(values.take);
        await act(title, rows, async (row) => {
          const has = before[rows.indexOf(row)] ?? new Set<string>();
          for (const id of put) if (!has.has(id)) await post(place(row), { id });
          for (const id of take) if (has.has(id)) await remove(`${place(row)}/${id}`);
        });
        await queries.invalidateQueries({ queryKey: ['sub', kind] });
        // Whoever searched for a tag sees what has it now.
        await queries.invalidateQueries({
          predicate: ({ queryKey }) => queryKey[0] === 'list' && queryKey[1] === kind && queryKey[2] !== '',
        });
        if (sub === 'affinitylabels') await queries.invalidateQueries({ queryKey: ['list', 'affinity_labels'] });
      }}
    >
      {options.length === 0 && <p className="bw-quiet">{t(sub === 'tags' ? 'tag.none' : 'label.none')}</p>}
    </FormDialog>
  );
}
