-- Affinity groups, scheduling policies that people made, and where machines were placed and why.

create table affinity_groups (
    id         uuid primary key,
    name       text not null,
    cluster_id uuid not null constraint affinity_group_cluster references clusters on delete cascade,
    body       jsonb not null,
    constraint affinity_group_name unique (cluster_id, name)
);

create table scheduling_policies (
    id   uuid primary key,
    name text not null constraint scheduling_policy_name unique,
    body jsonb not null
);

create table placements (
    id    uuid primary key,
    vm_id uuid not null references vms on delete cascade,
    at    timestamptz not null,
    body  jsonb not null
);

create index placements_of_vm on placements (vm_id, at);
