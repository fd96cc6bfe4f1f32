-- What was decided of the networks of hosts; the id is the host's.

create table host_networks (
    id   uuid primary key constraint host_networks_host references hosts on delete cascade,
    name text not null,
    body jsonb not null
);
