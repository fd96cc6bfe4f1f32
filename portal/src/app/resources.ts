import { directories } from '../access/directories';
import { permissions, roles } from '../access/roles';
import { ssoClients } from '../access/ssoClients';
import { groups as userGroups, users } from '../access/users';
import { usable } from '../api/served';
import { events } from '../event/events';
import { jobs } from '../event/jobs';
import { notifications } from '../event/notifications';
import { hosts } from '../host/hosts';
import type { MessageKey } from '../i18n';
import { dataCenters } from '../inventory/centers';
import { clusters } from '../inventory/clusters';
import { affinityLabels } from '../inventory/labels';
import { licenceZones } from '../inventory/licenceZones';
import { policies } from '../inventory/policies';
import { quotas } from '../inventory/quotas';
import { tags } from '../inventory/tags';
import { macPools } from '../network/macPools';
import { networks } from '../network/networks';
import { profiles } from '../network/profiles';
import { disks } from '../storage/disks';
import { domains } from '../storage/domains';
import { instanceTypes } from '../template/instanceTypes';
import { templates } from '../template/templates';
import type { Resource } from '../ui/resource';
import { pools } from '../vm/pools';
import { vms } from '../vm/vms';

// biome-ignore lint/suspicious/noExplicitAny: each is typed where it is made; together they only have an id and a name
export type AnyResource = Resource<any>;

/** Everything that the administration shows, as its navigation groups it. */
const all: { title: MessageKey; resources: AnyResource[] }[] = [
  {
    title: 'nav.compute',
    resources: [vms, pools, templates, instanceTypes, hosts, clusters, dataCenters, affinityLabels, policies],
  },
  { title: 'nav.storage', resources: [domains, disks] },
  { title: 'nav.network', resources: [networks, profiles, macPools] },
  {
    title: 'nav.administration',
    resources: [
      users,
      userGroups,
      roles,
      permissions,
      directories,
      ssoClients,
      quotas,
      licenceZones,
      tags,
      events,
      jobs,
      notifications,
    ],
  },
];

/** Of those, what the engine serves; known once the page has begun. */
export const groups = () => all.map(({ title, resources: each }) => ({ title, resources: usable(each) }));

export const resources = (): AnyResource[] => groups().flatMap((group) => group.resources);
