-- Each table of objects keeps the whole record as JSON in "body"; the columns beside it are what constraints need.

create table settings (
    name  text primary key,
    value text not null
);

create table data_centers (
    id   uuid primary key,
    name text not null constraint data_center_name unique,
    body jsonb not null
);

create table mac_pools (
    id   uuid primary key,
    name text not null constraint mac_pool_name unique,
    body jsonb not null
);

create table clusters (
    id             uuid primary key,
    name           text not null constraint cluster_name unique,
    data_center_id uuid constraint cluster_data_center references data_centers,
    mac_pool_id    uuid constraint cluster_mac_pool references mac_pools,
    body           jsonb not null
);

create table hosts (
    id         uuid primary key,
    name       text not null constraint host_name unique,
    cluster_id uuid not null constraint host_cluster references clusters,
    address    text not null constraint host_address unique,
    body       jsonb not null
);

create table enrolments (
    secret_hash  bytea primary key,
    cluster_id   uuid not null references clusters on delete cascade,
    expires      timestamptz not null,
    public_key   bytea,
    host_id      uuid references hosts on delete cascade,
    certificate  text
);

create table networks (
    id             uuid primary key,
    name           text not null,
    data_center_id uuid not null constraint network_data_center references data_centers,
    body           jsonb not null,
    constraint network_name unique (data_center_id, name)
);

create table cluster_networks (
    id         uuid primary key,
    name       text not null,
    cluster_id uuid not null constraint cluster_network_cluster references clusters,
    network_id uuid not null constraint cluster_network_network references networks,
    body       jsonb not null,
    constraint cluster_network unique (cluster_id, network_id)
);

create table vnic_profiles (
    id         uuid primary key,
    name       text not null,
    network_id uuid not null constraint vnic_profile_network references networks,
    body       jsonb not null,
    constraint vnic_profile_name unique (network_id, name)
);

create table storage_domains (
    id             uuid primary key,
    name           text not null constraint storage_domain_name unique,
    data_center_id uuid constraint storage_domain_data_center references data_centers,
    cluster_id     uuid constraint storage_domain_cluster references clusters,
    connection     text not null constraint storage_domain_connection unique,
    body           jsonb not null
);

create table disks (
    id                uuid primary key,
    name              text not null,
    storage_domain_id uuid constraint disk_storage_domain references storage_domains,
    body              jsonb not null
);

create table templates (
    id         uuid primary key,
    name       text not null,
    version    int  not null,
    cluster_id uuid constraint template_cluster references clusters,
    body       jsonb not null,
    constraint template_name unique (name, version)
);

create table vms (
    id          uuid primary key,
    name        text not null constraint vm_name unique,
    cluster_id  uuid not null constraint vm_cluster references clusters,
    template_id uuid not null constraint vm_template references templates,
    host_id     uuid constraint vm_host references hosts,
    body        jsonb not null
);

create table disk_attachments (
    id          uuid primary key,
    name        text not null,
    vm_id       uuid constraint disk_attachment_vm references vms,
    template_id uuid constraint disk_attachment_template references templates,
    disk_id     uuid not null constraint disk_attachment_disk references disks,
    body        jsonb not null,
    constraint disk_attachment_owner check ((vm_id is null) <> (template_id is null)),
    constraint disk_attached_once unique (vm_id, disk_id)
);

create table nics (
    id              uuid primary key,
    name            text not null,
    vm_id           uuid constraint nic_vm references vms,
    template_id     uuid constraint nic_template references templates,
    vnic_profile_id uuid constraint nic_vnic_profile references vnic_profiles,
    mac             text constraint nic_mac unique,
    body            jsonb not null,
    constraint nic_owner check ((vm_id is null) <> (template_id is null)),
    constraint nic_name unique nulls not distinct (vm_id, template_id, name)
);

create table image_transfers (
    id      uuid primary key,
    name    text not null,
    disk_id uuid not null constraint image_transfer_disk references disks,
    body    jsonb not null,
    constraint one_transfer_of_a_disk unique (disk_id)
);

-- The journal. A job is one run of an operation; a lock lives exactly as long as its job runs.

create table jobs (
    id             uuid primary key,
    correlation_id text not null,
    kind           text not null,
    version        int  not null,
    description    text not null,
    request        jsonb not null,
    owner          text not null,
    status         text not null check (status in ('started', 'undoing', 'finished', 'failed', 'aborted')),
    error          text,
    started        timestamptz not null,
    updated        timestamptz not null,
    ended          timestamptz
);

create index jobs_by_correlation on jobs (correlation_id);
create index jobs_by_start on jobs (started desc);

create table steps (
    job_id  uuid not null references jobs on delete cascade,
    number  int  not null,
    name    text not null,
    status  text not null check (status in ('started', 'finished', 'failed')),
    outcome jsonb,
    error   text,
    started timestamptz not null,
    ended   timestamptz,
    primary key (job_id, number)
);

create table locks (
    object_id uuid primary key,
    job_id    uuid not null references jobs on delete cascade
);

create table events (
    id             bigint generated always as identity primary key,
    code           int not null,
    severity       text not null,
    time           timestamptz not null,
    message        text not null,
    correlation_id text not null,
    user_name      text,
    user_id        uuid,
    data_center_id uuid,
    cluster_id     uuid,
    host_id        uuid,
    storage_domain_id uuid,
    template_id    uuid,
    vm_id          uuid,
    dismissed      boolean not null default false
);

create index events_by_time on events (time desc);
create index events_by_correlation on events (correlation_id);
