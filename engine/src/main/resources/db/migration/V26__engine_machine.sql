-- The machine that this engine runs in, when the hosts keep it alive.

create table engine_machines (
    id    uuid primary key,
    name  text not null constraint engine_machine_name unique,
    vm    uuid not null references vms (id),
    board uuid not null references disks (id),
    body  jsonb not null
);
