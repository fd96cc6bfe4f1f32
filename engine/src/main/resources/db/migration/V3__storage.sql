-- Connections that no storage domain has yet, and what limits the I/O of disks.

create table storage_connections (
    id   uuid primary key,
    name text not null constraint storage_connection_place unique,
    body jsonb not null
);

create table qoss (
    id             uuid primary key,
    name           text not null,
    data_center_id uuid not null constraint qos_data_center references data_centers on delete cascade,
    body           jsonb not null,
    constraint qos_name unique (data_center_id, name)
);

create table disk_profiles (
    id                uuid primary key,
    name              text not null,
    storage_domain_id uuid not null constraint disk_profile_domain references storage_domains on delete cascade,
    body              jsonb not null,
    constraint disk_profile_name unique (storage_domain_id, name)
);
