/* The live catalog as plain data: types as cleaning needs them, keys as the engine needs them. */
#include "database.h"

#include "artsync/base.h"

static const char tables_sql[] =
    "DROP SCHEMA IF EXISTS \"cat test\" CASCADE; CREATE SCHEMA \"cat test\"; SET search_path = \"cat test\";"
    "CREATE TYPE mood AS ENUM ('sad', 'ok');"
    "CREATE DOMAIN moods AS mood[];"
    "CREATE COLLATION no_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);"
    "CREATE DOMAIN code AS text COLLATE no_case; CREATE DOMAIN exact_code AS code COLLATE \"C\";"
    "CREATE DOMAIN price AS numeric(10,2) NOT NULL CHECK (VALUE >= 0);"
    "CREATE DOMAIN low_price AS price DEFAULT 1;"
    "CREATE TABLE parent (id bigint PRIMARY KEY, code varchar(20) UNIQUE);"
    "CREATE TABLE \"Odd 'table'\" ("
    "  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, gone text,"
    "  small smallint NOT NULL DEFAULT 0, big bigint, dec numeric(8,3), any_number numeric,"
    "  real_number real, flag boolean, short varchar(7), fixed char(3), free text, day date,"
    "  moment timestamp, zoned timestamptz, span interval, second timestamp(0), milli timestamptz(3),"
    "  micro timestamp(6), brief interval(2), clock interval hour to minute, hundreds numeric(5,-2), words text[], short_words varchar(5)[], numbers int[],"
    "  raw json, tree jsonb, ident uuid, feeling mood, feelings mood[], mixed moods, loose code, exact exact_code, cost low_price, twice bigint GENERATED ALWAYS AS (big * 2) "
    "STORED,"
    "  parent_id bigint REFERENCES parent, \"quo\"\"te\" text,"
    "  CONSTRAINT late UNIQUE (small, big) DEFERRABLE INITIALLY IMMEDIATE,"
    "  CONSTRAINT positive CHECK (dec > 0 AND big > 0),"
    "  CONSTRAINT plain UNIQUE (small),"
    "  CONSTRAINT own_fk FOREIGN KEY (small) REFERENCES \"Odd 'table'\" (small));"
    "ALTER TABLE \"Odd 'table'\" DROP COLUMN gone;"
    "CREATE UNIQUE INDEX with_payload ON \"Odd 'table'\" (\"quo\"\"te\", free) INCLUDE (day);"
    "CREATE UNIQUE INDEX some_rows ON \"Odd 'table'\" (day) WHERE flag;"
    "CREATE UNIQUE INDEX by_expression ON \"Odd 'table'\" (lower(free));"
    "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
    "CREATE TRIGGER artsync_touch BEFORE UPDATE ON \"Odd 'table'\" FOR EACH ROW EXECUTE FUNCTION touch();"
    "CREATE TRIGGER audit AFTER UPDATE ON parent FOR EACH ROW EXECUTE FUNCTION touch();"
    "CREATE CONSTRAINT TRIGGER later AFTER INSERT ON parent DEFERRABLE FOR EACH ROW EXECUTE FUNCTION touch()";

static const CatalogTable *odd, *parent;
static Arena arena;

static int set_up(void **state)
{
    (void)state;
    static Table tables[] = {{.schema = "cat test", .name = "nowhere"},
                             {.schema = "cat test", .name = "Odd 'table'"},
                             {.schema = "cat test", .name = "parent"}};
    static Base base = {.name = "t", .schema = "cat test", .tables = tables, .n_tables = 3};
    Err err = {0};
    CatalogTable **found;
    Pg *pg = test_open();
    test_run(pg, tables_sql);
    OK(pg_catalog(pg, &base, &arena, &found, &err));
    assert_false(found[0]->exists);
    odd = found[1];
    parent = found[2];
    assert_true(odd->exists && odd->owned && parent->exists);
    pg_close(pg);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(&arena);
    Pg *pg = test_open();
    test_run(pg, "DROP SCHEMA \"cat test\" CASCADE");
    pg_close(pg);
    return 0;
}

static void types_are_what_cleaning_needs(void **state)
{
    (void)state;
    static const struct {
        const char *column;
        PgType type; /* name is not compared here */
        bool not_null, has_default, generated;
    } cases[] = {
        {"id", {PG_INTEGER, 4, 0, 0, 0, NULL, "integer", NULL, 0}, true, true, true},
        {"small", {PG_INTEGER, 2, 0, 0, 0, NULL, "smallint", NULL, 0}, true, true, false},
        {"big", {PG_INTEGER, 8, 0, 0, 0, NULL, "bigint", NULL, 0}, false, false, false},
        {"dec", {PG_NUMERIC, 0, 0, 8, 3, NULL, "numeric", NULL, 0}, false, false, false},
        {"any_number", {PG_NUMERIC, 0, 0, 0, -1, NULL, "numeric", NULL, 0}, false, false, false},
        {"real_number", {PG_FLOAT, 4, 0, 0, 0, NULL, "real", NULL, 0}, false, false, false},
        {"flag", {PG_BOOLEAN, 0, 0, 0, 0, NULL, "boolean", NULL, 0}, false, false, false},
        {"short", {PG_TEXT, 0, 7, 0, 0, NULL, "character varying", NULL, 0}, false, false, false},
        {"fixed", {PG_TEXT, 0, 3, 0, 0, NULL, "bpchar", NULL, 0}, false, false, false},
        {"free", {PG_TEXT, 0, 0, 0, 0, NULL, "text", NULL, 0}, false, false, false},
        {"day", {PG_DATE, 0, 0, 0, 0, NULL, "date", NULL, 0}, false, false, false},
        {"moment", {PG_TIMESTAMP, 0, 0, 0, -1, NULL, "timestamp without time zone", NULL, 0}, false, false, false},
        {"zoned", {PG_TIMESTAMPTZ, 0, 0, 0, -1, NULL, "timestamp with time zone", NULL, 0}, false, false, false},
        {"span", {PG_INTERVAL, 0, 0, 0, -1, NULL, "interval", NULL, 0}, false, false, false},
        {"second", {PG_TIMESTAMP, 0, 0, 0, 0, NULL, "timestamp without time zone", NULL, 0}, false, false, false},
        {"milli", {PG_TIMESTAMPTZ, 0, 0, 0, 3, NULL, "timestamp with time zone", NULL, 0}, false, false, false},
        {"micro", {PG_TIMESTAMP, 0, 0, 0, -1, NULL, "timestamp without time zone", NULL, 0}, false, false, false},
        {"brief", {PG_INTERVAL, 0, 0, 0, 2, NULL, "interval", NULL, 0}, false, false, false},
        {"clock", {PG_OTHER, 0, 0, 0, -1, NULL, "interval", NULL, 0}, false, false, false},
        {"hundreds", {PG_OTHER, 0, 0, 5, -2, NULL, "numeric", NULL, 0}, false, false, false},
        {"words", {PG_TEXT_ARRAY, 0, 0, 0, 0, NULL, "text[]", NULL, 0}, false, false, false},
        {"short_words", {PG_TEXT_ARRAY, 0, 0, 0, 0, NULL, "character varying[]", NULL, 0}, false, false, false},
        {"numbers", {PG_OTHER, 0, 0, 0, 0, NULL, "integer[]", NULL, 0}, false, false, false},
        {"raw", {PG_JSON, 0, 0, 0, 0, NULL, "json", NULL, 0}, false, false, false},
        {"tree", {PG_JSONB, 0, 0, 0, 0, NULL, "jsonb", NULL, 0}, false, false, false},
        {"ident", {PG_UUID, 0, 0, 0, 0, NULL, "uuid", NULL, 0}, false, false, false},
        {"feeling", {PG_ENUM, 0, 0, 0, 0, NULL, "\"cat test\".mood", NULL, 0}, false, false, false},
        {"feelings", {PG_ENUM_ARRAY, 0, 0, 0, 0, NULL, "\"cat test\".mood[]", NULL, 0}, false, false, false},
        {"mixed", {PG_ENUM_ARRAY, 0, 0, 0, 0, NULL, "\"cat test\".mood[]", NULL, 0}, false, false, false},
        {"cost", {PG_NUMERIC, 0, 0, 10, 2, NULL, "numeric", NULL, 0}, true, true, false},
        {"twice", {PG_INTEGER, 8, 0, 0, 0, NULL, "bigint", NULL, 0}, false, true, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int at = catalog_column(odd, cases[i].column);
        if (at < 0)
            fail_msg("no column %s", cases[i].column);
        const CatalogColumn *column = &odd->columns[at];
        const PgType *type = &column->type, *wanted = &cases[i].type;
        if (type->kind != wanted->kind || type->bytes != wanted->bytes || type->length != wanted->length ||
            type->precision != wanted->precision || type->scale != wanted->scale ||
            strcmp(type->base, wanted->base) != 0)
            fail_msg("%s: kind %d bytes %d length %d numeric(%d,%d) %s", column->name, (int)type->kind, type->bytes,
                     type->length, type->precision, type->scale, type->base);
        if (column->not_null != cases[i].not_null || column->has_default != cases[i].has_default ||
            column->generated != cases[i].generated)
            fail_msg("%s: not_null %d default %d generated %d", column->name, column->not_null, column->has_default,
                     column->generated);
    }
    assert_string_equal(odd->columns[catalog_column(odd, "dec")].type.name, "numeric(8,3)");
    assert_string_equal(odd->columns[catalog_column(odd, "cost")].type.name, "\"cat test\".low_price");
    assert_int_equal(catalog_column(odd, "gone"), -1);
    assert_int_equal(odd->columns[catalog_column(odd, "mixed")].type.n_labels, 2);
    assert_string_equal(odd->columns[catalog_column(odd, "loose")].folding, "\"cat test\".no_case");
    assert_null(odd->columns[catalog_column(odd, "exact")].folding);
}

static void keys_say_what_is_unique(void **state)
{
    (void)state;
    assert_int_equal(odd->primary_key, catalog_column(odd, "id"));
    assert_int_equal(odd->n_keys, 6);
    assert_true(odd->keys[0].primary);
    const CatalogKey *by_expression = &odd->keys[1], *late = &odd->keys[2], *some_rows = &odd->keys[4];
    assert_string_equal(by_expression->name, "by_expression");
    assert_int_equal(by_expression->n_columns, 1);
    assert_int_equal(by_expression->columns[0], catalog_column(odd, "free"));
    assert_int_equal(by_expression->n_parts, 1);
    assert_string_equal(by_expression->parts[0], "lower(free)");
    assert_null(by_expression->predicate);
    assert_string_equal(late->name, "late");
    assert_true(late->deferrable);
    assert_null(late->parts);
    assert_int_equal(late->n_columns, 2);
    assert_int_equal(late->columns[1], catalog_column(odd, "big"));
    assert_int_equal(some_rows->n_columns, 2); /* with those of its predicate */
    assert_int_equal(some_rows->n_parts, 1);
    assert_string_equal(some_rows->parts[0], "day");
    assert_string_equal(some_rows->predicate, "flag");
    assert_string_equal(odd->keys[5].name, "with_payload");
    assert_int_equal(odd->keys[5].n_columns, 2);
    assert_int_equal(odd->keys[5].columns[0], catalog_column(odd, "quo\"te"));
    assert_false(odd->keys[5].deferrable);
}

static void constraints_are_seen_from_both_sides(void **state)
{
    (void)state;
    assert_int_equal(odd->n_checks, 1);
    assert_string_equal(odd->checks[0].name, "positive");
    assert_int_equal(odd->checks[0].n_columns, 2);
    assert_int_equal(odd->n_foreign_keys, 2);
    const CatalogForeignKey *to_parent = &odd->foreign_keys[0];
    assert_string_equal(to_parent->table, "parent");
    assert_string_equal(to_parent->schema, "cat test");
    assert_string_equal(to_parent->columns[0], "parent_id");
    assert_string_equal(to_parent->other_columns[0], "id");
    assert_non_null(strstr(to_parent->definition, "FOREIGN KEY (parent_id) REFERENCES \"cat test\".parent(id)"));
    assert_int_equal(parent->n_referenced_by, 1);
    assert_string_equal(parent->referenced_by[0].table, "Odd 'table'");
    assert_string_equal(parent->referenced_by[0].columns[0], "id");
    assert_string_equal(parent->referenced_by[0].other_columns[0], "parent_id");
    assert_int_equal(odd->n_referenced_by, 1);
}

static void what_is_deferrable_and_foreign(void **state)
{
    (void)state;
    assert_int_equal(odd->n_deferrable, 1);
    assert_string_equal(odd->deferrable[0], "late");
    assert_int_equal(parent->n_deferrable, 1);
    assert_string_equal(parent->deferrable[0], "later");
    assert_false(odd->has_foreign_triggers);
    assert_true(parent->has_foreign_triggers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_are_what_cleaning_needs),
        cmocka_unit_test(keys_say_what_is_unique),
        cmocka_unit_test(constraints_are_seen_from_both_sides),
        cmocka_unit_test(what_is_deferrable_and_foreign),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
