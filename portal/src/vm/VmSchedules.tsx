import { useQuery } from '@tanstack/react-query';
import { list, post, remove } from '../api/client';
import { queries } from '../api/queries';
import { type Num, num, type Ref, type Vm } from '../api/types';
import { t } from '../i18n';
import { between, FormDialog } from '../ui/FormDialog';
import { time } from '../ui/format';
import { StatusLabel } from '../ui/StatusLabel';
import { SubTable } from '../ui/SubTable';

interface Schedule extends Ref {
  action?: 'start' | 'shutdown' | 'stop' | 'snapshot';
  zone?: string;
  date?: string;
  days?: string;
  times?: string;
  keep?: Num;
  owner?: string;
  next?: Num;
  last?: Num;
  succeeded?: boolean;
  outcome?: string;
}

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const ACTIONS = ['start', 'shutdown', 'stop', 'snapshot'] as const;
const placeOf = (vm: Vm) => `/ovirt-engine/services/schedules/vms/${vm.id}`;

/** "07:30, 19:30" as the engine reads it; undefined when it is none. */
export function readTimes(text: string): string | undefined {
  const times = text.split(/[\s,]+/).filter(Boolean);
  return times.length > 0 && times.every((each) => /^([01]\d|2[0-3]):[0-5]\d$/.test(each)) ? times.join() : undefined;
}

const dayNames = (days = '') =>
  days
    .split(',')
    .filter(Boolean)
    .map((day) => t(`day.${day as (typeof DAYS)[number]}`))
    .join(', ');

/** What is done with a machine at times. */
export function VmSchedules({ vm }: { vm: Vm }) {
  const { data, error } = useQuery({
    queryKey: ['sub', 'vms', vm.id, 'schedules'],
    queryFn: ({ signal }) => list<Schedule>(placeOf(vm), signal),
    refetchInterval: 30_000,
  });
  const again = () => queries.invalidateQueries({ queryKey: ['sub', 'vms', vm.id, 'schedules'] });
  return (
    <SubTable
      title="tab.schedules"
      rows={data}
      error={error}
      sort={{ column: 'next', down: false }}
      empty={<p className="bw-quiet">{t('schedule.none')}</p>}
      create={{ label: 'schedule.new', dialog: ({ onClose }) => <New vm={vm} again={again} onClose={onClose} /> }}
      columns={[
        { id: 'name', title: 'col.name', value: (each) => each.name, width: 180 },
        {
          id: 'action',
          title: 'schedule.action',
          value: (each) => each.action && t(`schedule.${each.action}`),
          width: 160,
        },
        {
          id: 'when',
          title: 'schedule.when',
          value: (each) =>
            [
              each.date ?? (dayNames(each.days) || t('schedule.daily')),
              each.times?.replaceAll(',', ', '),
              `(${each.zone})`,
            ].join(' '),
          width: 300,
        },
        {
          id: 'next',
          title: 'schedule.next',
          value: (each) => num(each.next),
          cell: (each) => time(each.next),
          width: 216,
        },
        {
          id: 'last',
          title: 'schedule.last',
          value: (each) => num(each.last),
          cell: (each) =>
            each.last !== undefined && (
              <span title={each.outcome ?? ''}>
                <StatusLabel status={each.succeeded ? 'succeeded' : 'failed'} /> {each.outcome}
              </span>
            ),
          width: 320,
        },
        { id: 'owner', title: 'col.owner', value: (each) => each.owner, width: 160 },
      ]}
      actions={[
        {
          id: 'remove',
          label: 'do.remove',
          danger: true,
          confirm: { title: 'confirm.remove', text: 'schedule.removeText' },
          run: async (each) => {
            await remove(`${placeOf(vm)}/${each.id}`);
            await again();
          },
        },
      ]}
    />
  );
}

function New({ vm, again, onClose }: { vm: Vm; again: () => Promise<unknown>; onClose: () => void }) {
  return (
    <FormDialog
      title={t('schedule.new')}
      initial={{
        action: 'snapshot',
        how: 'days',
        times: '03:00',
        keep: '3',
        late: '15',
        zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      }}
      fields={[
        { name: 'name', label: t('col.name'), required: true },
        {
          name: 'action',
          label: t('schedule.action'),
          kind: 'select',
          required: true,
          options: ACTIONS.map((value) => ({ value, label: t(`schedule.${value}`) })),
        },
        {
          name: 'keep',
          label: t('schedule.keep'),
          kind: 'number',
          required: true,
          help: t('schedule.keepHelp'),
          shown: (all) => all.action === 'snapshot',
          wrong: between(1, 20),
        },
        {
          name: 'how',
          label: t('schedule.when'),
          kind: 'select',
          required: true,
          options: [
            { value: 'days', label: t('schedule.weekly') },
            { value: 'date', label: t('schedule.once') },
          ],
        },
        {
          name: 'days',
          label: t('schedule.days'),
          kind: 'several',
          help: t('schedule.daysHelp'),
          shown: (all) => all.how === 'days',
          options: DAYS.map((value) => ({ value, label: t(`day.${value}`) })),
        },
        {
          name: 'date',
          label: t('schedule.date'),
          required: true,
          shown: (all) => all.how === 'date',
          help: t('schedule.dateHelp'),
          wrong: (value) => (/^\d{4}-\d{2}-\d{2}$/.test(value) ? undefined : t('schedule.dateHelp')),
        },
        {
          name: 'times',
          label: t('schedule.times'),
          required: true,
          help: t('schedule.timesHelp'),
          wrong: (value) => (readTimes(value) ? undefined : t('schedule.timesHelp')),
        },
        { name: 'zone', label: t('col.timezone'), required: true, help: t('init.zoneHelp') },
        {
          name: 'late',
          label: t('schedule.late'),
          kind: 'number',
          required: true,
          help: t('schedule.lateHelp'),
          wrong: between(1, 1440),
        },
      ]}
      submit={t('do.create')}
      onClose={onClose}
      onSubmit={async (values) => {
        await post(placeOf(vm), {
          name: values.name,
          action: values.action,
          zone: values.zone,
          times: readTimes(values.times ?? ''),
          late_minutes: values.late,
          ...(values.how === 'date' ? { date: values.date } : values.days && { days: values.days }),
          ...(values.action === 'snapshot' && { keep: values.keep }),
        });
        await again();
      }}
    />
  );
}
