create table t (
  id serial primary key,
  airtable_id text not null unique,
  tags text[] not null default '{}',
  labels jsonb not null default '[]',
  pictures text[] not null default '{}',
  size varchar(10) not null default ''
);
