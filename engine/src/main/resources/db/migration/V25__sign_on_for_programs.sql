-- Programs whose users the engine vouches for, and sessions that end sooner or later than others when they are not used.

create table sso_clients (
    id   uuid primary key,
    name text not null constraint sso_client_name unique,
    body jsonb not null
);

alter table access_tokens add column idle_seconds integer;
