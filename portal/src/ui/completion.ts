/** What may come next in a query of the search language. */

/** By kind of object: what the engine searches by. */
export const searchable: Record<string, readonly string[]> = {
  vms: [
    'name',
    'status',
    'cluster',
    'on_host',
    'template',
    'memory',
    'os',
    'type',
    'fqdn',
    'ip',
    'uptime',
    'creationdate',
    'pool',
    'tag',
    'description',
    'comment',
    'id',
  ],
  hosts: ['name', 'status', 'cluster', 'address', 'active_vms', 'tag', 'comment', 'id'],
  clusters: ['name', 'cpu_type', 'architecture', 'description', 'comment', 'id'],
  data_centers: ['name', 'status', 'local', 'description', 'comment', 'id'],
  storage_domains: [
    'name',
    'status',
    'type',
    'datacenter',
    'wipe_after_delete',
    'backup',
    'description',
    'comment',
    'id',
  ],
  disks: [
    'alias',
    'status',
    'provisioned_size',
    'actual_size',
    'disk_type',
    'disk_content_type',
    'shareable',
    'vm_names',
    'creation_date',
    'description',
    'id',
  ],
  networks: ['name', 'mtu', 'stp', 'datacenter', 'description', 'comment', 'id'],
  templates: [
    'name',
    'status',
    'cluster',
    'datacenter',
    'os',
    'version_name',
    'creationdate',
    'tag',
    'description',
    'comment',
    'id',
  ],
  events: ['severity', 'message', 'time', 'usrname', 'event_vm', 'event_host', 'type', 'correlation_id'],
  jobs: ['status', 'description', 'start_time', 'correlation_id'],
};

const WORDS = ['and', 'or', 'sortby'];
const OPERATOR = /^([\w.]+)(!=|>=|<=|=|>|<)(.*)$/;

export interface Completion {
  /** The whole text with the choice in it. */
  text: string;
  /** What is added, as shown. */
  label: string;
}

/**
 * @param values what a field of that name holds in the objects at hand
 */
export function complete(
  fields: readonly string[],
  text: string,
  values: (field: string) => readonly string[],
): Completion[] {
  const at = text.lastIndexOf(' ') + 1;
  const before = text.slice(0, at);
  const current = text.slice(at);
  const last = before.trim().split(/\s+/).at(-1)?.toLowerCase() ?? '';
  const with_ = (label: string, end = '') => ({ text: `${before}${label}${end}`, label });
  const condition = OPERATOR.exec(current);
  if (condition) {
    const [, field = '', operator = '', typed = ''] = condition;
    return values(field)
      .filter((value) => value.toLowerCase().startsWith(typed.toLowerCase()) && value !== typed)
      .slice(0, 8)
      .map((value) => {
        const quoted = /\s/.test(value) ? `"${value}"` : value;
        return { text: `${before}${field}${operator}${quoted} `, label: `${field}${operator}${quoted}` };
      });
  }
  const starts = (word: string) => word.startsWith(current.toLowerCase()) && word !== current;
  if (last === 'sortby')
    return fields
      .filter(starts)
      .slice(0, 10)
      .map((field) => with_(field, ' '));
  // After a condition comes what joins it to the next one.
  if (OPERATOR.test(last)) return WORDS.filter(starts).map((word) => with_(word, ' '));
  if (before.trim() && !WORDS.includes(last)) return [];
  if (!current && !before.trim()) return [];
  return fields
    .filter((field) => field.startsWith(current.toLowerCase()))
    .slice(0, 10)
    .map((field) => with_(field, '='));
}
