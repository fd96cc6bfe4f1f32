import { EmptyState, EmptyStateBody, Title } from '@patternfly/react-core';
import { useSub } from '../api/queries';
import { served } from '../api/served';
import { type Ref, type ReportedDevice, type Statistic, type Vm, yes } from '../api/types';
import { t } from '../i18n';
import { Details } from '../ui/Details';
import { bytes } from '../ui/format';
import { SubTable } from '../ui/SubTable';
import { fileSystems, fullness } from './fileSystems';

interface Session {
  id: string;
  console_user?: string | boolean;
  ip?: { address?: string };
  user?: { user_name?: string; name?: string };
  protocol?: string;
}

/** What the agent inside the machine tells. */
export function GuestTab({ vm }: { vm: Vm }) {
  const { data: devices = [] } = useSub<ReportedDevice>('vms', vm.id, 'reporteddevices');
  const sessions = useSub<Session>('vms', vm.id, 'sessions', undefined, served('vm_sessions.list'));
  const applications = useSub<Ref>('vms', vm.id, 'applications', undefined, served('vm_applications.list'));
  const statistics = useSub<Statistic>('vms', vm.id, 'statistics', 30_000);
  const systems = fileSystems(statistics.data ?? []);
  const os = vm.guest_operating_system;
  const silent = !os && devices.length === 0;
  return (
    <>
      {silent ? (
        <EmptyState variant="sm">
          <EmptyStateBody>{t('vm.guestNone')}</EmptyStateBody>
        </EmptyState>
      ) : (
        <Details
          facts={[
            ['col.fqdn', vm.fqdn],
            ['col.os', os?.distribution],
            ['col.release', os?.version?.full_version],
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
      )}
      {systems.length > 0 && (
        <>
          <br />
          <Title headingLevel="h2" size="lg">
            {t('guest.fileSystems')}
          </Title>
          <SubTable
            title="guest.fileSystems"
            rows={systems}
            sort={{ column: 'path', down: false }}
            columns={[
              { id: 'path', title: 'guest.mountedAt', value: ({ path }) => path, width: 240 },
              { id: 'type', title: 'col.type', value: ({ type }) => type, width: 110 },
              {
                id: 'size',
                title: 'col.size',
                value: ({ total }) => total,
                cell: ({ total }) => bytes(total),
                end: true,
                width: 110,
              },
              {
                id: 'used',
                title: 'col.used',
                value: ({ used }) => used,
                cell: (each) => `${bytes(each.used)}${fullness(each) === undefined ? '' : ` (${fullness(each)} %)`}`,
                end: true,
                width: 150,
              },
            ]}
          />
        </>
      )}
      {(sessions.data?.length ?? 0) > 0 && (
        <>
          <br />
          <Title headingLevel="h2" size="lg">
            {t('guest.sessions')}
          </Title>
          <SubTable
            title="guest.sessions"
            rows={sessions.data}
            columns={[
              { id: 'user', title: 'col.user', value: ({ user }) => user?.user_name ?? user?.name, width: 240 },
              { id: 'ip', title: 'account.from', value: ({ ip }) => ip?.address, width: 200 },
              {
                id: 'console',
                title: 'tab.console',
                value: ({ console_user }) => t(yes(console_user) ? 'yes' : 'no'),
                width: 110,
              },
            ]}
          />
        </>
      )}
      {(applications.data?.length ?? 0) > 0 && (
        <>
          <br />
          <Title headingLevel="h2" size="lg">
            {t('guest.applications')}
          </Title>
          <SubTable
            title="guest.applications"
            rows={applications.data}
            sort={{ column: 'name', down: false }}
            columns={[{ id: 'name', title: 'col.name', value: ({ name }) => name, width: 420 }]}
          />
        </>
      )}
    </>
  );
}
