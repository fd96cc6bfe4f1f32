import { expect, test } from 'vitest';
import { clusterRulesDecided, clusterRuleValues } from './clusterRules';

test('a cluster that says nothing migrates with minimal downtime and fences', () => {
  const values = clusterRuleValues(undefined);
  expect(values.migrationPolicy).toBe('80554327-0569-496b-bdeb-fcbbf52b827b');
  expect(values.fencing).toBe('true');
  expect(clusterRulesDecided(values, values)).toEqual({});
});

test('only what somebody changed is sent, and an empty limit takes it away', () => {
  const before = clusterRuleValues({
    id: 'c',
    migration: { bandwidth: { assignment_method: 'custom', custom_value: '80' }, encrypted: 'inherit' },
    fencing_policy: { enabled: 'true', skip_if_connectivity_broken: { enabled: 'true', threshold: '50' } },
  });
  expect(before.bandwidth).toBe('80');
  expect(before.spareSilent).toBe('50');
  expect(clusterRulesDecided(before, { ...before, bandwidth: '', encrypted: 'true', spareSilent: '' })).toEqual({
    migration: { bandwidth: { assignment_method: 'auto' }, encrypted: 'true' },
    fencing_policy: { skip_if_connectivity_broken: { enabled: false } },
  });
});
