import ListIcon from '@patternfly/react-icons/dist/esm/icons/list-icon';
import { useSub } from '../api/queries';
import { type Job, num, type Step } from '../api/types';
import { t, word } from '../i18n';
import { Details } from '../ui/Details';
import { since, time } from '../ui/format';
import { ObjectLink } from '../ui/Link';
import type { Resource } from '../ui/resource';
import { StatusLabel } from '../ui/StatusLabel';
import { SubTable } from '../ui/SubTable';

export const jobs: Resource<Job> = {
  kind: 'jobs',
  icon: ListIcon,
  sort: { column: 'started', down: true },
  emptyText: 'job.none',
  actions: [],
  status: (job) => job.status,
  title: (job) => job.description ?? '',
  useColumns: () => [
    {
      id: 'description',
      title: 'kind.jobs.one',
      value: (job) => job.description,
      width: 380,
      cell: (job) => (
        <ObjectLink kind="jobs" id={job.id}>
          {job.description}
        </ObjectLink>
      ),
    },
    {
      id: 'status',
      title: 'col.status',
      value: (job) => word('status', job.status),
      cell: (job) => <StatusLabel status={job.status} />,
    },
    {
      id: 'started',
      title: 'col.started',
      value: (job) => num(job.start_time),
      cell: (job) => time(job.start_time),
      width: 216,
    },
    {
      id: 'duration',
      title: 'col.duration',
      value: (job) => num(job.end_time ?? Date.now()) - num(job.start_time),
      cell: (job) => since(job.start_time, job.end_time),
      width: 110,
    },
    { id: 'owner', title: 'col.owner', value: (job) => job.owner?.name },
    { id: 'id', title: 'col.id', value: (job) => job.id, hidden: true, width: 300 },
  ],
  tabs: [{ id: 'steps', title: 'tab.steps', content: (job) => <Steps job={job} /> }],
};

function Steps({ job }: { job: Job }) {
  const { data, error } = useSub<Step>('jobs', job.id, 'steps');
  return (
    <>
      <Details
        facts={[
          ['col.started', time(job.start_time)],
          ['col.ended', time(job.end_time)],
          ['col.duration', since(job.start_time, job.end_time)],
          ['col.owner', job.owner?.name],
        ]}
      />
      <p className="bw-quiet">{t('job.journal')}</p>
      <SubTable
        title="tab.steps"
        rows={data}
        error={error}
        columns={[
          { id: 'number', title: 'col.step', value: (step) => num(step.number), width: 70, end: true },
          {
            id: 'description',
            title: 'col.description',
            value: (step) => step.description,
            width: 420,
            cell: (step) => <span title={step.description}>{step.description}</span>,
          },
          {
            id: 'status',
            title: 'col.status',
            value: (step) => step.status,
            cell: (step) => <StatusLabel status={step.status} />,
          },
          {
            id: 'started',
            title: 'col.started',
            value: (step) => num(step.start_time),
            cell: (step) => time(step.start_time),
            width: 216,
          },
          {
            id: 'duration',
            title: 'col.duration',
            value: (step) => num(step.end_time) - num(step.start_time),
            cell: (step) => since(step.start_time, step.end_time),
            width: 110,
          },
        ]}
      />
    </>
  );
}
