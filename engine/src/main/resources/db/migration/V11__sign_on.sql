-- Sessions that can be told from one another, tokens for programs, lock-outs, second factors.

alter table access_tokens
    add column id        uuid not null default gen_random_uuid(),
    add column name      text not null default '',
    add column read_only boolean not null default false,
    add column remote    text not null default '',
    add column created   timestamptz not null default now(),
    add column expires   timestamptz;

alter table internal_users
    add column failures      int not null default 0,
    add column locked_until  timestamptz,
    add column second_factor text;
