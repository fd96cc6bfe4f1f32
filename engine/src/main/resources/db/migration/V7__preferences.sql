-- What people prefer: columns, bookmarks and the like; a text under a name.
create table preferences (
    user_id uuid         not null,
    name    varchar(100) not null,
    content text         not null,
    primary key (user_id, name)
);
