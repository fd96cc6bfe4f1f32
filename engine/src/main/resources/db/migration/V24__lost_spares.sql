-- Clusters of which people were told that they can spare no host any more.

create table lost_spares (
    id   uuid primary key,
    name text not null,
    body jsonb not null
);
