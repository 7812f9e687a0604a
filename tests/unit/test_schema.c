/* Migrations against a real server: a fresh database, a second run, edited files, older tables, missing rights. */
#include "schema.h"
#include "case.h"

static void a_fresh_database_takes_one_call(void **state)
{
    Fixture *f = *state;
    Err err = {0};
    FAILS(schema_require(f->pg, f->base, f->dir, &err), ERR_SCHEMA, "no artsync schema yet");
    assert_non_null(strstr(err.hint, "artsync db migrate"));
    err_clear(&err);
    assert_int_equal(migrate(f), OWN + 1);
    OK(schema_require(f->pg, f->base, f->dir, &err));
    assert_string_equal(
        test_value(f->pg, "SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod) || "
                          "CASE WHEN attnotnull THEN ' not null' ELSE '' END, ', ' ORDER BY attnum) "
                          "FROM pg_attribute WHERE attrelid = 'public.things'::regclass AND attnum > 0"),
        "code character varying(20) not null, label text, last_synced_at timestamp with time zone, "
        "sync_version integer, is_active boolean not null, created_at timestamp with time zone not null, "
        "updated_at timestamp with time zone not null");
    assert_string_equal(test_value(f->pg, "SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute "
                                          "WHERE attrelid = 'artsync.state_things'::regclass AND attnum > 0"),
                        "record_id raw cols layout first_log created deactivated");
    /* every column that artsync makes explains itself */
    assert_string_equal(
        test_value(f->pg,
                   "SELECT count(*) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
                   "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind = 'r' "
                   "AND (n.nspname = 'artsync' OR a.attname = 'is_active') AND col_description(c.oid, attnum) IS NULL"),
        "0");
}

static const char last_change[] =
    "SELECT coalesce(max(xmin::text::bigint), 0) || ' ' || count(*) FROM (SELECT xmin FROM pg_class UNION ALL "
    "SELECT xmin FROM pg_attribute UNION ALL SELECT xmin FROM pg_trigger UNION ALL SELECT xmin FROM pg_description "
    "UNION ALL SELECT xmin FROM artsync.migrations) AS all_rows";

static void a_second_run_writes_nothing(void **state)
{
    Fixture *f = *state;
    migrate(f);
    char before[128];
    snprintf(before, sizeof before, "%.127s", test_value(f->pg, last_change));
    assert_int_equal(migrate(f), 0);
    assert_string_equal(test_value(f->pg, last_change), before);
}

static void updated_at_is_stamped_unless_it_is_set(void **state)
{
    Fixture *f = *state;
    migrate(f);
    test_run(f->pg, "INSERT INTO things (code, updated_at) VALUES ('a', '2020-01-01'), ('b', '2020-01-01');"
                    "UPDATE things SET label = 'x' WHERE code = 'a';"
                    "UPDATE things SET label = 'x', updated_at = '2021-01-01' WHERE code = 'b'");
    assert_string_equal(test_value(f->pg, "SELECT string_agg(CASE WHEN updated_at > '2022-01-01' THEN 'now' ELSE "
                                          "updated_at::date::text END, ' ' ORDER BY code) FROM things"),
                        "now 2021-01-01");
}

static void applied_files_may_not_change(void **state)
{
    Fixture *f = *state;
    Err err = {0};
    int applied;
    Migrations list;
    migrate(f);
    put(f, "0001_things.sql", "CREATE TABLE things (code text PRIMARY KEY);");
    FAILS(schema_migrate(f->pg, f->base, f->dir, &applied, &err), ERR_SCHEMA, "0001_things.sql of shop was edited");
    FAILS(schema_require(f->pg, f->base, f->dir, &err), ERR_SCHEMA, "edited");
    put(f, "0001_things.sql", things_sql);
    put(f, "0003_more.sql", "ALTER TABLE things ADD more text;");
    FAILS(schema_require(f->pg, f->base, f->dir, &err), ERR_SCHEMA, "lacks migration 0003_more.sql of shop");
    assert_int_equal(migrate(f), 1);
    put(f, "0002_late.sql", "SELECT 1;");
    FAILS(schema_migrate(f->pg, f->base, f->dir, &applied, &err), ERR_SCHEMA, "sorts before");
    unlink(f->path);
    snprintf(f->path, sizeof f->path, "%s/0003_more.sql", f->dir);
    unlink(f->path);
    FAILS(schema_migrate(f->pg, f->base, f->dir, &applied, &err), ERR_SCHEMA,
          "0003_more.sql of shop was applied but its file is missing");
    err_clear(&err);
    OK(schema_status(f->pg, f->base, f->dir, &list, &err));
    assert_int_equal(list.n, OWN + 2);
    assert_string_equal(list.items[0].source, "artsync");
    assert_int_equal(list.items[OWN].state, MIGRATION_APPLIED);
    assert_int_equal(list.items[OWN + 1].state, MIGRATION_GONE);
    migrations_free(&list);
}

static void a_failing_file_leaves_nothing(void **state)
{
    Fixture *f = *state;
    Err err = {0};
    int applied;
    Migrations list;
    put(f, "0002_bad.sql", "CREATE TABLE fine (a int);\n\nCREATE TABLE bad (a nosuchtype);\n");
    FAILS(schema_migrate(f->pg, f->base, f->dir, &applied, &err), ERR_DATABASE,
          "0002_bad.sql: line 3: type \"nosuchtype\"");
    err_clear(&err);
    assert_string_equal(test_value(f->pg, "SELECT concat(to_regclass('public.things'), to_regnamespace('artsync'))"),
                        "");
    OK(schema_status(f->pg, f->base, f->dir, &list, &err));
    for (int i = 0; i < list.n; i++)
        assert_int_equal(list.items[i].state, MIGRATION_PENDING);
    migrations_free(&list);
}

static void a_file_may_not_commit(void **state)
{
    Fixture *f = *state;
    Err err = {0};
    int applied;
    put(f, "0002_bad.sql", "CREATE TABLE fine (a int); ROLLBACK;");
    FAILS(schema_migrate(f->pg, f->base, f->dir, &applied, &err), ERR_DATABASE, "ended the transaction");
    err_clear(&err);
}

static void tables_of_an_older_tool_are_adopted_on_request(void **state)
{
    Fixture *f = *state;
    Err err = {0};
    int applied;
    test_run(f->pg, "CREATE TABLE things (code varchar(20) PRIMARY KEY, label text, is_active boolean);"
                    "INSERT INTO things VALUES ('a', 'old', true)");
    FAILS(schema_migrate(f->pg, f->base, f->dir, &applied, &err), ERR_SCHEMA, "\"things\" already exists");
    assert_non_null(strstr(err.hint, "--adopt"));
    err_clear(&err);
    OK(schema_adopt(f->pg, f->base, f->dir, &applied, &err));
    assert_int_equal(applied, OWN + 1);
    OK(schema_require(f->pg, f->base, f->dir, &err));
    assert_string_equal(test_value(f->pg, "SELECT concat_ws('|', label, is_active, sync_version) FROM things"),
                        "old|t|1");
    assert_string_equal(test_value(f->pg, "SELECT adopted FROM artsync.migrations WHERE source = 'shop'"), "t");
}

static void a_missing_schema_is_said(void **state)
{
    Fixture *f = *state;
    Err err = {0};
    int applied;
    char *json = mem_dup(things_json);
    memcpy(strstr(json, "\"public\""), "\"shop\"  ", 8);
    put(f, "base.json", json);
    free(json);
    load(f);
    FAILS(schema_migrate(f->pg, f->base, f->dir, &applied, &err), ERR_SCHEMA, "0001_things.sql");
    assert_non_null(strstr(err.hint, "CREATE SCHEMA"));
    err_clear(&err);
}

static void metadata_of_the_wrong_type_is_named(void **state)
{
    Fixture *f = *state;
    Err err = {0};
    int applied;
    put(f, "0001_things.sql", "CREATE TABLE things (code text PRIMARY KEY, updated_at date)");
    FAILS(schema_migrate(f->pg, f->base, f->dir, &applied, &err), ERR_SCHEMA,
          "column updated_at of public.things is date");
    err_clear(&err);
}

static void a_newly_mapped_table_gets_its_metadata(void **state)
{
    Fixture *f = *state;
    Err err = {0};
    put(f, "0002_people.sql", "CREATE TABLE people (code text PRIMARY KEY);");
    migrate(f);
    assert_string_equal(test_value(f->pg, "SELECT to_regclass('artsync.state_people') IS NULL"), "t");
    Buf json = {0};
    buf_str(&json, things_json);
    json.len -= 2; /* ]} */
    buf_str(&json, ", {\"table\": \"people\", \"file\": \"People.csv\", \"id\": {\"column\": \"code\", \"headers\": "
                   "[\"Code\"]}, \"columns\": [{\"column\": \"code2\", \"headers\": [\"C\"], \"type\": \"text\"}]}]}");
    put(f, "base.json", json.data);
    buf_free(&json);
    load(f);
    FAILS(schema_require(f->pg, f->base, f->dir, &err), ERR_SCHEMA, "artsync.state_people is missing");
    err_clear(&err);
    assert_int_equal(migrate(f), 0);
    OK(schema_require(f->pg, f->base, f->dir, &err));
    assert_string_equal(test_value(f->pg, "SELECT count(*) FROM pg_attribute WHERE attrelid = 'people'::regclass AND "
                                          "attname IN ('last_synced_at', 'is_active', 'updated_at')"),
                        "3");
}

static void missing_rights_are_named(void **state)
{
    Fixture *f = *state;
    Err err = {0};
    int applied;
    test_run(f->pg, "DROP ROLE IF EXISTS artsync_reader; CREATE ROLE artsync_reader; SET ROLE artsync_reader");
    FAILS(schema_migrate(f->pg, f->base, f->dir, &applied, &err), ERR_PRIVILEGE, "permission denied");
    assert_non_null(err.hint);
    test_run(f->pg, "RESET ROLE");
    migrate(f);
    test_run(f->pg, "SET ROLE artsync_reader");
    FAILS(schema_require(f->pg, f->base, f->dir, &err), ERR_PRIVILEGE, "permission denied for schema artsync");
    err_clear(&err);
    test_run(f->pg, "RESET ROLE; DROP ROLE artsync_reader");
}

static void the_art_base_migrates(void **state)
{
    Fixture *f = *state;
    Err err = {0};
    int applied;
    Base *art = base_load("art", &err);
    OK(art);
    OK(schema_migrate(f->pg, art, "art", &applied, &err));
    Arena arena = {0};
    CatalogTable **tables;
    OK(pg_catalog(f->pg, art, &arena, &tables, &err));
    for (int i = 0; i < art->n_tables; i++) {
        CASE("%s", art->tables[i].name);
        assert_true(tables[i]->exists);
        assert_true(tables[i]->owned);
        assert_false(tables[i]->has_foreign_triggers);
    }
    const CatalogTable *editions = tables[base_table(art, "editions")->index];
    assert_string_equal(editions->columns[editions->primary_key].name, "id");
    const PgType *price = &editions->columns[catalog_column(editions, "retail_price")].type;
    assert_int_equal(price->kind, PG_NUMERIC);
    assert_int_equal(price->precision, 10);
    assert_int_equal(price->scale, 2);
    assert_int_equal(editions->n_foreign_keys, 2);
    assert_int_equal(tables[base_table(art, "prints")->index]->n_referenced_by, 1);
    arena_free(&arena);
    base_free(art);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_fresh_database_takes_one_call),
        TEST(a_second_run_writes_nothing),
        TEST(updated_at_is_stamped_unless_it_is_set),
        TEST(applied_files_may_not_change),
        TEST(a_failing_file_leaves_nothing),
        TEST(a_file_may_not_commit),
        TEST(tables_of_an_older_tool_are_adopted_on_request),
        TEST(a_missing_schema_is_said),
        TEST(metadata_of_the_wrong_type_is_named),
        TEST(a_newly_mapped_table_gets_its_metadata),
        TEST(missing_rights_are_named),
        TEST(the_art_base_migrates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
