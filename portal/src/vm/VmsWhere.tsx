import { useList } from '../api/queries';
import type { Vm } from '../api/types';
import { SubTable } from '../ui/SubTable';
import { power, useVmColumns } from './vms';

/** The machines that belong to something, on its page. */
export function VmsWhere({ keep }: { keep: (vm: Vm) => boolean }) {
  const { data, error } = useList<Vm>('vms');
  const columns = useVmColumns();
  return (
    <SubTable
      title="tab.machines"
      rows={data?.filter(keep)}
      error={error}
      columns={columns}
      sort={{ column: 'name', down: false }}
      actions={power}
    />
  );
}
