-- The inventory of a shop on a record marketplace, as its export gives it.
CREATE TABLE public.listings (
    listing_id       varchar(20) PRIMARY KEY,
    artist           text NOT NULL,
    title            text NOT NULL,
    label            text,
    catno            varchar(100),
    format           text[],
    release_id       bigint NOT NULL,
    status           varchar(20) NOT NULL,
    price            numeric(10,2) NOT NULL,
    listed           timestamptz,
    comments         text,
    media_condition  varchar(40) NOT NULL,
    sleeve_condition varchar(40),
    accept_offer     boolean NOT NULL,
    external_id      varchar(100),
    weight           integer,
    format_quantity  integer,
    location         varchar(100),
    quantity         integer
);
CREATE INDEX listings_release_id ON public.listings (release_id);
COMMENT ON TABLE public.listings IS 'Records for sale. External ids and locations are text: 007 is not 7.';
