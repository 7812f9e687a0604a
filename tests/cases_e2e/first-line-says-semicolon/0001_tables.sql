create table t (
  id serial primary key,
  airtable_id text not null unique,
  name text,
  n integer
);
