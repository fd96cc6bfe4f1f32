-- Quotas, CPU profiles and affinity labels; jobs that other programs tell of.

create table quotas (
    id             uuid primary key,
    name           text not null,
    data_center_id uuid not null constraint quota_data_center references data_centers on delete cascade,
    body           jsonb not null,
    constraint quota_name unique (data_center_id, name)
);

create table cpu_profiles (
    id         uuid primary key,
    name       text not null,
    cluster_id uuid not null constraint cpu_profile_cluster references clusters on delete cascade,
    body       jsonb not null,
    constraint cpu_profile_name unique (cluster_id, name)
);

create table affinity_labels (
    id   uuid primary key,
    name text not null constraint affinity_label_name unique,
    body jsonb not null
);

alter table jobs
    add column auto_cleared boolean not null default true;

alter table steps
    add column type     text not null default 'executing',
    add column external boolean not null default false;
