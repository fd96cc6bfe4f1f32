import ObjectGroupIcon from '@patternfly/react-icons/dist/esm/icons/object-group-icon';
import { useList } from '../api/queries';
import type { AffinityLabel } from '../api/types';
import { t } from '../i18n';
import type { Action } from '../ui/resource';
import { AssignDialog } from './Assign';

type Labelled = 'vms' | 'hosts';

/** The action that puts affinity labels on machines or hosts. */
export const labelling = <T extends { id: string; name?: string }>(kind: Labelled): Action<T> => ({
  id: 'labels',
  needs: 'assigned_affinity_labels.add',
  label: 'kind.affinity_labels',
  icon: ObjectGroupIcon,
  dialog: ({ rows, onClose }) => <LabelDialog kind={kind} rows={rows} onClose={onClose} />,
});

function LabelDialog(properties: { kind: Labelled; rows: readonly { id: string }[]; onClose: () => void }) {
  const { data } = useList<AffinityLabel>('affinity_labels');
  if (!data) return null;
  const options = data.map((label) => ({ value: label.id, label: label.name ?? label.id }));
  return <AssignDialog {...properties} sub="affinitylabels" options={options} title={t('kind.affinity_labels')} />;
}
