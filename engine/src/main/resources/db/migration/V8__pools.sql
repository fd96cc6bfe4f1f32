-- Pools of machines, who has which, and what stateless machines write while they run.

create table vm_pools (
    id          uuid primary key,
    name        text not null constraint vm_pool_name unique,
    cluster_id  uuid not null constraint vm_pool_cluster references clusters,
    template_id uuid not null constraint vm_pool_template references templates,
    body        jsonb not null
);

-- The id is the machine's: nobody can take one that somebody has.
create table pool_uses (
    id      uuid primary key,
    name    text not null,
    pool_id uuid not null constraint pool_use_pool references vm_pools,
    body    jsonb not null
);

-- The id is the disk's. Rows outlive disks and machines until somebody has seen that the volume is gone.
create table overlays (
    id    uuid primary key,
    name  text not null,
    vm_id uuid not null,
    body  jsonb not null
);

-- Sizes that machines come in.
create table instance_types (
    id   uuid primary key,
    name text not null constraint instance_type_name unique,
    body jsonb not null
);

-- Where else a template's disk lies.
create table disk_copies (
    id                uuid primary key,
    name              text not null,
    disk_id           uuid not null constraint disk_copy_disk references disks,
    storage_domain_id uuid not null constraint disk_copy_domain references storage_domains,
    body              jsonb not null,
    constraint disk_copied_once unique (disk_id, storage_domain_id)
);
