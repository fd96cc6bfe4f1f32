import type { Values } from '../ui/FormDialog';

/** Where hosts let archives be read and written unless their administrator says otherwise. */
export const EXCHANGE = '/var/lib/bellwether/exchange';

/** What the engine is asked when a machine or a template is to be imported. */
export function imported(values: Values, template: boolean) {
  const { source, host, path, disk, uri, machine, name, cluster, domain } = values;
  const foreign = source === 'libvirt';
  return {
    url: source === 'disk' ? `disk:${disk}` : foreign ? uri : `ova://${path}`,
    ...(source !== 'disk' && { host: { id: host } }),
    cluster: { id: cluster },
    storage_domain: { id: domain },
    // A machine of a libvirt is found by "name"; what it is to be called here stands in "vm".
    ...(!template && { provider: foreign ? 'kvm' : 'vmware', ...(foreign && { name: machine }) }),
    ...(name && (template ? { template: { name } } : { vm: { name } })),
  };
}
