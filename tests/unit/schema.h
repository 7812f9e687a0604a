/* schema.h - a base on disk and an empty database, for tests of migrations. */
#ifndef TEST_SCHEMA_H
#define TEST_SCHEMA_H

#include "database.h"

#include <sys/stat.h>
#include <unistd.h>

#include "artsync/schema.h"
#include "case.h"

enum { OWN = 9 }; /* migrations of artsync itself */

typedef struct Fixture {
    char dir[64];
    char path[128]; /* of the file that was put last */
    Base *base;
    Pg *pg;
} Fixture;

static inline void put(Fixture *f, const char *name, const char *text)
{
    snprintf(f->path, sizeof f->path, "%s/%s", f->dir, name);
    FILE *file = fopen(f->path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    fclose(file);
}

static inline void load(Fixture *f)
{
    Err err = {0};
    base_free(f->base);
    f->base = base_load(f->dir, &err);
    OK(f->base);
}

static const char things_json[] =
    "{\"name\": \"shop\", \"schema\": \"public\", \"date_order\": \"mdy\", \"tables\": ["
    "{\"table\": \"things\", \"file\": \"Things.csv\", \"id\": {\"column\": \"code\", \"headers\": [\"Code\"]},"
    " \"columns\": [{\"column\": \"label\", \"headers\": [\"Label\"], \"type\": \"text\"}]}]}";
static const char things_sql[] = "CREATE TABLE things (code varchar(20) PRIMARY KEY, label text);\n";

static inline int set_up(void **state)
{
    Fixture *f = mem_alloc(sizeof *f);
    snprintf(f->dir, sizeof f->dir, "/tmp/artsync-schema-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    put(f, "base.json", things_json);
    put(f, "0001_things.sql", things_sql);
    load(f);
    f->pg = test_open();
    test_run(f->pg, "DROP SCHEMA IF EXISTS artsync, shop CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    *state = f;
    return 0;
}

static inline int tear_down(void **state)
{
    Fixture *f = *state;
    case_tell(state);
    char command[128];
    pg_close(f->pg);
    base_free(f->base);
    snprintf(command, sizeof command, "rm -r %s", f->dir);
    int failed = system(command);
    free(f);
    return failed;
}

static inline int migrate(Fixture *f)
{
    Err err = {0};
    int applied;
    OK(schema_migrate(f->pg, f->base, f->dir, &applied, &err));
    return applied;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
