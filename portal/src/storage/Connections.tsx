import { useQuery } from '@tanstack/react-query';
import { list, put } from '../api/client';
import { queries } from '../api/queries';
import type { Ref, StorageDomain } from '../api/types';
import { t } from '../i18n';
import { FormDialog } from '../ui/FormDialog';
import { SubTable } from '../ui/SubTable';

interface Connection extends Ref {
  type?: string;
  address?: string;
  path?: string;
  port?: string | number;
  target?: string;
  mount_options?: string;
  vfs_type?: string;
}

const TEXTS = ['address', 'path', 'mount_options'] as const;

/** How hosts reach a domain; to be changed while it is in maintenance. */
export function Connections({ domain }: { domain: StorageDomain }) {
  const { data, error } = useQuery({
    queryKey: ['sub', 'storage_domains', domain.id, 'storageconnections'],
    queryFn: ({ signal }) => list<Connection>(`/storagedomains/${domain.id}/storageconnections`, signal),
  });
  return (
    <SubTable
      title="tab.connections"
      rows={data?.map((each) => ({ ...each, name: each.address ?? each.path ?? each.id }))}
      error={error}
      empty={<p className="bw-quiet">{t('connection.none')}</p>}
      columns={[
        { id: 'type', title: 'col.type', value: (each) => each.type, width: 110 },
        { id: 'address', title: 'col.address', value: (each) => each.address, width: 220 },
        { id: 'path', title: 'col.path', value: (each) => each.path ?? each.target, width: 280 },
        { id: 'options', title: 'storage.options', value: (each) => each.mount_options, width: 220 },
      ]}
      actions={[
        {
          id: 'edit',
          needs: 'storage_server_connection.update',
          label: 'do.edit',
          single: true,
          on: (each) => each.type !== 'fcp',
          dialog: ({ rows, onClose }) => rows[0] && <Edit domain={domain} connection={rows[0]} onClose={onClose} />,
        },
      ]}
    />
  );
}

function Edit(properties: { domain: StorageDomain; connection: Connection; onClose: () => void }) {
  const { domain, connection, onClose } = properties;
  const has = (name: (typeof TEXTS)[number]) => connection.type !== 'iscsi' || name === 'address';
  return (
    <FormDialog
      title={t('vm.edit', { name: connection.name ?? '' })}
      initial={Object.fromEntries(TEXTS.map((name) => [name, connection[name] ?? '']))}
      fields={[
        { name: 'address', label: t('col.address'), shown: () => connection.address !== undefined },
        { name: 'path', label: t('col.path'), required: true, shown: () => has('path') },
        { name: 'mount_options', label: t('storage.options'), shown: () => has('mount_options') },
      ]}
      submit={t('do.save')}
      onClose={onClose}
      onSubmit={async (values) => {
        await put(
          `/storageconnections/${connection.id}`,
          Object.fromEntries(
            TEXTS.filter((name) => values[name] !== (connection[name] ?? '')).map((name) => [name, values[name]]),
          ),
        );
        await queries.invalidateQueries({ queryKey: ['sub', 'storage_domains', domain.id] });
      }}
    >
      <p className="bw-quiet">{t('connection.text')}</p>
    </FormDialog>
  );
}
