import CloneIcon from '@patternfly/react-icons/dist/esm/icons/clone-icon';
import PencilIcon from '@patternfly/react-icons/dist/esm/icons/pencil-alt-icon';
import SlidersIcon from '@patternfly/react-icons/dist/esm/icons/sliders-h-icon';
import TrashIcon from '@patternfly/react-icons/dist/esm/icons/trash-icon';
import { useQuery } from '@tanstack/react-query';
import { list, post, put, remove } from '../api/client';
import { queries, useList } from '../api/queries';
import { type Cluster, num, type PolicyUnit, type SchedulingPolicy, yes } from '../api/types';
import { t } from '../i18n';
import { Details } from '../ui/Details';
import { between, type Field, FormDialog, type Values } from '../ui/FormDialog';
import { ObjectLink } from '../ui/Link';
import type { Resource } from '../ui/resource';

const again = () =>
  Promise.all(
    ['list', 'item', 'sub'].map((what) => queries.invalidateQueries({ queryKey: [what, 'scheduling_policies'] })),
  );

/** What a policy is made of: each part names a unit. */
interface Part {
  id: string;
  factor?: string | number;
  scheduling_policy_unit?: { id: string };
}

interface Parts {
  filters: Part[];
  weights: Part[];
  balances: Part[];
}

const unitOf = (part: Part) => part.scheduling_policy_unit?.id ?? part.id;
const locked = (policy: SchedulingPolicy) => yes(policy.locked);

/** What units ask of policies and clusters, by name with the pattern that a value matches. */
export function usePolicyProperties(served: boolean): Map<string, string> | undefined {
  const units = useUnits(served);
  return units && propertiesOf(units);
}

function propertiesOf(units: readonly PolicyUnit[]): Map<string, string> {
  const known = new Map<string, string>();
  for (const unit of units)
    for (const { name, value } of unit.properties?.property ?? []) if (name) known.set(name, value ?? '');
  return known;
}

export const propertyFields = (known: ReadonlyMap<string, string>, more: Partial<Field> = {}): Field[] =>
  [...known].map(([name, pattern]) => ({
    name: `property ${name}`,
    label: name,
    wrong: (value) => (!pattern || new RegExp(pattern).test(value) ? undefined : t('policy.pattern', { pattern })),
    ...more,
  }));

/** Those that have a value, as the API takes them. */
export const propertyValues = (known: ReadonlyMap<string, string>, values: Values) => ({
  property: [...known.keys()]
    .filter((name) => values[`property ${name}`])
    .map((name) => ({ name, value: values[`property ${name}`] })),
});

function useUnits(served = true) {
  const { data } = useQuery({
    queryKey: ['schedulingpolicyunits'],
    queryFn: ({ signal }) => list<PolicyUnit>('/schedulingpolicyunits', signal),
    enabled: served,
  });
  return data;
}

const useParts = (policy: SchedulingPolicy | undefined) =>
  useQuery({
    queryKey: ['sub', 'scheduling_policies', policy?.id ?? '', 'parts'],
    queryFn: async ({ signal }): Promise<Parts> => {
      if (!policy) return { filters: [], weights: [], balances: [] };
      const of = (what: string) => list<Part>(`/schedulingpolicies/${policy.id}/${what}`, signal);
      const [filters, weights, balances] = await Promise.all([of('filters'), of('weights'), of('balances')]);
      return { filters, weights, balances };
    },
  }).data;

/** By which filters and weights machines are placed, and how clusters are evened out. */
export const policies: Resource<SchedulingPolicy> = {
  kind: 'scheduling_policies',
  needs: 'scheduling_policies.list',
  icon: SlidersIcon,
  create: {
    label: 'policy.new',
    needs: 'scheduling_policies.add',
    dialog: ({ onClose }) => <Edit onClose={onClose} />,
  },
  useColumns: () => {
    const { data: clusters = [] } = useList<Cluster>('clusters');
    return [
      {
        id: 'name',
        title: 'col.name',
        value: (policy) => policy.name,
        width: 240,
        cell: (policy) => (
          <ObjectLink kind="scheduling_policies" id={policy.id}>
            {policy.name}
          </ObjectLink>
        ),
      },
      { id: 'own', title: 'role.own', value: (policy) => t(locked(policy) ? 'no' : 'yes'), width: 90 },
      {
        id: 'clusters',
        title: 'kind.clusters',
        value: (policy) =>
          clusters
            .filter(({ scheduling_policy }) => scheduling_policy?.id === policy.id)
            .map(({ name }) => name)
            .join(', '),
        width: 240,
      },
      { id: 'description', title: 'col.description', value: (policy) => policy.description, width: 320 },
      { id: 'id', title: 'col.id', value: (policy) => policy.id, hidden: true, width: 300 },
    ];
  },
  actions: [
    {
      id: 'clone',
      needs: 'scheduling_policies.add',
      label: 'role.clone',
      icon: CloneIcon,
      prominent: true,
      single: true,
      dialog: ({ rows, onClose }) => rows[0] && <Edit policy={rows[0]} clone onClose={onClose} />,
    },
    {
      id: 'edit',
      needs: 'scheduling_policy.update',
      label: 'do.edit',
      icon: PencilIcon,
      single: true,
      on: (policy) => !locked(policy),
      dialog: ({ rows, onClose }) => rows[0] && <Edit policy={rows[0]} onClose={onClose} />,
    },
    {
      id: 'remove',
      needs: 'scheduling_policy.remove',
      label: 'do.remove',
      icon: TrashIcon,
      danger: true,
      on: (policy) => !locked(policy),
      confirm: { title: 'confirm.remove', text: 'confirm.removeText' },
      run: async (policy) => {
        await remove(`/schedulingpolicies/${policy.id}`);
        await again();
      },
    },
  ],
  tabs: [{ id: 'general', title: 'tab.general', content: (policy) => <Made policy={policy} /> }],
};

const properties = (policy: SchedulingPolicy | undefined) => policy?.properties?.property ?? [];

function Made({ policy }: { policy: SchedulingPolicy }) {
  const units = useUnits();
  const parts = useParts(policy);
  if (!units || !parts) return null;
  const name = (part: Part) => units.find(({ id }) => id === unitOf(part))?.name ?? unitOf(part);
  const lines = (all: readonly Part[]) =>
    all.length > 0 && (
      <ul>
        {all.map((part) => (
          <li key={part.id}>
            {name(part)}
            {part.factor !== undefined && ` × ${part.factor}`}
          </li>
        ))}
      </ul>
    );
  return (
    <Details
      facts={[
        ['col.description', policy.description],
        ['policy.filters', lines(parts.filters)],
        ['policy.weights', lines(parts.weights)],
        ['policy.balance', lines(parts.balances)],
        [
          'policy.properties',
          properties(policy).length > 0 && (
            <ul>
              {properties(policy).map((property) => (
                <li key={property.name}>
                  {property.name} = {property.value}
                </li>
              ))}
            </ul>
          ),
        ],
        ['col.id', policy.id],
      ]}
    />
  );
}

function Edit(props: { policy?: SchedulingPolicy; clone?: boolean; onClose: () => void }) {
  const { policy, clone = false, onClose } = props;
  const units = useUnits();
  const parts = useParts(policy);
  if (!units || !parts) return null;
  const of = (type: string) =>
    units.filter((unit) => unit.type === type).sort((a, b) => (a.name ?? '').localeCompare(b.name ?? ''));
  const choices = (type: string) => of(type).map((unit) => ({ value: unit.id, label: unit.name ?? unit.id }));
  const known = propertiesOf(units);
  const changes = policy && !clone ? policy : undefined;
  return (
    <FormDialog
      title={changes ? t('vm.edit', { name: changes.name ?? '' }) : t('policy.new')}
      initial={{
        name: changes?.name ?? (policy ? `${policy.name}-2` : ''),
        description: policy?.description ?? '',
        filters: (policy ? parts.filters.map(unitOf) : of('filter').map(({ id }) => id)).join(),
        balance: parts.balances.map(unitOf)[0] ?? '',
        ...Object.fromEntries(parts.weights.map((part) => [`weight ${unitOf(part)}`, String(part.factor ?? 1)])),
        ...Object.fromEntries(properties(policy).map(({ name, value }) => [`property ${name}`, value ?? ''])),
      }}
      fields={[
        { tab: t('tab.general'), name: 'name', label: t('col.name'), required: true },
        { tab: t('tab.general'), name: 'description', label: t('col.description') },
        {
          tab: t('tab.general'),
          name: 'balance',
          label: t('policy.balance'),
          kind: 'select',
          help: t('policy.balanceHelp'),
          options: choices('load_balancing'),
        },
        {
          tab: t('policy.filters'),
          name: 'filters',
          label: t('policy.filters'),
          kind: 'several',
          help: t('policy.filtersHelp'),
          options: choices('filter'),
        },
        ...of('weight').map(
          (unit): Field => ({
            tab: t('policy.weights'),
            name: `weight ${unit.id}`,
            label: unit.name ?? unit.id,
            kind: 'number',
            help: t('policy.weightHelp'),
            wrong: between(1, 1000),
          }),
        ),
        ...propertyFields(known, { tab: t('policy.properties') }),
      ]}
      submit={t(changes ? 'do.save' : 'do.create')}
      onClose={onClose}
      onSubmit={async (values) => {
        const unit = (id: string) => ({ scheduling_policy_unit: { id } });
        const body = {
          name: values.name,
          description: values.description,
          filters: { filter: (values.filters ?? '').split(',').filter(Boolean).map(unit) },
          weight: {
            weight: of('weight')
              .filter(({ id }) => values[`weight ${id}`])
              .map(({ id }) => ({ ...unit(id), factor: String(num(values[`weight ${id}`])) })),
          },
          balances: { balance: values.balance ? [unit(values.balance)] : [] },
          properties: propertyValues(known, values),
        };
        await (changes ? put(`/schedulingpolicies/${changes.id}`, body) : post('/schedulingpolicies', body));
        await again();
      }}
    />
  );
}
