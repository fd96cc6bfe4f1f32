-- The log of events as a chain, what other programs tell, tags and bookmarks.

alter table events
    add column chain     bigint constraint event_chain unique,
    add column hash      text,
    add column origin    text not null default 'oVirt',
    add column custom_id bigint not null default -1;

create table tags (
    id   uuid primary key,
    name text not null constraint tag_name unique,
    body jsonb not null
);

create table taggings (
    id        uuid primary key,
    name      text not null,
    tag_id    uuid not null constraint tagging_tag references tags,
    object_id uuid not null,
    body      jsonb not null,
    constraint tagged_once unique (tag_id, object_id)
);

create index taggings_by_object on taggings (object_id);

create table bookmarks (
    id   uuid primary key,
    name text not null constraint bookmark_name unique,
    body jsonb not null
);
