/* The command line: what is parsed, what is refused with which hint, where settings come from; and that rows, man page,
 * README and .env.example say the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "artsync/cli.h"
#include "artsync/file.h"
#include "case.h"

static Arguments args;
static Err err;

static bool parse(const char *line)
{
    static char words[500];
    char *argv[50] = {"artsync"}, *rest = NULL;
    int argc = 1;
    arguments_free(&args);
    err_clear(&err);
    snprintf(words, sizeof words, "%s", line);
    for (char *w = strtok_r(words, " ", &rest); w; w = strtok_r(NULL, " ", &rest))
        argv[argc++] = strcmp(w, "EMPTY") == 0 ? "" : w;
    return arguments_parse(commands, argc, argv, &args, &err);
}

static const OptionValue *value(const char *name)
{
    for (int i = 0; i < args.n_options; i++)
        if (args.options[i].option->name && strcmp(args.options[i].option->name, name) == 0)
            return &args.options[i];
    fail_msg("no option %s", name);
    return NULL;
}

static void parses(const char *line, const char *command)
{
    if (!parse(line))
        fail_msg("%s: %s", line, err.message);
    assert_non_null(args.command);
    assert_string_equal(args.command->name, command);
}

static void refuses(const char *line, const char *says, const char *hint)
{
    if (parse(line) && arguments_resolve(&args, NULL, &err))
        fail_msg("accepted: %s", line);
    assert_int_equal(err.code, ERR_USAGE);
    if (!strstr(err.message, says))
        fail_msg("%s: says %s", line, err.message);
    if (hint && (!err.hint || !strstr(err.hint, hint)))
        fail_msg("%s: hints %s", line, err.hint ? err.hint : "nothing");
}

/* ---- parsing ---- */

static void test_values(void **state)
{
    (void)state;
    parses("sync --mode full", "sync");
    assert_string_equal(value("mode")->text, "full");
    parses("sync --mode=merge", "sync");
    assert_string_equal(value("mode")->text, "merge");
    parses("sync --mode=merge --mode full", "sync");
    assert_string_equal(value("mode")->text, "full");
    parses("sync --export-dir=a=b", "sync");
    assert_string_equal(value("export-dir")->text, "a=b");
    parses("sync", "sync");
    assert_null(value("mode")->text);
    assert_null(value("strict")->text);
    parses("sync --strict", "sync");
    assert_non_null(value("strict")->text);
    parses("diff -n 5", "diff");
    assert_string_equal(value("limit")->text, "5");
    parses("diff -n5", "diff");
    assert_string_equal(value("limit")->text, "5");
}

static void test_lists(void **state)
{
    (void)state;
    parses("sync --table a --file t=x --table b --table c", "sync");
    assert_int_equal(value("table")->list.n, 3);
    assert_string_equal(value("table")->list.items[0], "a");
    assert_string_equal(value("table")->list.items[2], "c");
    assert_int_equal(value("file")->list.n, 1);
}

static void test_global_options_stand_anywhere(void **state)
{
    (void)state;
    static const char *const lines[] = {"-qv --base b -dx sync", "sync -q -v --base=b -d x", "-q sync --base b -vdx",
                                        "--quiet --verbose --database x sync --base b"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        CASE("%s", lines[i]);
        parses(lines[i], "sync");
        assert_non_null(value("quiet")->text);
        assert_non_null(value("verbose")->text);
        assert_string_equal(value("base")->text, "b");
        assert_string_equal(value("database")->text, "x");
        assert_null(value("json")->text);
    }
}

static void test_words(void **state)
{
    (void)state;
    parses("rollback abc", "rollback");
    assert_int_equal(args.positional.n, 1);
    assert_string_equal(args.positional.items[0], "abc");
    parses("rollback -- --odd", "rollback");
    assert_string_equal(args.positional.items[0], "--odd");
    parses("db migrate", "db migrate");
    assert_int_equal(args.positional.n, 0);
    parses("--json db status --exit-code", "db status");
    assert_non_null(value("exit-code")->text);
    assert_true(parse("--version"));
    assert_true(args.version);
    assert_true(parse("db -h"));
    assert_true(args.help);
    parses("rollback -h", "rollback"); /* help comes before what is missing */
    assert_true(args.help);
}

static void test_refusals(void **state)
{
    (void)state;
    refuses("sync --dry-rnu", "--dry-rnu", "did you mean --dry-run?");
    refuses("sync --dry", "--dry", "did you mean --dry-run?");
    refuses("sync --zzzzzzzz", "--zzzzzzzz", "artsync help sync");
    refuses("sync --dry-run=1", "takes no value", NULL);
    refuses("sync --mode", "--mode needs a value", NULL);
    refuses("--mode full sync", "--mode", "after the command: artsync sync --mode");
    refuses("sync -x", "-x", NULL);
    refuses("sync -qx", "-x", NULL);
    refuses("snyc", "snyc", "did you mean sync?");
    refuses("zzzzzzzz", "zzzzzzzz", "see artsync help");
    refuses("db", "db", "artsync help db");
    refuses("db migrat", "db migrat", "did you mean db migrate?");
    refuses("sync extra", "extra", "no arguments");
    refuses("rollback", "SYNC_ID", NULL);
    refuses("rollback a b", "b", NULL);
    refuses("sync --mode ful", "ful", "did you mean full? it is one of incremental, merge, full");
    refuses("bas check", "bas", "did you mean base check?");
    refuses("re", "re", "did you mean rejects, report or restore?");
    refuses("sync --mode EMPTY", "--mode", NULL);
    refuses("sync --mode merge|full", "merge|full", NULL);
    refuses("sync --max-rejects ten", "ten", "10%");
    refuses("sync --max-rejects 101%", "101%", NULL);
    refuses("sync --wait -1", "-1", NULL);
    refuses("sync --wait 1e3", "1e3", NULL);
    refuses("sync --wait 99999999999999999999", "9999", NULL);
    refuses("sync --export-dir EMPTY", "--export-dir is empty", NULL);
    refuses("sync --table EMPTY", "--table is empty", NULL);
}

static void test_json_is_seen_on_a_broken_line(void **state)
{
    (void)state;
    char *const with[] = {"artsync", "snyc", "--nonsense", "--json"}, *const without[] = {"artsync", "--", "--json"};
    assert_true(arguments_want_json(4, with));
    assert_false(arguments_want_json(3, without));
}

/* ---- where a setting comes from ---- */

static const char *mode_from(const char *line, const char *environment, const char *file)
{
    EnvFile env = {0};
    Err trouble = {0};
    if (environment)
        setenv("ARTSYNC_MODE", environment, 1);
    else
        unsetenv("ARTSYNC_MODE");
    assert_true(env_parse(str_of(file), ".env", &env, &trouble));
    assert_true(parse(line));
    assert_true(arguments_resolve(&args, &env, &err));
    static char mode[50];
    snprintf(mode, sizeof mode, "%s", value("mode")->text);
    unsetenv("ARTSYNC_MODE");
    env_free(&env);
    return mode;
}

static void test_option_beats_environment_beats_file_beats_default(void **state)
{
    (void)state;
    assert_string_equal(mode_from("sync", NULL, ""), "incremental");
    assert_string_equal(mode_from("sync", NULL, "ARTSYNC_MODE=merge"), "merge");
    assert_string_equal(mode_from("sync", "full", "ARTSYNC_MODE=merge"), "full");
    assert_string_equal(mode_from("sync --mode incremental", "full", "ARTSYNC_MODE=merge"), "incremental");
    assert_string_equal(mode_from("sync", "", "ARTSYNC_MODE=merge"), "merge"); /* set to nothing: not set */
    assert_string_equal(mode_from("sync", NULL, "ARTSYNC_MODE="), "incremental");
}

static void test_a_bad_setting_names_its_place(void **state)
{
    (void)state;
    EnvFile env = {0};
    Err trouble = {0};
    assert_true(env_parse(STR("\n\nARTSYNC_MODE=all"), "my.env", &env, &trouble));
    assert_true(parse("sync"));
    assert_false(arguments_resolve(&args, &env, &err));
    assert_non_null(strstr(err.message, "my.env, line 3"));
    err_clear(&err);
    setenv("ARTSYNC_MAX_REJECTS", "many", 1);
    assert_true(parse("sync --mode full"));
    assert_false(arguments_resolve(&args, &env, &err));
    assert_non_null(strstr(err.message, "ARTSYNC_MAX_REJECTS"));
    unsetenv("ARTSYNC_MAX_REJECTS");
    env_free(&env);
}

static void test_nearest_name(void **state)
{
    (void)state;
    const char *names[] = {"prints", "distributors", "editions"};
    const StringList all = {names, 3};
    Arena arena = {0};
    assert_string_equal(did_you_mean("print", &all, &arena), "did you mean prints?");
    assert_string_equal(did_you_mean("distributer", &all, &arena), "did you mean distributors?");
    assert_null(did_you_mean("customers", &all, &arena));
    assert_null(did_you_mean("x", &all, &arena));
    arena_free(&arena);
}

/* ---- rows that a reader can rely on ---- */

static bool is_end(const Option *option) { return !option->name && !option->key; }

static void check_text(const char *where, const char *text)
{
    size_t n = strlen(text);
    if (n == 0 || text[n - 1] == '.' || (text[0] >= 'A' && text[0] <= 'Z' && !(text[1] >= 'A' && text[1] <= 'Z')))
        fail_msg("%s: \"%s\" has to begin small and end without a full stop", where, text);
}

static void test_rows(void **state)
{
    (void)state;
    for (const Command *const *c = commands; *c; c++) {
        check_text((*c)->name, (*c)->summary);
        assert_ptr_equal(command_find(commands, (*c)->name), *c);
        for (const Option *o = (*c)->options; o && !is_end(o); o++) {
            check_text((*c)->name, o->help);
            assert_true((o->kind == OPTION_FLAG) == (o->value == NULL));
            for (const Option *g = global_options; !is_end(g); g++)
                if ((g->name && strcmp(g->name, o->name) == 0) || (g->letter && g->letter == o->letter))
                    fail_msg("%s: --%s is a global option", (*c)->name, o->name);
            for (const Option *other = (*c)->options; other != o; other++)
                if (strcmp(other->name, o->name) == 0 || (o->letter && other->letter == o->letter))
                    fail_msg("%s: --%s is there twice", (*c)->name, o->name);
        }
    }
}

static void test_every_exit_status_is_explained(void **state)
{
    (void)state;
    for (int code = 0; code < ERR_COUNT; code++) {
        bool found = false;
        for (int i = 0; i < exit_row_count; i++)
            found = found || exit_rows[i].status == err_status((ErrCode)code);
        if (!found)
            fail_msg("%s has a status that no row explains", err_name((ErrCode)code));
    }
}

/* ---- drift ---- */

/* The man page as text: without fonts and escapes, and its lines joined within a paragraph. */
static char *man_page(void)
{
    Buf raw = {0}, text = {0};
    Err trouble = {0};
    assert_true(file_read("docs/artsync.1", 1000000, &raw, &trouble));
    for (const char *p = raw.data; *p; p++) {
        if (p[0] == '\\' && p[1] == 'f') {
            p += 2;
        } else if (p[0] == '\\') {
            buf_char(&text, p[1] == 'e' ? '\\' : p[1]);
            p++;
        } else {
            buf_char(&text, *p);
        }
    }
    buf_free(&raw);
    return text.data;
}

static char *whole_file(const char *path)
{
    Buf text = {0};
    Err trouble = {0};
    if (!file_read(path, 1000000, &text, &trouble))
        fail_msg("%s", trouble.message);
    return text.data;
}

/* A copy of what is between `heading` and the next line that begins with .S */
static char *section(const char *page, const char *heading)
{
    const char *start = strstr(page, heading);
    if (!start)
        fail_msg("docs/artsync.1 has no section \"%s\"", heading);
    const char *stop = strstr(start + 1, "\n.S");
    char *copy = mem_dup(start);
    if (stop)
        copy[stop - start + 1] = '\0';
    return copy;
}

static void expect_option(const char *text, const char *where, const Option *option)
{
    Buf want = {0};
    buf_str(&want, ".TP\n");
    if (option->letter)
        buf_printf(&want, "-%c, ", option->letter);
    if (option->name)
        buf_printf(&want, "--%s%s%s\n", option->name, option->value ? " " : "", option->value ? option->value : "");
    else
        buf_printf(&want, "%s=%s\n", option->key, option->value);
    option_help(option, &want);
    if (!strstr(text, want.data))
        fail_msg("docs/artsync.1, %s, has to say:\n%s", where, want.data);
    buf_free(&want);
}

static void test_man_page_says_what_the_rows_say(void **state)
{
    (void)state;
    char *page = man_page();
    for (const Command *const *c = commands; *c; c++) {
        Buf heading = {0};
        buf_printf(&heading, "\n.SS %s%s%s\n%s", (*c)->name, (*c)->arguments ? " " : "",
                   (*c)->arguments ? (*c)->arguments : "", (*c)->summary);
        char *text = section(page, heading.data);
        int n = 0;
        for (const Option *o = (*c)->options; o && !is_end(o); o++, n++)
            expect_option(text, (*c)->name, o);
        for (const char *p = text; (p = strstr(p, "\n.TP\n")); p++)
            n--;
        if (n != 0)
            fail_msg("docs/artsync.1, %s, has options that the command has not", (*c)->name);
        free(text);
        buf_free(&heading);
    }
    char *options = section(page, "\n.SH GLOBAL OPTIONS");
    for (const Option *o = global_options; !is_end(o); o++)
        if (o->name)
            expect_option(options, "GLOBAL OPTIONS", o);
    free(options);
    char *environment = section(page, "\n.SH ENVIRONMENT");
    for (const char *const *key = option_keys(commands); *key; key++)
        if (!strstr(environment, *key))
            fail_msg("docs/artsync.1, ENVIRONMENT, has no %s", *key);
    free(environment);
    char *statuses = section(page, "\n.SH EXIT STATUS");
    for (int i = 0; i < exit_row_count; i++) {
        Buf want = {0};
        buf_printf(&want, ".TP\n%d\n%s", (int)exit_rows[i].status, exit_rows[i].meaning);
        if (!strstr(statuses, want.data))
            fail_msg("docs/artsync.1, EXIT STATUS, has to say:\n%s", want.data);
        buf_free(&want);
    }
    free(statuses);
    free(page);
}

static void test_readme_and_example_name_everything(void **state)
{
    (void)state;
    char *readme = whole_file("README.md"), *example = whole_file(".env.example");
    for (const char *const *key = option_keys(commands); *key; key++) {
        if (!strstr(readme, *key))
            fail_msg("README.md does not name %s", *key);
        if (!strstr(example, *key))
            fail_msg(".env.example does not name %s", *key);
    }
    for (const Command *const *c = commands; *c; c++) {
        Buf want = {0};
        buf_printf(&want, "`%s", (*c)->name);
        if (!strstr(readme, want.data))
            fail_msg("README.md does not name the command %s", (*c)->name);
        buf_free(&want);
    }
    for (int i = 0; i < exit_row_count; i++) {
        Buf want = {0};
        buf_printf(&want, "| %d | %s |", (int)exit_rows[i].status, exit_rows[i].meaning);
        if (!strstr(readme, want.data))
            fail_msg("README.md has to say:\n%s", want.data);
        buf_free(&want);
    }
    free(readme);
    free(example);
}

static int end(void **state)
{
    (void)state;
    arguments_free(&args);
    err_clear(&err);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_global_options_stand_anywhere),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_json_is_seen_on_a_broken_line),
        cmocka_unit_test(test_option_beats_environment_beats_file_beats_default),
        cmocka_unit_test(test_a_bad_setting_names_its_place),
        cmocka_unit_test(test_nearest_name),
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_every_exit_status_is_explained),
        cmocka_unit_test(test_man_page_says_what_the_rows_say),
        cmocka_unit_test(test_readme_and_example_name_everything),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
