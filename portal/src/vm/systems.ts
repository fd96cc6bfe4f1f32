import { useQuery } from '@tanstack/react-query';
import { list } from '../api/client';

export interface OperatingSystem {
  name?: string;
  description?: string;
}

/** What can run in a machine, as the engine knows it; it does not change while an engine runs. */
export function useSystems(): readonly OperatingSystem[] {
  const { data = [] } = useQuery({
    queryKey: ['operatingsystems'],
    queryFn: ({ signal }) => list<OperatingSystem>('/operatingsystems', signal),
  });
  return data;
}

/** Those to choose from, by what people call them; the one that is chosen is there even where the engine knows it no more. */
export function systemOptions(systems: readonly OperatingSystem[], chosen: string) {
  const known = systems
    .filter(({ name }) => name)
    .map(({ name = '', description }) => ({ value: name, label: description || name.replaceAll('_', ' ') }))
    .sort((one, other) => one.label.localeCompare(other.label, undefined, { numeric: true }));
  return known.some(({ value }) => value === chosen)
    ? known
    : [{ value: chosen, label: chosen.replaceAll('_', ' ') }, ...known];
}
