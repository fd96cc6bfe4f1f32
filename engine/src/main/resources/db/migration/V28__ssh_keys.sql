-- The public keys that people keep with their account; one is there once, whatever its comment says.

create table ssh_public_keys (
    id          uuid primary key,
    user_id     uuid not null constraint ssh_public_key_user references users on delete cascade,
    content     text not null,
    fingerprint text not null,
    constraint ssh_public_key_once unique (user_id, fingerprint)
);
