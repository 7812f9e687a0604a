CREATE TABLE t (
    id serial PRIMARY KEY,
    airtable_id text NOT NULL UNIQUE,
    at timestamptz
);
CREATE TABLE u (
    id serial PRIMARY KEY,
    airtable_id text NOT NULL UNIQUE,
    at timestamptz,
    seen timestamptz
);
