-- Who is told of events, how, and what of it is still to be delivered.

create table notification_channels (
    id   uuid primary key,
    name text not null constraint notification_channel_name unique,
    body jsonb not null
);

create table event_subscriptions (
    id      uuid primary key,
    name    text not null constraint event_subscription_once unique,
    user_id uuid not null,
    body    jsonb not null
);

create table notifications (
    id           bigint generated always as identity primary key,
    channel_id   uuid not null references notification_channels on delete cascade,
    event_id     bigint not null,
    recipient    text not null,
    attempts     integer not null,
    state        text not null,
    next_attempt timestamptz not null,
    error        text not null
);

create index notifications_due on notifications (channel_id, next_attempt) where state = 'pending';

-- Who is told of what happened before there were channels? Nobody.
create table notification_cursor (event_id bigint not null);
insert into notification_cursor select coalesce(max(id), 0) from events;
