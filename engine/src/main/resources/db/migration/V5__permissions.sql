-- Who may do what: users and groups (the engine's own and those of directories), roles that people made, and permissions.

create table users (
    id   uuid primary key,
    name text not null constraint user_name unique,
    body jsonb not null
);

create table groups (
    id     uuid primary key,
    name   text not null,
    domain text not null,
    body   jsonb not null,
    constraint group_name unique (domain, name)
);

create table roles (
    id   uuid primary key,
    name text not null constraint role_name unique,
    body jsonb not null
);

-- The role may be one that every installation has, which no table knows; so may the object be the system.
create table permissions (
    id        uuid primary key,
    name      text not null,
    role_id   uuid not null,
    user_id   uuid constraint permission_user references users,
    group_id  uuid constraint permission_group references groups,
    object_id uuid not null,
    body      jsonb not null,
    constraint permission_holder check ((user_id is null) <> (group_id is null)),
    constraint permission_once unique nulls not distinct (role_id, user_id, group_id, object_id)
);

create index permissions_by_object on permissions (object_id);

-- Users of directories have tokens too.
alter table access_tokens drop constraint access_tokens_user_id_fkey;
