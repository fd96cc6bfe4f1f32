import { users } from '../access/users';
import { events } from '../event/events';
import { jobs } from '../event/jobs';
import { hosts } from '../host/hosts';
import type { MessageKey } from '../i18n';
import { clusters, dataCenters } from '../inventory/centers';
import { networks, profiles } from '../network/networks';
import { disks } from '../storage/disks';
import { domains } from '../storage/domains';
import { templates } from '../template/templates';
import type { Resource } from '../ui/resource';
import { vms } from '../vm/vms';

// biome-ignore lint/suspicious/noExplicitAny: each is typed where it is made; together they only have an id and a name
export type AnyResource = Resource<any>;

/** Everything that the administration shows, as its navigation groups it. */
export const groups: { title: MessageKey; resources: AnyResource[] }[] = [
  { title: 'nav.compute', resources: [vms, templates, hosts, clusters, dataCenters] },
  { title: 'nav.storage', resources: [domains, disks] },
  { title: 'nav.network', resources: [networks, profiles] },
  { title: 'nav.administration', resources: [users, events, jobs] },
];

export const resources: AnyResource[] = groups.flatMap((group) => group.resources);
