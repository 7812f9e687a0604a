/* The mapping against the catalog: what fits, and every way in which it does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "artsync/base.h"
#include "case.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char *const json =
    "{\"name\": \"b\", \"tables\": ["
    "{\"table\": \"parent\", \"file\": \"p.csv\","
    " \"id\": {\"column\": \"rid\", \"headers\": [\"R\"], \"natural_key\": [\"name\"]},"
    " \"columns\": [{\"column\": \"name\", \"headers\": [\"Name\"], \"type\": \"text\"}]},"
    "{\"table\": \"child\", \"file\": \"c.csv\", \"id\": {\"column\": \"rid\", \"headers\": [\"R\"]}, \"columns\": ["
    " {\"column\": \"parent_id\", \"headers\": [\"P\"], \"type\": \"link\", \"to\": \"parent\"},"
    " {\"column\": \"price\", \"headers\": [\"Price\"], \"type\": \"currency\", \"on_invalid\": \"null\"},"
    " {\"column\": \"size\", \"headers\": [\"Size\"], \"type\": \"choice\", \"choices\": [\"Small\", \"Größer\"]}]}]}";

/* A database that fits, made anew for each test, which then spoils one thing. */
typedef struct World {
    Base *base;
    CatalogColumn parent_columns[3], child_columns[6];
    int parent_key[1], child_key[1], pair[2];
    CatalogKey parent_keys[1], child_keys[2];
    CatalogTable parent, child;
    CatalogTable *catalogs[2];
} World;

#define INTEGER                                                                                                        \
    {                                                                                                                  \
        .kind = PG_INTEGER, .bytes = 4, .name = "integer"                                                              \
    }
#define BIGINT                                                                                                         \
    {                                                                                                                  \
        .kind = PG_INTEGER, .bytes = 8, .name = "bigint"                                                               \
    }
#define TEXT                                                                                                           \
    {                                                                                                                  \
        .kind = PG_TEXT, .name = "text"                                                                                \
    }
#define VARCHAR(n)                                                                                                     \
    {                                                                                                                  \
        .kind = PG_TEXT, .length = n, .name = "character varying(" #n ")"                                              \
    }
#define NUMERIC                                                                                                        \
    {                                                                                                                  \
        .kind = PG_NUMERIC, .precision = 10, .scale = 2, .name = "numeric(10,2)"                                       \
    }

static void make_world(World *w)
{
    *w = (World){
        .parent_columns = {{"id", INTEGER, true, true, false},
                           {"rid", VARCHAR(20), true, true, false},
                           {"name", TEXT, true, false, false}},
        .child_columns = {{"id", INTEGER, true, true, false},
                          {"rid", TEXT, true, false, false},
                          {"parent_id", INTEGER, true, false, false},
                          {"price", NUMERIC, false, false, false},
                          {"size", VARCHAR(6), false, false, false},
                          {"sync_version", INTEGER, true, false, false}},
        .parent_key = {1},
        .child_key = {1},
        .pair = {1, 2},
    };
    w->parent_keys[0] = (CatalogKey){.name = "k", .columns = w->parent_key, .n_columns = 1};
    w->child_keys[0] = (CatalogKey){.name = "k", .columns = w->child_key, .n_columns = 1};
    w->child_keys[1] = (CatalogKey){.name = "pair", .columns = w->pair, .n_columns = 2};
    w->parent = (CatalogTable){.schema = "public",
                               .name = "parent",
                               .exists = true,
                               .columns = w->parent_columns,
                               .n_columns = 3,
                               .primary_key = 0,
                               .keys = w->parent_keys,
                               .n_keys = 1};
    w->child = (CatalogTable){.schema = "public",
                              .name = "child",
                              .exists = true,
                              .columns = w->child_columns,
                              .n_columns = 6,
                              .primary_key = 0,
                              .keys = w->child_keys,
                              .n_keys = 2};
    w->catalogs[0] = &w->parent;
    w->catalogs[1] = &w->child;
    Problems problems = {0};
    w->base = base_parse(json, strlen(json), "base.json", &problems);
    assert_non_null(w->base);
}

static void a_fitting_database_is_bound(void **state)
{
    (void)state;
    World w;
    make_world(&w);
    Problems problems = {0};
    uint64_t before = w.base->tables[1].fingerprint;
    assert_true(base_bind(w.base, w.catalogs, &problems));
    const Table *child = base_table(w.base, "child");
    assert_ptr_equal(child->catalog, &w.child);
    assert_ptr_equal(child->columns[1].catalog, &w.child_columns[3]);
    uint64_t bound = child->fingerprint;
    assert_true(bound != before); /* a column's type decides what cleaning lets pass */
    assert_true(base_bind(w.base, w.catalogs, &problems));
    assert_true(bound == child->fingerprint);
    w.child_columns[3].type.name = "numeric(12,2)";
    assert_true(base_bind(w.base, w.catalogs, &problems));
    assert_true(bound != child->fingerprint);
    base_free(w.base);
}

/* ---- one thing spoiled at a time ---- */

static void no_table(World *w) { w->child.exists = false; }
static void lost_table(World *w)
{
    w->child.exists = false;
    w->child.known = true;
}
static void renamed_table(World *w)
{
    lost_table(w);
    w->child.likely = "public.kid";
}
static void view(World *w)
{
    w->child.exists = false;
    w->child.other_kind = "view";
}
static void partitioned(World *w)
{
    w->child.partition_key = "LIST (size)";
    w->child_keys[0].n_columns = 0;
}
static void folding_id(World *w) { w->child_columns[1].folding = "public.no_case"; }
static void no_parent(World *w) { w->parent.exists = false; }
static void no_id(World *w) { w->child_columns[1].name = "record_id"; }
static void integer_id(World *w) { w->child_columns[1].type = (PgType)INTEGER; }
static void padded_id(World *w)
{
    w->child_columns[1].type = (PgType){.kind = PG_TEXT, .length = 20, .name = "character(20)"};
}
static void short_id(World *w) { w->parent_columns[1].type = (PgType)VARCHAR(17); }
static void nullable_id(World *w) { w->child_columns[1].not_null = false; }
static void generated_id(World *w) { w->child_columns[1].generated = true; }
static void id_in_a_pair(World *w) { w->child_keys[0].n_columns = 0; }
static void deferrable_id(World *w) { w->child_keys[0].deferrable = true; }
static void no_column(World *w) { w->child_columns[3].name = "prices"; }
static void generated_column(World *w) { w->child_columns[3].generated = true; }
static void wrong_type(World *w) { w->child_columns[3].type = (PgType){.kind = PG_BOOLEAN, .name = "boolean"}; }
static void not_null(World *w) { w->child_columns[3].not_null = true; }
static void short_choice(World *w) { w->child_columns[4].type = (PgType)VARCHAR(5); }
static void no_key(World *w) { w->parent.primary_key = -1; }
static void text_key(World *w) { w->parent_columns[0].type = (PgType)TEXT; }
static void wide_key(World *w) { w->parent_columns[0].type = (PgType)BIGINT; }
static void forgotten(World *w) { w->child_columns[0].has_default = false; }

static const struct {
    void (*spoil)(World *w);
    const char *place, *message, *hint;
} cases[] = {
    {no_table, "base.json: table child", "the database has no table public.child", "run: artsync db migrate"},
    {no_parent, "base.json: table parent", "the database has no table public.parent", "run: artsync db migrate"},
    {lost_table, "base.json: table child", "the table public.child no longer exists: it was renamed or dropped",
     "give the table's new name in base.json, or rename it back; if it was dropped, restore it from a backup or take it out "
     "of base.json"},
    {renamed_table, "base.json: table child", "the table public.child no longer exists: it was renamed or dropped",
     "artsync was set up for a table that base.json does not name: public.kid; if it is the same one, give its new name in "
     "base.json, or rename it back"},
    {view, "base.json: table child", "public.child is a view; a sync writes to tables only",
     "map the table that holds the rows"},
    {partitioned, "base.json: table child: column rid",
     "the id column is not unique alone: the table is partitioned by LIST (size), and PostgreSQL wants the partition key in "
     "every unique key",
     "partition the table by the id (PARTITION BY HASH (rid)) with a UNIQUE constraint on that column, or map a table that is "
     "not partitioned"},
    {folding_id, "base.json: table child: column rid",
     "its collation public.no_case treats different record ids as equal",
     "give it COLLATE \"C\", or another deterministic collation"},
    {no_id, "base.json: table child: column rid", "public.child has no such column", "did you mean \"id\"?"},
    {integer_id, "base.json: table child: column rid", "a record id is text, the column is integer",
     "make it text or varchar"},
    {padded_id, "base.json: table child: column rid", "a record id is text, the column is character(20)",
     "make it text or varchar"},
    {short_id, "base.json: table parent: column rid",
     "is too short for the ids made from a natural key (20 characters)", NULL},
    {nullable_id, "base.json: table child: column rid", "the id column may be NULL", "declare it NOT NULL UNIQUE"},
    {generated_id, "base.json: table child: column rid", "the database generates it, so that no id can be written",
     NULL},
    {id_in_a_pair, "base.json: table child: column rid", "the id column is not unique",
     "add a UNIQUE constraint on this column alone"},
    {deferrable_id, "base.json: table child: column rid", "the unique key of the id column is deferrable",
     "declare it NOT DEFERRABLE"},
    {no_column, "base.json: table child: column price", "public.child has no such column", "did you mean \"prices\"?"},
    {generated_column, "base.json: table child: column price",
     "the database generates this column; it cannot be written", NULL},
    {wrong_type, "base.json: table child: column price",
     "a column of type boolean cannot hold a field of type currency",
     "give the field the type boolean, with \"aliases\" for words of your own, or the type choice"},
    {not_null, "base.json: table child: column price", "\"on_invalid\": \"null\" is impossible, the column is NOT NULL",
     "leave out \"on_invalid\" or drop NOT NULL"},
    {short_choice, "base.json: table child: column size", "the choice \"Größer\" is too long for character varying(5)",
     NULL},
    {no_key, "base.json: table child: column parent_id", "public.parent has no primary key of a single column",
     "a link holds the linked row's primary key"},
    {text_key, "base.json: table child: column parent_id",
     "the column is integer, but the primary key of parent is text", NULL},
    {wide_key, "base.json: table child: column parent_id",
     "the column is integer, but the primary key of parent is bigint", NULL},
    {forgotten, "base.json: table child: column id", "is NOT NULL without a default, and base.json does not map it",
     "map it or give it a default"},
};

static void each_misfit_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        CASE("%s: %s", cases[i].place, cases[i].message);
        World w;
        make_world(&w);
        cases[i].spoil(&w);
        Problems problems = {0};
        assert_false(base_bind(w.base, w.catalogs, &problems));
        assert_string_equal(problems.items[0].location, cases[i].place);
        assert_string_equal(problems.items[0].message, cases[i].message);
        if (cases[i].hint)
            assert_string_equal(problems.items[0].hint, cases[i].hint);
        else
            assert_null(problems.items[0].hint);
        /* a NOT NULL column that the mapping calls otherwise is forgotten, too */
        assert_int_equal(problems.n, cases[i].spoil == no_id ? 2 : 1);
        problems_free(&problems);
        base_free(w.base);
    }
}

/* A sync can do without the label: it rejects the records that have this choice. */
static void a_choice_that_an_enum_lacks_is_named_by_base_check(void **state)
{
    (void)state;
    static const char *labels[] = {"Large", "Small"};
    World w;
    make_world(&w);
    w.child_columns[4].type = (PgType){.kind = PG_ENUM, .name = "size", .base = "size", .labels = labels, .n_labels = 2};
    Problems problems = {0};
    assert_true(base_bind(w.base, w.catalogs, &problems));
    base_check_labels(w.base, &problems);
    assert_int_equal(problems.n, 1);
    assert_string_equal(problems.items[0].message, "the choice \"Größer\" is not a label of the enum size");
    assert_string_equal(problems.items[0].hint, "the labels of size: \"Large\", \"Small\"");
    problems_free(&problems);
    base_free(w.base);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fitting_database_is_bound),
        cmocka_unit_test(each_misfit_is_named),
        cmocka_unit_test(a_choice_that_an_enum_lacks_is_named_by_base_check),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
