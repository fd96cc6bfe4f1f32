import { expect, test } from 'vitest';
import { pinsDecided, processorsDecided, processorValues, readPins } from './VmProcessors';

test('pins are read line by line, and what is none is told', () => {
  expect(readPins('0=1-3\n\n 1 = 4,^5')).toEqual([
    { vcpu: '0', cpu_set: '1-3' },
    { vcpu: '1', cpu_set: '4,^5' },
  ]);
  expect(readPins('0:1')).toBeUndefined();
});

test('only what somebody changed is sent', () => {
  const before = processorValues({
    id: 'v',
    cpu: { cpu_tune: { vcpu_pins: { vcpu_pin: [{ vcpu: 0, cpu_set: '1' }] } } },
  });
  expect(before).toMatchObject({ pinning: 'manual', pins: '0=1', downtime: '' });
  const now = { ...before, pinning: 'dedicated', downtime: '300' };
  const changed = (...names: string[]) => names.some((name) => before[name] !== (now as Record<string, string>)[name]);
  expect(processorsDecided(now, changed)).toEqual({ cpu_pinning_policy: 'dedicated', migration_downtime: '300' });
  expect(pinsDecided(now, changed)).toEqual({ cpu_tune: { vcpu_pins: { vcpu_pin: [] } } });
});
