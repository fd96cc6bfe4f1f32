-- What machines were.

create table snapshots (
    id    uuid primary key,
    name  text not null,
    vm_id uuid not null constraint snapshot_vm references vms,
    body  jsonb not null
);
create index snapshots_of_vm on snapshots (vm_id);
