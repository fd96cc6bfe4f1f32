import { useQuery } from '@tanstack/react-query';
import { list } from '../api/client';

export interface OperatingSystem {
  name?: string;
  description?: string;
  tpm_support?: string;
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

const MIB = 1024 * 1024;

/** What suits a system where nobody says otherwise. Setup of Windows has no VirtIO drivers of its own. */
export function suits(type: string | undefined) {
  return type?.startsWith('windows')
    ? { memory: 4096 * MIB, disk: 'sata', nic: 'e1000e' }
    : { memory: 2048 * MIB, disk: 'virtio', nic: 'virtio' };
}

/** What a machine is made with for a system; one that will not start without a TPM wants secure boot too. */
export function madeFor(system: OperatingSystem) {
  return {
    os: { type: system.name },
    memory: String(suits(system.name).memory),
    ...(system.tpm_support === 'required' && { tpm_enabled: true, bios: { type: 'q35_secure_boot' } }),
  };
}
