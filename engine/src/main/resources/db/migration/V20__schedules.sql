-- What is to be done with machines at times. Rows outlive their machines until somebody has seen that these are gone.
create table schedules (
    id    uuid primary key,
    name  text not null,
    vm_id uuid not null,
    body  jsonb not null,
    constraint schedule_name unique (vm_id, name)
);
