import { expect, test } from 'vitest';
import { extrasDecided, extraValues, readProperties } from './VmExtras';

test('properties are read line by line, and what is none is told', () => {
  expect(readProperties('hugepages=2048\n\n color = red ')).toEqual([
    { name: 'hugepages', value: '2048' },
    { name: 'color', value: 'red' },
  ]);
  expect(readProperties('')).toEqual([]);
  expect(readProperties('hugepages')).toBeUndefined();
});

test('only what somebody changed is sent', () => {
  const before = extraValues({ id: 'v', custom_properties: { custom_property: [{ name: 'color', value: 'red' }] } });
  expect(before.properties).toBe('color=red');
  const now = { ...before, usb: 'true', properties: '' };
  const changed = (...names: string[]) => names.some((name) => before[name] !== (now as Record<string, string>)[name]);
  expect(extrasDecided(now, changed)).toEqual({
    usb: { enabled: true, type: 'native' },
    custom_properties: { custom_property: [] },
  });
});

test('a machine without a screen is one without monitors', () => {
  const before = extraValues({ id: 'v', display: { video_type: 'qxl', monitors: '0' } });
  expect(before.video).toBe('none');
  const changed = (...names: string[]) => names.includes('video');
  expect(extrasDecided({ ...before, video: 'vga' }, changed)).toEqual({
    display: { video_type: 'vga', monitors: '1' },
  });
  expect(extrasDecided(before, changed)).toEqual({ display: { monitors: '0' } });
});
