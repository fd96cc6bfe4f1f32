import { Skeleton, Switch, ToggleGroup, ToggleGroupItem } from '@patternfly/react-core';
import { useState } from 'react';
import { type MessageKey, t } from '../i18n';
import { bytes, time } from '../ui/format';
import { explain } from '../ui/notify';
import { Chart, type Line } from './Chart';
import { type Course, lengths, type Series, type Span, type Subject, spans, useCourse } from './usage';

interface Picture {
  title: MessageKey;
  /** Of the series, and what each is called. */
  lines: { name: string; label: MessageKey; tone: Line['tone']; bound?: boolean }[];
}

const pictures: Picture[] = [
  { title: 'stat.cpu', lines: [{ name: 'cpu', label: 'stat.used', tone: 1 }] },
  {
    title: 'stat.memory',
    lines: [
      { name: 'memory_used', label: 'stat.used', tone: 1 },
      { name: 'memory_given', label: 'stat.given', tone: 2 },
      { name: 'memory', label: 'stat.there', tone: 3, bound: true },
    ],
  },
  {
    title: 'stat.cpus',
    lines: [
      { name: 'cpus_given', label: 'stat.given', tone: 2 },
      { name: 'cpus', label: 'stat.there', tone: 3, bound: true },
    ],
  },
  {
    title: 'stat.network',
    lines: [
      { name: 'received', label: 'stat.received', tone: 1 },
      { name: 'sent', label: 'stat.sent', tone: 2 },
    ],
  },
  {
    title: 'stat.disks',
    lines: [
      { name: 'read', label: 'stat.read', tone: 1 },
      { name: 'written', label: 'stat.written', tone: 2 },
    ],
  },
  {
    title: 'stat.storage',
    lines: [
      { name: 'storage_used', label: 'stat.used', tone: 1 },
      { name: 'storage', label: 'stat.there', tone: 3, bound: true },
    ],
  },
];

export function amount(unit: Series['unit'], value: number): string {
  switch (unit) {
    case 'percent':
      return `${Math.round(value * 10) / 10} %`;
    case 'bytes':
      return bytes(value);
    case 'bytes_per_second':
      return `${bytes(value)}/s`;
    case 'count':
      return String(Math.round(value * 100) / 100);
  }
}

/** How much of everything an object used, from the last hour to the last month. */
export function UsageCharts({ kind, id, only }: { kind: Subject; id: string; only?: readonly MessageKey[] }) {
  const [span, setSpan] = useState<Span>('hour');
  const [table, setTable] = useState(false);
  const { data, error } = useCourse(kind, id, span);
  return (
    <section aria-label={t('dash.history')}>
      <div className="bw-charts__head">
        <ToggleGroup aria-label={t('stat.span')}>
          {spans.map((each) => (
            <ToggleGroupItem
              key={each}
              text={t(`stat.${each}`)}
              isSelected={each === span}
              onChange={() => setSpan(each)}
            />
          ))}
        </ToggleGroup>
        <Switch id={`table-${kind}`} label={t('stat.table')} isChecked={table} onChange={(_, on) => setTable(on)} />
      </div>
      <br />
      {error && !data ? (
        <p>{explain(error)}</p>
      ) : !data ? (
        <Skeleton height="220px" screenreaderText={t('table.loading')} />
      ) : data.times.length === 0 ? (
        <p className="bw-quiet">{t('stat.none')}</p>
      ) : (
        <div className="bw-charts">
          {pictures
            .filter(({ title }) => !only || only.includes(title))
            .map((picture) => (
              <OnePicture key={picture.title} picture={picture} course={data} table={table} />
            ))}
        </div>
      )}
    </section>
  );
}

function OnePicture({ picture, course, table }: { picture: Picture; course: Course; table: boolean }) {
  const there = picture.lines.filter(({ name }) => course.series[name]);
  const unit = course.series[there[0]?.name ?? '']?.unit;
  if (!unit || there.every(({ bound }) => bound)) return null;
  const lines: Line[] = there.map(({ name, label, tone, bound }) => ({
    label: t(label),
    values: course.series[name]?.values ?? [],
    tone,
    ...(bound && { bound }),
  }));
  const to = Math.max(Date.now() / 1000, course.times.at(-1) ?? 0);
  return (
    <div className="bw-card">
      {table ? (
        <Numbers title={t(picture.title)} course={course} lines={lines} unit={unit} />
      ) : (
        <Chart
          label={t(picture.title)}
          times={course.times}
          seconds={course.seconds}
          from={to - lengths[course.span]}
          to={to}
          lines={lines}
          shown={(value) => amount(unit, value)}
          binary={unit.startsWith('bytes')}
          {...(unit === 'percent' && { max: 100 })}
        />
      )}
    </div>
  );
}

function Numbers(properties: { title: string; course: Course; lines: Line[]; unit: Series['unit'] }) {
  const { title, course, lines, unit } = properties;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
    <div className="bw-numbers" tabIndex={0} role="region" aria-label={title}>
      <table>
        <caption>{title}</caption>
        <thead>
          <tr>
            <th scope="col">{t('col.time')}</th>
            {lines.map((line) => (
              <th key={line.label} scope="col">
                {line.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {course.times
            .map((at, index) => (
              <tr key={at}>
                <th scope="row">{time(at * 1000)}</th>
                {lines.map((line) => {
                  const value = line.values[index];
                  return <td key={line.label}>{value === null || value === undefined ? '–' : amount(unit, value)}</td>;
                })}
              </tr>
            ))
            .reverse()}
        </tbody>
      </table>
    </div>
  );
}
