-- Directories of users beside the engine's own.

create table directories (
    id   uuid primary key,
    name text not null constraint directory_name unique,
    body jsonb not null
);
