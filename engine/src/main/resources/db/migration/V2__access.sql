-- Who may sign on, and who has. Other users come with directories and roles.

create table internal_users (
    id             uuid primary key,
    name           text not null constraint internal_user_name unique,
    password_hash  text not null,
    password_set   timestamptz not null
);

-- Only the hash of a token is kept: whoever reads the database cannot use it.
create table access_tokens (
    token_hash     bytea primary key,
    user_id        uuid not null references internal_users on delete cascade,
    scope          text not null,
    last_used      timestamptz not null
);
