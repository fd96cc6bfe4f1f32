import { useQuery } from '@tanstack/react-query';
import { list, post, remove } from '../api/client';
import { queries } from '../api/queries';
import { t } from '../i18n';
import { FormDialog } from '../ui/FormDialog';

const words = (text = '') => new Set(text.split(/[\s,]+/).filter(Boolean));

/**
 * A NIC carries every network of its cluster that bears one of its labels.
 *
 * @param place of the network or of the NIC
 * @param most how many it can bear
 */
export function LabelsDialog(properties: { place: string; name: string; most?: number; onClose: () => void }) {
  const { place, name, most = 20, onClose } = properties;
  const { data: before } = useQuery({
    queryKey: ['sub', place, 'networklabels'],
    queryFn: ({ signal }) => list<{ id: string }>(`${place}/networklabels`, signal),
    staleTime: 0,
  });
  if (!before) return null;
  return (
    <FormDialog
      title={`${t('net.labels')}: ${name}`}
      initial={{ labels: before.map(({ id }) => id).join(', ') }}
      fields={[
        {
          name: 'labels',
          label: t('net.labels'),
          help: t('net.labelsHelp'),
          wrong: (value) =>
            [...words(value)].some((each) => !/^[\w-]{1,50}$/.test(each))
              ? t('net.labelsHelp')
              : words(value).size > most
                ? t('net.labelOnce')
                : undefined,
        },
      ]}
      submit={t('do.save')}
      onClose={onClose}
      onSubmit={async ({ labels }) => {
        const wanted = words(labels);
        const had = new Set(before.map(({ id }) => id));
        for (const id of had) if (!wanted.has(id)) await remove(`${place}/networklabels/${id}`);
        for (const id of wanted) if (!had.has(id)) await post(`${place}/networklabels`, { id });
        await queries.invalidateQueries({ queryKey: ['sub'] });
      }}
    />
  );
}
