import PencilIcon from '@patternfly/react-icons/dist/esm/icons/pencil-alt-icon';
import TagsIcon from '@patternfly/react-icons/dist/esm/icons/tags-icon';
import TrashIcon from '@patternfly/react-icons/dist/esm/icons/trash-icon';
import { post, put, remove } from '../api/client';
import { type Collection, queries, useList } from '../api/queries';
import type { Named, Tag } from '../api/types';
import { t } from '../i18n';
import { FormDialog } from '../ui/FormDialog';
import { ObjectLink } from '../ui/Link';
import type { Action, Resource } from '../ui/resource';
import { SubTable } from '../ui/SubTable';
import { AssignDialog } from './Assign';

const ROOT = '00000000-0000-0000-0000-000000000000';
export const isRoot = (tag: Tag) => tag.id === ROOT;
const again = () => queries.invalidateQueries({ queryKey: ['list', 'tags'] });

/** A tag's place below others, such as "production / web". */
export function tagPath(tag: Tag, all: readonly Tag[]): string {
  const names = [tag.name ?? ''];
  for (let above = all.find(({ id }) => id === tag.parent?.id); above && !isRoot(above) && names.length < 20; ) {
    names.unshift(above.name ?? '');
    const next = above.parent?.id;
    above = all.find(({ id }) => id === next);
  }
  return names.join(' / ');
}

/** The query that finds what has a tag, or one below it. */
export const withTag = (tag: Tag) => `tag="${tag.name}"`;

function useTags() {
  const { data } = useList<Tag>('tags');
  return data
    ?.filter((tag) => !isRoot(tag))
    .map((tag) => ({ value: tag.id, label: tagPath(tag, data) }))
    .sort((a, b) => a.label.localeCompare(b.label));
}

/** The action that puts tags on objects of a kind. */
export const tagging = <T extends { id: string; name?: string }>(kind: Collection): Action<T> => ({
  id: 'tags',
  needs: 'assigned_tags.add',
  label: 'kind.tags',
  icon: TagsIcon,
  dialog: ({ rows, onClose }) => <TagDialog kind={kind} rows={rows} onClose={onClose} />,
});

function TagDialog(properties: { kind: Collection; rows: readonly { id: string }[]; onClose: () => void }) {
  const options = useTags();
  return options ? <AssignDialog {...properties} sub="tags" options={options} title={t('kind.tags')} /> : null;
}

export const tags: Resource<Tag> = {
  kind: 'tags',
  needs: 'tags.list',
  icon: TagsIcon,
  emptyText: 'tag.text',
  sort: { column: 'path', down: false },
  rows: (all) => all.filter((tag) => !isRoot(tag)),
  create: { label: 'tag.new', needs: 'tags.add', dialog: ({ onClose }) => <TagEdit onClose={onClose} /> },
  useColumns: () => {
    const { data: all = [] } = useList<Tag>('tags');
    return [
      {
        id: 'path',
        title: 'col.name',
        value: (tag) => tagPath(tag, all),
        width: 280,
        cell: (tag) => (
          <ObjectLink kind="tags" id={tag.id}>
            {tagPath(tag, all)}
          </ObjectLink>
        ),
      },
      { id: 'description', title: 'col.description', value: (tag) => tag.description, width: 400 },
      { id: 'id', title: 'col.id', value: (tag) => tag.id, hidden: true, width: 300 },
    ];
  },
  actions: [
    {
      id: 'edit',
      needs: 'tag.update',
      label: 'do.edit',
      icon: PencilIcon,
      single: true,
      dialog: ({ rows, onClose }) => rows[0] && <TagEdit tag={rows[0]} onClose={onClose} />,
    },
    {
      id: 'remove',
      needs: 'tag.remove',
      label: 'do.remove',
      icon: TrashIcon,
      danger: true,
      confirm: { title: 'confirm.remove', text: 'tag.removeText' },
      run: async (tag) => {
        await remove(`/tags/${tag.id}`);
        await again();
      },
    },
  ],
  tabs: (['vms', 'hosts', 'templates', 'users'] as const).map((kind) => ({
    id: kind,
    title: `kind.${kind}` as const,
    content: (tag) => <Tagged kind={kind} tag={tag} />,
  })),
};

/** What has the tag, or one below it. */
function Tagged({ kind, tag }: { kind: 'vms' | 'hosts' | 'templates' | 'users'; tag: Tag }) {
  const { data, error } = useList<Named & { user_name?: string }>(kind, withTag(tag));
  return (
    <SubTable
      title={`kind.${kind}`}
      rows={data}
      error={error}
      empty={<p className="bw-quiet">{t('tag.unused')}</p>}
      columns={[
        {
          id: 'name',
          title: 'col.name',
          value: (each) => each.user_name ?? each.name,
          width: 260,
          cell: (each) => (
            <ObjectLink kind={kind} id={each.id}>
              {each.user_name ?? each.name}
            </ObjectLink>
          ),
        },
        { id: 'description', title: 'col.description', value: (each) => each.description, width: 300 },
      ]}
    />
  );
}

function TagEdit({ tag, onClose }: { tag?: Tag; onClose: () => void }) {
  const { data: all } = useList<Tag>('tags');
  if (!all) return null;
  const below = (each: Tag): boolean => {
    for (let at: Tag | undefined = each; at; at = all.find(({ id }) => id === at?.parent?.id))
      if (at.id === tag?.id) return true;
    return false;
  };
  return (
    <FormDialog
      title={tag ? t('vm.edit', { name: tag.name ?? '' }) : t('tag.new')}
      initial={{ name: tag?.name ?? '', description: tag?.description ?? '', parent: tag?.parent?.id ?? ROOT }}
      fields={[
        { name: 'name', label: t('col.name'), required: true },
        { name: 'description', label: t('col.description') },
        {
          name: 'parent',
          label: t('tag.parent'),
          kind: 'select',
          required: true,
          help: t('tag.parentHelp'),
          options: all
            .filter((each) => !below(each))
            .map((each) => ({ value: each.id, label: isRoot(each) ? t('tag.top') : tagPath(each, all) })),
        },
      ]}
      submit={t(tag ? 'do.save' : 'do.create')}
      onClose={onClose}
      onSubmit={async ({ name, description, parent }) => {
        const body = { name, description, parent: { id: parent } };
        await (tag ? put(`/tags/${tag.id}`, body) : post('/tags', body));
        await again();
      }}
    />
  );
}
