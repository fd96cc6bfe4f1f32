-- Cores that were declared for licences and the machines bound to them; and the evidence, which outlives what it is about.

create table licence_zones (
    id         uuid primary key,
    name       text not null constraint licence_zone_name unique,
    cluster_id uuid not null constraint licence_zone_cluster references clusters,
    body       jsonb not null
);

create table licence_records (
    id   uuid primary key,
    zone text not null,
    kind text not null,
    at   timestamptz not null,
    body jsonb not null
);

create index licence_records_of_zone on licence_records (zone, kind, at);
