-- The number under which a host renews its leases on the storage domains of its cluster.
alter table hosts
    add column lease_id integer constraint host_lease_id_range check (lease_id between 1 and 2000),
    add constraint host_lease_id unique (cluster_id, lease_id);

-- Highly available machines that fell and do not run again yet; the id is the machine's.
create table fallen_vms (
    id   uuid primary key,
    name text not null,
    body jsonb not null
);
