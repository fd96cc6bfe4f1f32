import { post, remove } from '../api/client';
import { queries, useSub } from '../api/queries';
import { t } from '../i18n';
import { FormDialog } from '../ui/FormDialog';
import { SubTable } from '../ui/SubTable';

interface Key {
  id: string;
  content?: string;
}

/** The type, the key itself and the comment. */
const words = ({ content = '' }: Key): [string, string, string] => {
  const [type = '', body = '', ...comment] = content.split(' ');
  return [type, body, comment.join(' ')];
};

/** Keys differ in their ends. */
const END = 24;

/** The public SSH keys of a user. */
export function Keys({ user }: { user: string }) {
  const { data, error } = useSub<Key>('users', user, 'sshpublickeys');
  const changed = () => queries.invalidateQueries({ queryKey: ['sub', 'users', user, 'sshpublickeys'] });
  return (
    <SubTable
      title="tab.keys"
      rows={data?.map((key) => ({ ...key, name: words(key)[2] || words(key)[0] }))}
      error={error}
      empty={<p className="bw-quiet">{t('key.none')}</p>}
      create={{
        label: 'key.add',
        needs: 'ssh_public_keys.add',
        dialog: ({ onClose }) => (
          <FormDialog
            title={t('key.add')}
            fields={[{ name: 'content', label: t('key.key'), kind: 'lines', required: true, help: t('key.help') }]}
            submit={t('do.save')}
            onClose={onClose}
            onSubmit={async ({ content = '' }) => {
              await post(`/users/${user}/sshpublickeys`, { content: content.trim() });
              await changed();
            }}
          />
        ),
      }}
      columns={[
        { id: 'type', title: 'col.type', value: (key) => words(key)[0], width: 200 },
        { id: 'comment', title: 'col.comment', value: (key) => words(key)[2], width: 240 },
        { id: 'end', title: 'key.end', value: (key) => `…${words(key)[1].slice(-END)}`, width: 260 },
      ]}
      actions={[
        {
          id: 'remove',
          needs: 'ssh_public_key.remove',
          label: 'do.remove',
          danger: true,
          confirm: { title: 'confirm.remove', text: 'key.removeText' },
          run: async (key) => {
            await remove(`/users/${user}/sshpublickeys/${key.id}`);
            await changed();
          },
        },
      ]}
    />
  );
}
