import { post, remove } from '../api/client';
import { queries, useSub } from '../api/queries';
import type { Ref, User } from '../api/types';
import { t } from '../i18n';
import { FormDialog } from '../ui/FormDialog';
import { SubTable } from '../ui/SubTable';

interface Subscription extends Ref {
  event?: string;
  address?: string;
}

/** What people usually want to hear of. */
const USUAL = [
  'host_failure',
  'host_set_nonoperational',
  'host_low_mem',
  'vm_failure',
  'vm_down_error',
  'vm_migration_failed',
  'vm_not_responding',
  'vm_paused_enospc',
  'vm_paused_eio',
  'ha_vm_failed',
  'ha_vm_restart_failed',
  'host_certification_is_about_to_expire',
];

/** The events of which a user is told by mail. */
export function Subscriptions({ user }: { user: User }) {
  const { data, error } = useSub<Subscription>('users', user.id, 'eventsubscriptions');
  const again = () => queries.invalidateQueries({ queryKey: ['sub', 'users', user.id, 'eventsubscriptions'] });
  const place = `/users/${user.id}/eventsubscriptions`;
  return (
    <SubTable
      title="tab.subscriptions"
      rows={data}
      error={error}
      empty={<p className="bw-quiet">{t('subscription.none')}</p>}
      create={{
        label: 'subscription.new',
        needs: 'event_subscriptions.add',
        dialog: ({ onClose }) => (
          <FormDialog
            title={t('subscription.new')}
            initial={{ address: user.email ?? '' }}
            fields={[
              {
                name: 'event',
                label: t('kind.events.one'),
                kind: 'select',
                required: true,
                options: USUAL.filter((event) => !data?.some(({ id }) => id === event)).map((value) => ({
                  value,
                  label: value.replaceAll('_', ' '),
                })),
              },
              {
                name: 'address',
                label: t('user.email'),
                required: true,
                wrong: (value) => (/^\S+@\S+$/.test(value) ? undefined : t('user.noEmail')),
              },
            ]}
            submit={t('subscription.new')}
            onClose={onClose}
            onSubmit={async ({ event, address }) => {
              await post(place, { event, address, notification_method: 'smtp' });
              await again();
            }}
          />
        ),
      }}
      columns={[
        { id: 'event', title: 'kind.events.one', value: ({ event }) => event?.replaceAll('_', ' '), width: 280 },
        { id: 'address', title: 'user.email', value: ({ address }) => address, width: 280 },
      ]}
      actions={[
        {
          id: 'remove',
          label: 'do.remove',
          danger: true,
          run: async (subscription) => {
            await remove(`${place}/${subscription.id}`);
            await again();
          },
        },
      ]}
    />
  );
}
