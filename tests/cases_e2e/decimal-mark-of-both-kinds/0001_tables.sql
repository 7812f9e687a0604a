CREATE TABLE t (
    id serial PRIMARY KEY,
    airtable_id text NOT NULL UNIQUE,
    price numeric(12,2),
    kg numeric(10,3)
);
