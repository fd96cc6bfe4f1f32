-- How the power of hosts is switched.

create table fence_agents (
    id      uuid primary key,
    name    text not null,
    host_id uuid not null references hosts on delete cascade,
    body    jsonb not null
);
