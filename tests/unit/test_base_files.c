/* Where a base comes from: inside the binary or a folder, with the same files in the same order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "artsync/base.h"

static char root[64];

static const char *in_root(const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", root, name);
    return path;
}

static void put(const char *name, const char *text)
{
    FILE *file = fopen(in_root(name), "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static int make_root(void **state)
{
    (void)state;
    snprintf(root, sizeof root, "/tmp/artsync-base-XXXXXX");
    if (!mkdtemp(root) || mkdir(in_root("base"), 0700) || mkdir(in_root("base/checks"), 0700) ||
        mkdir(in_root("bare"), 0700) || mkdir(in_root("empty"), 0700) || mkdir(in_root("bad"), 0700))
        return -1;
    put("base/base.json", "{\"name\": \"shop\", \"tables\": [{\"table\": \"t\", \"file\": \"t.csv\","
                          " \"id\": {\"column\": \"rid\", \"headers\": [\"R\"]},"
                          " \"columns\": [{\"column\": \"n\", \"headers\": [\"N\"], \"type\": \"text\"}]}]}");
    put("base/0002_b.sql", "two");
    put("base/0001_a.sql", "one");
    put("base/.0003_c.sql", "hidden");
    put("base/0004_d.sql~", "backup");
    put("base/readme.txt", "text");
    put("base/0003.sql", "no name");
    put("base/00004_e.sql", "five digits");
    put("base/seed.sql", "DROP TABLE t");
    put("base/checks/z.sql", "zed");
    put("base/checks/a.sql", "ay");
    put("bare/base.json", "{}");
    put("bad/base.json", "{\"name\": 1, \"tables\": 2}");
    return 0;
}

static int remove_root(void **state)
{
    (void)state;
    static const char *const files[] = {"base/checks/z.sql",
                                        "base/checks/a.sql",
                                        "base/checks",
                                        "base/base.json",
                                        "base/0001_a.sql",
                                        "base/0002_b.sql",
                                        "base/.0003_c.sql",
                                        "base/0004_d.sql~",
                                        "base/readme.txt",
                                        "base/0003.sql",
                                        "base/00004_e.sql",
                                        "base/seed.sql",
                                        "base",
                                        "bare/base.json",
                                        "bare",
                                        "bad/base.json",
                                        "bad",
                                        "empty",
                                        ""};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (remove(in_root(files[i])) != 0)
            return -1;
    return 0;
}

static bool note(void *ctx, const char *path, const char *text, size_t size, Err *err)
{
    Buf *seen = ctx;
    assert_int_equal(strlen(text), size);
    buf_printf(seen, "%s=%.12s;", path, text);
    if (strcmp(text, "zed") == 0)
        return err_set(err, ERR_GUARD, NULL, "stop");
    return true;
}

static void folders_are_read(void **state)
{
    (void)state;
    Err err = {0};
    Base *base = base_load(in_root("base"), &err);
    assert_non_null(base);
    assert_string_equal(base->name, "shop");
    assert_string_equal(base->origin, in_root("base/base.json"));
    base_free(base);
    Buf seen = {0};
    assert_true(base_files(in_root("base"), "", note, &seen, &err));
    assert_string_equal(seen.data, "0001_a.sql=one;0002_b.sql=two;");
    buf_clear(&seen);
    assert_false(base_files(in_root("base"), "checks/", note, &seen, &err)); /* the callback's verdict is passed on */
    assert_string_equal(seen.data, "checks/a.sql=ay;checks/z.sql=zed;");
    assert_string_equal(err.message, "stop");
    err_clear(&err);
    buf_clear(&seen);
    assert_true(base_files(in_root("bare"), "checks/", note, &seen, &err)); /* no checks: fine */
    assert_int_equal(seen.len, 0);
    assert_true(base_files(in_root("bare"), "", note, &seen, &err));
    assert_int_equal(seen.len, 0);
    assert_false(base_files(in_root("gone"), "", note, &seen, &err));
    assert_int_equal(err.code, ERR_IO);
    err_clear(&err);
    buf_free(&seen);
}

/* Whatever the working folder holds, a plain name is that of a built-in base. */
static void a_folder_needs_a_slash(void **state)
{
    (void)state;
    char before[256];
    Buf seen = {0};
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(root), 0);
    Err err = {0};
    assert_null(base_load("base", &err));
    assert_string_equal(err.message, "no base called \"base\"");
    assert_string_equal(err.hint, "for the folder of that name: --base ./base");
    err_clear(&err);
    Base *base = base_load("./base", &err);
    assert_non_null(base);
    assert_string_equal(base->origin, "./base/base.json");
    base_free(base);

    assert_int_equal(rename("base", "art"), 0);
    base = base_load("art", &err);
    assert_non_null(base);
    assert_string_equal(base->origin, "sql/art/base.json (embedded)");
    base_free(base);
    assert_true(base_files("art", "", note, &seen, &err));
    assert_memory_equal(seen.data, "0001_tables.sql=-- The art b", 28);
    assert_int_equal(rename("art", "base"), 0);
    buf_free(&seen);

    assert_int_equal(chdir("base"), 0);
    base = base_load(".", &err);
    assert_non_null(base);
    base_free(base);
    assert_int_equal(chdir(before), 0);
}

static void files_that_are_not_applied_are_named(void **state)
{
    (void)state;
    Err err = {0};
    Problems unused = {0};
    Buf places = {0};
    assert_true(base_unused_files(in_root("base"), &unused, &err));
    for (int i = 0; i < unused.n; i++)
        buf_printf(&places, "%s;", unused.items[i].location + strlen(in_root("base/")));
    assert_string_equal(places.data, "00004_e.sql;0003.sql;seed.sql;");
    problems_free(&unused);
    assert_true(base_unused_files("art", &unused, &err));
    assert_int_equal(unused.n, 0);
    buf_free(&places);
}

static void the_binary_holds_art(void **state)
{
    (void)state;
    Err err = {0};
    Buf seen = {0};
    assert_true(base_files("art", "", note, &seen, &err));
    assert_memory_equal(seen.data, "0001_tables.sql=-- The art b", 28);
    assert_null(strstr(seen.data, "checks/"));
    assert_null(strstr(seen.data, ".json"));
    buf_clear(&seen);
    assert_true(base_files("art", "checks/", note, &seen, &err));
    assert_memory_equal(seen.data, "checks/active_editions_of_inactive_prints.sql=-- summary: ;", 58);
    buf_clear(&seen);
    assert_true(base_files("ar", "", note, &seen, &err)); /* a name, not a prefix of one */
    assert_int_equal(seen.len, 0);
    buf_free(&seen);
}

static void refuses(const char *name, ErrCode code, const char *message, const char *hint)
{
    Err err = {0};
    assert_null(base_load(name, &err));
    assert_int_equal(err.code, code);
    assert_string_equal(err.message, message);
    assert_non_null(err.hint ? strstr(err.hint, hint) : NULL);
    err_clear(&err);
}

static void what_is_not_there_is_said(void **state)
{
    (void)state;
    char message[512];
    refuses("arts", ERR_CONFIG, "no base called \"arts\"", "did you mean \"art\"?");
    refuses("warehouse", ERR_CONFIG, "no base called \"warehouse\"", "built in: art");
    snprintf(message, sizeof message, "there is no %s", in_root("empty/base.json"));
    refuses(in_root("empty"), ERR_CONFIG, message, "a folder that holds base.json");
    Err err = {0};
    assert_null(base_load(in_root("bad"), &err));
    snprintf(message, sizeof message,
             "%s: name: must be a string, not a number (and 1 more; to see them all: artsync base check)",
             in_root("bad/base.json"));
    assert_string_equal(err.message, message);
    err_clear(&err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folders_are_read),
        cmocka_unit_test(a_folder_needs_a_slash),
        cmocka_unit_test(files_that_are_not_applied_are_named),
        cmocka_unit_test(the_binary_holds_art),
        cmocka_unit_test(what_is_not_there_is_said),
    };
    return cmocka_run_group_tests(tests, make_root, remove_root);
}
