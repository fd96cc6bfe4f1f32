import { EmptyState, EmptyStateBody } from '@patternfly/react-core';
import { useSub } from '../api/queries';
import type { ReportedDevice, Vm } from '../api/types';
import { t } from '../i18n';
import { Details } from '../ui/Details';

/** What the agent inside the machine tells. */
export function GuestTab({ vm }: { vm: Vm }) {
  const { data: devices = [] } = useSub<ReportedDevice>('vms', vm.id, 'reporteddevices');
  const os = vm.guest_operating_system;
  if (!os && devices.length === 0) {
    return (
      <EmptyState variant="sm">
        <EmptyStateBody>{t('vm.guestNone')}</EmptyStateBody>
      </EmptyState>
    );
  }
  return (
    <Details
      facts={[
        ['col.fqdn', vm.fqdn],
        ['col.os', os?.distribution],
        ['col.version', os?.version?.full_version],
        ['col.kernel', os?.kernel?.version?.full_version],
        ['col.timezone', [vm.guest_time_zone?.name, vm.guest_time_zone?.utc_offset].filter(Boolean).join(' ')],
        [
          'col.ip',
          devices.length > 0 && (
            <ul>
              {devices.map((device) => (
                <li key={device.id}>
                  {device.name}: {device.ips?.ip?.map((ip) => ip.address).join(', ')}
                </li>
              ))}
            </ul>
          ),
        ],
      ]}
    />
  );
}
