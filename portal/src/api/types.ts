/** Of the API's types, what the portals read. Numbers come as text. */
export type Num = string | number;

export interface Ref {
  id: string;
  name?: string;
}

export interface Named extends Ref {
  description?: string;
  comment?: string;
}

export interface Vm extends Named {
  status?: string;
  status_detail?: string;
  cluster?: Ref;
  host?: Ref;
  template?: Ref;
  memory?: Num;
  memory_policy?: { guaranteed?: Num; max?: Num; ballooning?: string | boolean };
  console?: { enabled?: string | boolean };
  cpu?: {
    topology?: { sockets?: Num; cores?: Num; threads?: Num };
    architecture?: string;
    cpu_tune?: { vcpu_pins?: { vcpu_pin?: { vcpu?: Num; cpu_set?: string }[] } };
  };
  os?: { type?: string; boot?: { devices?: { device?: string[] } } };
  type?: string;
  fqdn?: string;
  creation_time?: Num;
  start_time?: Num;
  stop_time?: Num;
  stop_reason?: string;
  origin?: string;
  high_availability?: { enabled?: string | boolean; priority?: Num };
  lease?: { storage_domain?: Ref };
  storage_error_resume_behaviour?: string;
  placement_policy?: { affinity?: string; hosts?: { host?: Ref[] } };
  guest_operating_system?: {
    distribution?: string;
    version?: { full_version?: string };
    kernel?: { version?: { full_version?: string } };
  };
  guest_time_zone?: { name?: string; utc_offset?: string };
  bios?: { type?: string; boot_menu?: { enabled?: string | boolean } };
  display?: { type?: string; video_type?: string; monitors?: Num };
  usb?: { enabled?: string | boolean; type?: string };
  rng_device?: { source?: string };
  time_zone?: { name?: string };
  custom_properties?: { custom_property?: { name?: string; value?: string }[] };
  next_run_configuration_exists?: string | boolean;
  vm_pool?: Ref;
  run_once?: string | boolean;
  delete_protected?: string | boolean;
  stateless?: string | boolean;
  cpu_profile?: Ref;
  quota?: Ref;
  io?: { threads?: Num };
  soundcard_enabled?: string | boolean;
  tpm_enabled?: string | boolean;
  custom_emulated_machine?: string;
  custom_cpu_model?: string;
  virtio_scsi?: { enabled?: string | boolean };
  cpu_pinning_policy?: string;
  migration?: Migration;
  migration_downtime?: Num;
}

export interface Host extends Named {
  status?: string;
  address?: string;
  cluster?: Ref;
  memory?: Num;
  max_scheduling_memory?: Num;
  cpu?: { name?: string; speed?: Num; topology?: { sockets?: Num; cores?: Num; threads?: Num }; type?: string };
  os?: { type?: string; version?: { full_version?: string }; reported_kernel_cmdline?: string };
  version?: { full_version?: string };
  libvirt_version?: { full_version?: string };
  summary?: { active?: Num; migrating?: Num; total?: Num };
  spm?: { status?: string };
  hardware_information?: Record<string, string>;
  status_detail?: string;
  hosted_engine?: { configured?: string | boolean; score?: Num };
  ssh?: { port?: Num; fingerprint?: string };
  update_available?: string | boolean;
  power_management?: {
    enabled?: string | boolean;
    automatic_pm_enabled?: string | boolean;
    kdump_detection?: string | boolean;
  };
}

export interface DataCenter extends Named {
  status?: string;
  local?: string | boolean;
  storage_format?: string;
  quota_mode?: string;
  mac_pool?: Ref;
  version?: { major?: Num; minor?: Num };
}

export interface Cluster extends Named {
  data_center?: Ref;
  cpu?: { type?: string; architecture?: string };
  version?: { major?: Num; minor?: Num };
  memory_policy?: { over_commit?: { percent?: Num } };
  custom_scheduling_policy_properties?: { property?: { name?: string; value?: string }[] };
  ballooning_enabled?: string | boolean;
  ksm?: { enabled?: string | boolean; merge_across_nodes?: string | boolean };
  bios_type?: string;
  mac_pool?: Ref;
  scheduling_policy?: Ref;
  migration?: Migration;
  upgrade_in_progress?: string | boolean;
  upgrade_percent_complete?: Num;
  fencing_policy?: {
    enabled?: string | boolean;
    skip_if_sd_active?: { enabled?: string | boolean };
    skip_if_connectivity_broken?: { enabled?: string | boolean; threshold?: Num };
  };
}

export interface Migration {
  policy?: { id?: string };
  bandwidth?: { assignment_method?: string; custom_value?: Num };
  encrypted?: string;
  compressed?: string;
  auto_converge?: string;
}

export interface StorageDomain extends Named {
  type?: string;
  status?: string;
  external_status?: string;
  master?: string | boolean;
  available?: Num;
  used?: Num;
  committed?: Num;
  storage?: {
    type?: string;
    address?: string;
    path?: string;
    vfs_type?: string;
    mount_options?: string;
    volume_group?: { logical_units?: { logical_unit?: { id: string; size?: Num }[] } };
  };
  storage_format?: string;
  data_centers?: { data_center?: Ref[] };
  warning_low_space_indicator?: Num;
  critical_space_action_blocker?: Num;
  wipe_after_delete?: string | boolean;
}

export interface Disk extends Named {
  alias?: string;
  status?: string;
  provisioned_size?: Num;
  actual_size?: Num;
  format?: string;
  sparse?: string | boolean;
  shareable?: string | boolean;
  content_type?: string;
  storage_type?: string;
  backup?: string;
  backup_mode?: string;
  disk_profile?: Ref;
  quota?: Ref;
  wipe_after_delete?: string | boolean;
  storage_domains?: { storage_domain?: Ref[] };
}

export interface DiskAttachment {
  id: string;
  active?: string | boolean;
  bootable?: string | boolean;
  read_only?: string | boolean;
  pass_discard?: string | boolean;
  interface?: string;
  disk?: Disk;
  logical_name?: string;
}

export interface Network extends Named {
  data_center?: Ref;
  vlan?: { id?: Num };
  mtu?: Num;
  usages?: { usage?: string[] };
  status?: string;
  required?: string | boolean;
  port_isolation?: string | boolean;
  stp?: string | boolean;
  qos?: Ref;
  dns_resolver_configuration?: { name_servers?: { name_server?: string[] } };
}

export interface VnicProfile extends Named {
  network?: Ref;
  port_mirroring?: string | boolean;
  network_filter?: Ref;
  qos?: Ref;
  pass_through?: { mode?: string };
  migratable?: string | boolean;
}

export interface Nic extends Ref {
  mac?: { address?: string };
  interface?: string;
  linked?: string | boolean;
  plugged?: string | boolean;
  vnic_profile?: Ref;
}

export interface HostNic extends Ref {
  mac?: { address?: string };
  ip?: { address?: string; netmask?: string };
  mtu?: Num;
  speed?: Num;
  status?: string;
  network?: Ref;
  vlan?: { id?: Num };
}

export interface Template extends Named {
  cluster?: Ref;
  status?: string;
  memory?: Num;
  cpu?: Vm['cpu'];
  os?: { type?: string };
  type?: string;
  creation_time?: Num;
  version?: { version_number?: Num; version_name?: string; base_template?: Ref };
}

export interface VmPool extends Named {
  size?: Num;
  cluster?: Ref;
  template?: Ref;
  prestarted_vms?: Num;
  max_user_vms?: Num;
  type?: string;
  stateful?: string | boolean;
}

export interface InstanceType extends Named {
  memory?: Num;
  memory_policy?: Vm['memory_policy'];
  cpu?: Vm['cpu'];
  high_availability?: Vm['high_availability'];
  creation_time?: Num;
}

export interface Group extends Ref {
  domain?: Ref;
}

export interface Role extends Named {
  administrative?: string | boolean;
  mutable?: string | boolean;
}

export interface Permit extends Ref {
  administrative?: string | boolean;
}

export interface Permission {
  id: string;
  name?: string;
  role?: Ref;
  user?: Ref;
  group?: Ref;
}

export interface User extends Named {
  user_name?: string;
  principal?: string;
  last_name?: string;
  department?: string;
  email?: string;
  domain?: Ref;
}

export interface Event {
  id: string;
  index?: Num;
  code?: Num;
  severity?: string;
  time?: Num;
  description?: string;
  correlation_id?: string;
  user?: Ref;
  vm?: Ref;
  host?: Ref;
  cluster?: Ref;
  data_center?: Ref;
  storage_domain?: Ref;
  template?: Ref;
}

export interface Job extends Ref {
  description?: string;
  status?: string;
  start_time?: Num;
  end_time?: Num;
  last_updated?: Num;
  owner?: Ref;
}

export interface Step extends Ref {
  number?: Num;
  description?: string;
  status?: string;
  start_time?: Num;
  end_time?: Num;
}

export interface Statistic extends Ref {
  description?: string;
  kind?: string;
  type?: string;
  unit?: string;
  values?: { value?: { datum?: Num; detail?: string }[] };
}

export interface Snapshot {
  id: string;
  name?: string;
  description?: string;
  date?: Num;
  persist_memorystate?: string | boolean;
  snapshot_status?: string;
  snapshot_type?: string;
}

export interface ReportedDevice extends Ref {
  mac?: { address?: string };
  ips?: { ip?: { address?: string; version?: string }[] };
}

export interface Tag extends Named {
  parent?: Ref;
}

export interface AffinityLabel extends Named {
  has_implicit_affinity_group?: string | boolean;
  vms?: { vm?: Ref[] };
  hosts?: { host?: Ref[] };
}

export interface AffinityRule {
  enabled?: string | boolean;
  enforcing?: string | boolean;
  positive?: string | boolean;
}

export interface AffinityGroup extends Named {
  priority?: Num;
  broken?: string | boolean;
  vms_rule?: AffinityRule;
  hosts_rule?: AffinityRule;
}

export interface SchedulingPolicy extends Named {
  locked?: string | boolean;
  default_policy?: string | boolean;
  properties?: { property?: { name?: string; value?: string }[] };
}

export interface PolicyUnit extends Named {
  type?: string;
  properties?: { property?: { name?: string; value?: string }[] };
}

export interface MacPool extends Named {
  allow_duplicates?: string | boolean;
  default_pool?: string | boolean;
  ranges?: { range?: { from?: string; to?: string }[] };
}

export interface Quota extends Named {
  data_center?: Ref;
  cluster_soft_limit_pct?: Num;
  cluster_hard_limit_pct?: Num;
  storage_soft_limit_pct?: Num;
  storage_hard_limit_pct?: Num;
}

export interface QuotaClusterLimit extends Ref {
  cluster?: Ref;
  memory_limit?: Num;
  memory_usage?: Num;
  vcpu_limit?: Num;
  vcpu_usage?: Num;
}

export interface QuotaStorageLimit extends Ref {
  storage_domain?: Ref;
  limit?: Num;
  usage?: Num;
}

export interface Qos extends Named {
  type?: string;
  data_center?: Ref;
  [limit: string]: unknown;
}

/** Of a cluster or of a storage domain. */
export interface Profile extends Named {
  qos?: Ref;
  cluster?: Ref;
  storage_domain?: Ref;
}

export interface NotificationChannel extends Ref {
  kind?: string;
  enabled?: boolean;
  severity?: string;
  codes?: string;
  secret_set?: boolean;
  [setting: string]: unknown;
}

export interface Directory extends Ref {
  kind?: string;
  password_set?: boolean;
  [setting: string]: unknown;
}

export interface SsoClient extends Ref {
  redirect_uris?: string;
  api?: boolean;
}

/** A host as it was declared for a licence zone. */
export interface LicensedHost extends Named {
  cpus: string;
  declared_sockets: number;
  declared_cores: number;
  declared_threads: number;
  all_sockets: number;
  all_cores: number;
  all_threads: number;
  processor: string;
  at: number;
  by: string;
}

/** A machine of a licence zone; where it was seen is there while it runs. */
export interface LicensedVm extends Named {
  cpus: number;
  host_name?: string;
  seen?: string;
  seen_at?: number;
  strays?: string[];
  verdict?: string;
}

export interface LicenceChange {
  at: number;
  by: string;
  what: string;
  widens: boolean;
  because: string;
}

export interface LicenceZone extends Named {
  cluster?: string;
  cluster_name?: string;
  verdict?: string;
  footprint?: { hosts: number; sockets: number; cores: number; threads: number; machines: number; cpus: number };
  hosts?: LicensedHost[];
  machines?: LicensedVm[];
  changes?: LicenceChange[];
}

export interface Backup extends Named {
  phase?: string;
  creation_date?: Num;
  from_checkpoint_id?: string;
  to_checkpoint_id?: string;
}

export interface Checkpoint extends Named {
  creation_date?: Num;
  parent_id?: string;
}

export interface NumaNode extends Ref {
  index?: Num;
  memory?: Num;
  cpu?: { cores?: { core?: { index?: Num }[] } };
  numa_node_pins?: { numa_node_pin?: { index?: Num }[] };
  numa_tune_mode?: string;
}

export interface Watchdog extends Ref {
  model?: string;
  action?: string;
}

export interface GraphicsConsole {
  id: string;
  protocol?: string;
  address?: string;
  port?: Num;
}

export interface ApiRoot {
  product_info?: { name?: string; vendor?: string; version?: { full_version?: string } };
  summary?: Record<'hosts' | 'storage_domains' | 'users' | 'vms', { active?: Num; total?: Num }>;
  authenticated_user?: Ref;
}

export const num = (value: Num | undefined): number => (value === undefined ? Number.NaN : Number(value));
export const yes = (value: string | boolean | undefined): boolean => value === true || value === 'true';
