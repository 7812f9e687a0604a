/* .env files: what is read as a shell would read it, what is refused and where, and that no secret is shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "artsync/config.h"
#include "case.h"

static const char *const known[] = {"DATABASE_URL", "ARTSYNC_BASE", "ARTSYNC_EXPORT_DIR", NULL};

/* Line by line: text, and what KEY is then. */
static void test_values(void **state)
{
    (void)state;
    static const struct {
        const char *text, *value;
    } cases[] = {
        {"KEY=plain", "plain"},
        {"KEY=plain\n", "plain"},
        {"KEY=plain\r\n", "plain"},
        {"\xEF\xBB\xBFKEY=plain", "plain"},
        {"  KEY = spaced out  \n", "spaced out"},
        {"\tKEY=\ttabbed\t\n", "tabbed"},
        {"export KEY=exported", "exported"},
        {"export   KEY=exported", "exported"},
        {"KEY=", ""},
        {"KEY= # nothing but a comment", ""},
        {"KEY=value # comment", "value"},
        {"KEY=value#no comment", "value#no comment"},
        {"KEY=#comment", ""},
        {"# KEY=wrong\n\n  # KEY=wrong\nKEY=right", "right"},
        {"KEY='single $HOME \\n \"x\" # all of it'", "single $HOME \\n \"x\" # all of it"},
        {"KEY='a' # comment", "a"},
        {"KEY=\"double $HOME `x`\"", "double $HOME `x`"},
        {"KEY=\"a \\\"b\\\" \\\\ \\$c \\`d \\n\"", "a \"b\" \\ $c `d \\n"},
        {"KEY=\"\"", ""},
        {"KEY=it's", "it's"},
        {"KEY=a=b=c", "a=b=c"},
        {"KEY=$OTHER/`whoami`/$(id)", "$OTHER/`whoami`/$(id)"},
        {"KEY=first\nKEY=last", "last"},
        {"KEY=Stra\xC3\x9F" "e", "Stra\xC3\x9F" "e"},
        {"KEY=postgres://u:p@h/d?sslmode=require", "postgres://u:p@h/d?sslmode=require"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CASE("%s", cases[i].text);
        EnvFile file = {0};
        Err err = {0};
        if (!env_parse(str_of(cases[i].text), ".env", &file, &err))
            fail_msg("%s: %s", cases[i].text, err.message);
        const EnvEntry *entry = env_find(&file, "KEY");
        assert_non_null(entry);
        assert_string_equal(entry->value, cases[i].value);
        env_free(&file);
    }
}

static void test_keys(void **state)
{
    (void)state;
    EnvFile file = {0};
    Err err = {0};
    assert_true(env_parse(STR("exporter=1\nexport=2\n_x9=3\n"), ".env", &file, &err));
    assert_int_equal(file.n, 3);
    assert_string_equal(env_find(&file, "exporter")->value, "1");
    assert_string_equal(env_find(&file, "export")->value, "2");
    assert_int_equal(env_find(&file, "_x9")->line, 3);
    assert_null(env_find(&file, "EXPORT"));
    env_free(&file);
}

static void test_faults_name_the_line_and_no_value(void **state)
{
    (void)state;
    const struct {
        Str text;
        const char *place;
    } cases[] = {
        {STR("A=1\nnonsense s3cret\n"), "my.env, line 2"},
        {STR("\n\n=s3cret"), "my.env, line 3"},
        {STR("9A=s3cret"), "my.env, line 1"},
        {STR("A-B=s3cret"), "my.env, line 1"},
        {STR("A='s3cret"), "my.env, line 1"},
        {STR("A=1\r\nB=\"s3cret\\\"\r\n"), "my.env, line 2"},
        {STR("A='x' s3cret"), "my.env, line 1"},
        {STR("A='x's3cret"), "my.env, line 1"},
        {STR("A='x'#s3cret"), "my.env, line 1"},
        {STR("A=s3\0cret"), "my.env, line 1"},
        {STR("export "), "my.env, line 1"},
        {STR("export A"), "my.env, line 1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CASE("%s", cases[i].text.p);
        EnvFile file = {0};
        Err err = {0};
        if (env_parse(cases[i].text, "my.env", &file, &err))
            fail_msg("accepted: %s", cases[i].text.p);
        assert_int_equal(err.code, ERR_CONFIG);
        assert_non_null(strstr(err.message, cases[i].place));
        assert_null(strstr(err.message, "cret"));
        assert_non_null(err.hint);
        env_free(&file);
        err_clear(&err);
    }
}

static void test_passwords_are_recognised(void **state)
{
    (void)state;
    static const struct {
        const char *url;
        bool has;
    } cases[] = {
        {"postgresql://user:pw@host/db", true},   {"postgresql://user@host:5432/db", false},
        {"postgresql://host:5432/db", false},     {"postgresql:///db?host=/tmp&password=pw", true},
        {"host=h user=u password=pw", true},      {"host=h user=u", false},
        {"postgresql+psycopg2://u:pw@h", true},   {"", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (env_has_password(cases[i].url) != cases[i].has)
            fail_msg("%s", cases[i].url);
}

/* ---- files ---- */

static char folder[] = "/tmp/artsync-env-XXXXXX";

static void put(const char *name, const char *text, mode_t mode)
{
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(name, mode), 0);
}

static int into_folder(void **state)
{
    (void)state;
    return !mkdtemp(folder) || chdir(folder) != 0;
}

static int out_of_folder(void **state)
{
    (void)state;
    unlink(".env");
    rmdir(".env");
    unlink("other");
    return chdir("/") != 0 || rmdir(folder) != 0;
}

static void test_no_file_is_fine(void **state)
{
    (void)state;
    EnvFile file;
    Err err = {0};
    assert_true(env_read(NULL, known, &file, &err));
    assert_int_equal(file.n, 0);
    assert_false(env_read("nowhere", known, &file, &err));
    assert_int_equal(err.code, ERR_MISSING);
    assert_non_null(strstr(err.message, "nowhere"));
    err_clear(&err);
}

static void test_a_folder_called_env_is_fine(void **state)
{
    (void)state;
    EnvFile file;
    Err err = {0};
    assert_int_equal(mkdir(".env", 0700), 0);
    assert_true(env_read(NULL, known, &file, &err));
    assert_int_equal(rmdir(".env"), 0);
}

/* What env_read says on stderr about a file. */
static void said(const char *text, mode_t mode, char *out, size_t size)
{
    EnvFile file;
    Err err = {0};
    int saved = dup(STDERR_FILENO), pipes[2];
    put(".env", text, mode);
    assert_int_equal(pipe(pipes), 0);
    fflush(stderr);
    dup2(pipes[1], STDERR_FILENO);
    bool ok = env_read(NULL, known, &file, &err);
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
    close(pipes[1]);
    ssize_t n = read(pipes[0], out, size - 1);
    out[n > 0 ? n : 0] = '\0';
    close(pipes[0]);
    assert_true(ok);
    env_free(&file);
    unlink(".env");
}

static void test_an_open_secret_gets_a_warning(void **state)
{
    (void)state;
    char text[1000];
    said("DATABASE_URL=postgres://u:s3cret@h/d\n", 0644, text, sizeof text);
    assert_non_null(strstr(text, "warning"));
    assert_non_null(strstr(text, "chmod 600"));
    assert_null(strstr(text, "s3cret"));
    said("DATABASE_URL=postgres://u:s3cret@h/d\n", 0640, text, sizeof text);
    assert_non_null(strstr(text, "warning"));
    said("DATABASE_URL=postgres://u:s3cret@h/d\n", 0600, text, sizeof text);
    assert_string_equal(text, "");
    said("DATABASE_URL=postgres://u@h/d\n", 0644, text, sizeof text);
    assert_string_equal(text, "");
}

static void test_an_unknown_key_gets_a_warning(void **state)
{
    (void)state;
    char text[1000];
    said("ARTSYNC_BSAE=art\nSOMEBODY_ELSES=1\n", 0600, text, sizeof text);
    assert_non_null(strstr(text, "ARTSYNC_BSAE"));
    assert_non_null(strstr(text, "did you mean ARTSYNC_BASE?"));
    assert_null(strstr(text, "SOMEBODY"));
}

static void test_a_typing_error_in_libpqs_names_gets_a_warning(void **state)
{
    (void)state;
    char text[1000];
    said("PGPASWORD=s3cret\nPGDATA=/srv\nPGADMIN_EMAIL=a\nPGAPPNAME=x\nPG_VERSION=15\n", 0600, text, sizeof text);
    assert_non_null(strstr(text, "line 1: unknown setting PGPASWORD; did you mean PGPASSWORD?"));
    assert_null(strstr(text, "s3cret"));
    assert_null(strstr(text, "line 2"));
    assert_null(strstr(strstr(text, "\n"), "warning"));
}

static void refused(const char *message)
{
    EnvFile file;
    Err err = {0};
    assert_false(env_read(NULL, known, &file, &err));
    assert_int_equal(err.code, ERR_CONFIG);
    if (!strstr(err.message, message))
        fail_msg("%s", err.message);
    assert_non_null(strstr(err.hint, "--env-file .env"));
    env_free(&file);
    err_clear(&err);
    assert_true(env_read(".env", known, &file, &err)); /* named by the user: their own choice */
    assert_int_equal(file.n, 1);
    env_free(&file);
}

static void test_a_file_that_others_can_write_is_not_trusted(void **state)
{
    (void)state;
    EnvFile file;
    Err err = {0};
    put(".env", "DATABASE_URL=x\n", 0620);
    refused("other users can write .env");
    chmod(".env", 0602);
    refused("other users can write .env");
    chmod(".env", 0644);
    assert_true(env_read(NULL, known, &file, &err));
    env_free(&file);
    if (geteuid() == 0) { /* only root can give files away */
        assert_int_equal(chown(".env", 1234, 0), 0);
        refused(".env belongs to another user (id 1234)");
        assert_int_equal(rename(".env", "other"), 0);
        assert_int_equal(chown("other", 0, 0), 0);
        assert_int_equal(symlink("other", ".env"), 0);
        assert_true(env_read(NULL, known, &file, &err));
        env_free(&file);
        assert_int_equal(lchown(".env", 1234, 0), 0);
        refused(".env belongs to another user (id 1234)");
        unlink("other");
    }
    unlink(".env");
}

static void test_libpqs_variables(void **state)
{
    (void)state;
    EnvFile file = {0};
    Err err = {0};
    setenv("PGUSER", "of-environment", 1);
    setenv("PGPORT", "", 1); /* set to nothing: not set */
    unsetenv("PGHOST");
    assert_true(env_parse(str_of("PGHOST=first\nPGUSER=of-file\nPGPORT=5433\nPGDATABASE=\nPATH2=x\nPGHOST=last\n"),
                          ".env", &file, &err));
    env_export(&file);
    assert_string_equal(getenv("PGHOST"), "last");
    assert_string_equal(getenv("PGUSER"), "of-environment");
    assert_string_equal(getenv("PGPORT"), "5433");
    assert_null(getenv("PATH2"));
    unsetenv("PGHOST");
    unsetenv("PGUSER");
    unsetenv("PGPORT");
    env_free(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_faults_name_the_line_and_no_value),
        cmocka_unit_test(test_passwords_are_recognised),
        cmocka_unit_test(test_no_file_is_fine),
        cmocka_unit_test(test_a_folder_called_env_is_fine),
        cmocka_unit_test(test_an_open_secret_gets_a_warning),
        cmocka_unit_test(test_an_unknown_key_gets_a_warning),
        cmocka_unit_test(test_a_typing_error_in_libpqs_names_gets_a_warning),
        cmocka_unit_test(test_a_file_that_others_can_write_is_not_trusted),
        cmocka_unit_test(test_libpqs_variables),
    };
    return cmocka_run_group_tests(tests, into_folder, out_of_folder);
}
