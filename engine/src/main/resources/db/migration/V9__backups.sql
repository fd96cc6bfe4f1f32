-- Backups of machines, and the checkpoints from which changes are told.

create table vm_backups (
    id    uuid primary key,
    name  text not null,
    vm_id uuid not null constraint backup_vm references vms on delete cascade,
    body  jsonb not null
);

create table vm_checkpoints (
    id    uuid primary key,
    name  text not null,
    vm_id uuid not null constraint checkpoint_vm references vms on delete cascade,
    body  jsonb not null
);
