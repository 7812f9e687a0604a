/* db verify, drop and reset: every difference named, nothing of anybody else's touched. */
#include "schema.h"

static bool collect(void *ctx, const Difference *d, Err *err)
{
    static const char *const kinds[] = {"missing", "changed", "addition"};
    (void)err;
    buf_printf(ctx, "%s %s %s\n", kinds[d->kind], d->type, d->object);
    if (d->kind == DIFFERENCE_CHANGED && strcmp(d->type, "column") == 0)
        buf_printf(ctx, "  %s -> %s\n", d->expected, d->found);
    return true;
}

/* All differences as text, in a static buffer, and how many are wrong. */
static const char *verify(Fixture *f, int *wrong)
{
    static char text[8192];
    Err err = {0};
    Buf out = {0};
    buf_reserve(&out, 1);
    OK(schema_verify(f->pg, f->base, f->dir, collect, &out, wrong, &err));
    snprintf(text, sizeof text, "%s", out.data);
    buf_free(&out);
    return text;
}

static const char everything[] =
    "SELECT string_agg(c.oid || c.relname || n.nspname || c.relfilenode || c.xmin, ',' ORDER BY c.oid) "
    "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE nspname IN ('public', 'artsync', 'shop') "
    "OR nspname LIKE 'artsync_aside%'";

static void a_migrated_database_has_no_differences(void **state)
{
    Fixture *f = *state;
    int wrong;
    migrate(f);
    char *before = mem_dup(test_value(f->pg, everything));
    assert_string_equal(verify(f, &wrong), "");
    assert_int_equal(wrong, 0);
    assert_string_equal(test_value(f->pg, everything), before); /* looking changes nothing */
    free(before);
}

static void every_difference_is_named(void **state)
{
    Fixture *f = *state;
    int wrong;
    put(f, "0002_more.sql",
        "ALTER TABLE things ADD price numeric(10,2) DEFAULT 0 CONSTRAINT fair CHECK (price >= 0), ADD maker text;"
        "CREATE INDEX things_label ON things (label); CREATE VIEW dear AS SELECT code FROM things WHERE is_active;"
        "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE people (name text);"
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'");
    migrate(f);
    test_run(f->pg, "ALTER TABLE things ALTER price TYPE numeric(12,2), DROP COLUMN maker, DROP CONSTRAINT fair, "
                    "ADD CONSTRAINT fair CHECK (price > 0), ALTER label SET NOT NULL, DISABLE TRIGGER artsync_touch;"
                    "DROP INDEX things_label; DROP VIEW dear; ALTER TYPE mood ADD VALUE 'fine'; DROP TABLE people;"
                    "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 2'");
    assert_string_equal(verify(f, &wrong), "missing view public.dear\n"
                                           "changed function public.f()\n"
                                           "changed type public.mood\n"
                                           "missing table public.people\n"
                                           "changed column public.things.label\n"
                                           "  text -> text NOT NULL\n"
                                           "missing column public.things.maker\n"
                                           "changed column public.things.price\n"
                                           "  numeric(10,2) DEFAULT 0 -> numeric(12,2) DEFAULT 0\n"
                                           "changed constraint public.things.fair\n"
                                           "missing index public.things.things_label\n"
                                           "changed trigger public.things.artsync_touch\n");
    assert_int_equal(wrong, 10);
}

static void additions_of_others_are_listed_but_not_wrong(void **state)
{
    Fixture *f = *state;
    int wrong;
    migrate(f);
    test_run(f->pg, "ALTER TABLE things ADD shelf text, ADD CONSTRAINT unique_shelf UNIQUE (shelf);"
                    "CREATE TABLE customers (id int PRIMARY KEY); CREATE VIEW all_things AS SELECT * FROM things;"
                    "CREATE INDEX by_shelf ON things (shelf) WHERE is_active;"
                    "CREATE TABLE artsync.state_other (record_id text)");
    assert_string_equal(verify(f, &wrong), "addition table artsync.state_other\n"
                                           "addition view public.all_things\n"
                                           "addition table public.customers\n"
                                           "addition column public.things.shelf\n"
                                           "addition constraint public.things.unique_shelf\n"
                                           "addition index public.things.by_shelf\n");
    assert_int_equal(wrong, 0);
}

static void a_database_without_anything_lacks_everything(void **state)
{
    Fixture *f = *state;
    int wrong;
    const char *text = verify(f, &wrong);
    assert_non_null(strstr(text, "missing migration shop/0001_things.sql\n"));
    assert_non_null(strstr(text, "missing table public.things\n"));
    assert_null(strstr(text, "missing column"));
}

/* An extension's type lives in the very schema that has to step aside; and the base's own schema is made by itself. */
static void types_in_public_and_own_schemas_work(void **state)
{
    Fixture *f = *state;
    Err err = {0};
    int wrong, dropped;
    test_run(f->pg, "CREATE DOMAIN public.isbn AS text CHECK (length(VALUE) = 13)");
    put(f, "0001_things.sql", "CREATE TABLE things (code isbn PRIMARY KEY, label text);");
    migrate(f);
    assert_string_equal(verify(f, &wrong), "");
    OK(schema_drop(f->pg, f->base, f->dir, &dropped, &err));
    assert_string_equal(test_value(f->pg, "SELECT to_regtype('public.isbn') IS NOT NULL"), "t");
    char *json = mem_dup(things_json);
    memcpy(strstr(json, "\"public\""), "\"shop\"  ", 8);
    put(f, "base.json", json);
    free(json);
    put(f, "0001_things.sql", "CREATE SCHEMA shop; CREATE TABLE things (code text PRIMARY KEY, label text);");
    load(f);
    migrate(f);
    assert_string_equal(verify(f, &wrong), "");
    OK(schema_drop(f->pg, f->base, f->dir, &dropped, &err));
    assert_string_equal(test_value(f->pg, "SELECT concat(to_regnamespace('shop'), to_regnamespace('artsync'))"), "");
    /* and one that somebody else made */
    test_run(f->pg, "CREATE SCHEMA shop");
    put(f, "0001_things.sql", "CREATE TABLE things (code text PRIMARY KEY, label text);");
    migrate(f);
    assert_string_equal(verify(f, &wrong), "");
    OK(schema_drop(f->pg, f->base, f->dir, &dropped, &err));
    assert_string_equal(test_value(f->pg, "SELECT to_regnamespace('shop')"), "shop");
}

/* Objects in schemas that base.json does not name, beside what others have there. */
static void other_schemas_that_the_files_name(void **state)
{
    Fixture *f = *state;
    Err err = {0};
    int wrong, dropped;
    test_run(f->pg, "CREATE SCHEMA ext; CREATE DOMAIN ext.isbn AS text; CREATE FUNCTION ext.one() RETURNS integer LANGUAGE sql AS "
                    "'SELECT 1'; CREATE SCHEMA crm; CREATE TABLE crm.customers (id integer PRIMARY KEY);"
                    "CREATE SCHEMA expected; CREATE SCHEMA things_of_others; CREATE TABLE things_of_others.x (id integer)");
    put(f, "0001_things.sql",
        "CREATE SCHEMA extra; CREATE TYPE extra.mood AS ENUM ('ok');"
        "CREATE TABLE extra.t0 (id integer PRIMARY KEY DEFAULT ext.one(), mood extra.mood, customer integer REFERENCES crm.customers);"
        "CREATE TABLE expected.t1 (id integer PRIMARY KEY);"
        "CREATE TABLE things (code ext.isbn PRIMARY KEY, label text); -- not those of things_of_others");
    migrate(f);
    assert_string_equal(verify(f, &wrong), "");
    test_run(f->pg, "DROP TABLE expected.t1; ALTER TYPE extra.mood ADD VALUE 'bad'; CREATE TABLE crm.ours (id integer)");
    const char *text = verify(f, &wrong);
    assert_int_equal(wrong, 2);
    assert_non_null(strstr(text, "missing table expected.t1\n"));
    assert_non_null(strstr(text, "type extra.mood\n"));
    assert_null(strstr(text, "crm"));
    OK(schema_drop(f->pg, f->base, f->dir, &dropped, &err));
    assert_string_equal(test_value(f->pg, "SELECT string_agg(nspname, ' ' ORDER BY nspname) FROM pg_namespace WHERE nspname IN "
                                          "('ext', 'crm', 'extra', 'expected', 'things_of_others', 'artsync')"),
                        "crm expected ext things_of_others");
    assert_string_equal(test_value(f->pg, "SELECT concat(to_regclass('crm.customers'), ' ', to_regclass('crm.ours'))"),
                        "crm.customers crm.ours");
}

static void drop_takes_what_the_migrations_made(void **state)
{
    Fixture *f = *state;
    Err err = {0};
    int dropped, applied;
    put(f, "0002_more.sql",
        "CREATE VIEW v AS SELECT * FROM things; CREATE TYPE mood AS ENUM ('ok');"
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'");
    migrate(f);
    test_run(f->pg, "CREATE TABLE customers (id int); CREATE VIEW theirs AS SELECT code FROM things");
    FAILS(schema_drop(f->pg, f->base, f->dir, &dropped, &err), ERR_REFUSED, "view public.theirs depends on table public.things");
    err_clear(&err);
    assert_string_equal(test_value(f->pg, "SELECT to_regclass('v') IS NOT NULL"), "t"); /* all or nothing */
    test_run(f->pg, "DROP VIEW theirs; INSERT INTO things VALUES ('a')");
    OK(schema_reset(f->pg, f->base, f->dir, &applied, &err));
    assert_int_equal(applied, OWN + 2);
    assert_string_equal(test_value(f->pg, "SELECT count(*) FROM things"), "0");
    OK(schema_drop(f->pg, f->base, f->dir, &dropped, &err));
    assert_string_equal(test_value(f->pg, "SELECT string_agg(relname, ' ') FROM pg_class WHERE relnamespace = "
                                          "'public'::regnamespace"),
                        "customers");
    assert_string_equal(test_value(f->pg, "SELECT concat(to_regnamespace('artsync'), to_regtype('mood'), "
                                          "to_regprocedure('f()'))"),
                        "");
}

static void other_bases_keep_their_bookkeeping(void **state)
{
    Fixture *f = *state;
    Err err = {0};
    int dropped, applied;
    Base *art = base_load("art", &err);
    OK(art);
    OK(schema_migrate(f->pg, art, "art", &applied, &err));
    migrate(f);
    test_run(f->pg, "INSERT INTO sync_logs (sync_id, status, base) VALUES ('1', 'completed', 'art'), "
                    "('2', 'completed', 'shop')");
    OK(schema_drop(f->pg, f->base, f->dir, &dropped, &err));
    assert_int_equal(dropped, 2); /* things and its state */
    assert_string_equal(test_value(f->pg, "SELECT string_agg(base, ' ') FROM sync_logs"), "art");
    OK(schema_require(f->pg, art, "art", &err));
    FAILS(schema_require(f->pg, f->base, f->dir, &err), ERR_SCHEMA, "lacks migration 0001_things.sql of shop");
    err_clear(&err);
    base_free(art);
}

static void no_drop_beneath_a_running_sync(void **state)
{
    Fixture *f = *state;
    Err err = {0};
    int dropped;
    bool taken;
    migrate(f);
    Pg *sync = test_open();
    OK(pg_begin(sync, PG_TX_WRITE, &err) && pg_lock_base(sync, "shop", 0, &taken, NULL, &err));
    FAILS(schema_drop(f->pg, f->base, f->dir, &dropped, &err), ERR_BUSY, "artsync/test");
    err_clear(&err);
    pg_close(sync);
}

static void verify_says_what_right_it_lacks(void **state)
{
    Fixture *f = *state;
    Err err = {0};
    int wrong;
    Buf out = {0};
    migrate(f);
    test_run(f->pg, "DROP ROLE IF EXISTS artsync_reader; CREATE ROLE artsync_reader; SET ROLE artsync_reader");
    FAILS(schema_verify(f->pg, f->base, f->dir, collect, &out, &wrong, &err), ERR_PRIVILEGE, "own");
    err_clear(&err);
    test_run(f->pg, "RESET ROLE; DROP ROLE artsync_reader");
    buf_free(&out);
}

static void the_art_base_verifies(void **state)
{
    Fixture *f = *state;
    Err err = {0};
    int applied, wrong, dropped;
    Buf out = {0};
    Base *art = base_load("art", &err);
    OK(art);
    OK(schema_migrate(f->pg, art, "art", &applied, &err));
    OK(schema_verify(f->pg, art, "art", collect, &out, &wrong, &err));
    if (out.len)
        fail_msg("%s", out.data);
    OK(schema_drop(f->pg, art, "art", &dropped, &err));
    assert_string_equal(test_value(f->pg, "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"),
                        "0");
    base_free(art);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_migrated_database_has_no_differences),
        TEST(every_difference_is_named),
        TEST(additions_of_others_are_listed_but_not_wrong),
        TEST(a_database_without_anything_lacks_everything),
        TEST(types_in_public_and_own_schemas_work),
        TEST(other_schemas_that_the_files_name),
        TEST(drop_takes_what_the_migrations_made),
        TEST(other_bases_keep_their_bookkeeping),
        TEST(no_drop_beneath_a_running_sync),
        TEST(verify_says_what_right_it_lacks),
        TEST(the_art_base_verifies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
