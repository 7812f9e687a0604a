/* The database wrapper against a real server: shapes, errors, COPY, transactions, signals, the lock. */
#include "database.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "../../src/pg/private.h"
#include "artsync/interrupt.h"
#include "case.h"

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- statements ---- */

static void each_shape_is_checked(void **state)
{
    (void)state;
    Err err = {0};
    Pg *pg = test_open();
    PgRows *rows;
    char *value;
    int64_t affected;
    OK(pg_run(pg, "CREATE TEMP TABLE t (a int, b text)", 0, NULL, NULL, &err));
    OK(pg_run(pg, "INSERT INTO t VALUES ($1, $2), (2, NULL)", 2, (const char *[]){"1", "x'y"}, &affected, &err));
    assert_int_equal(affected, 2);
    OK(pg_query(pg, "SELECT a, b, b IS NULL FROM t ORDER BY a", 0, NULL, &rows, &err));
    assert_int_equal(pg_count(rows), 2);
    assert_int_equal(pg_width(rows), 3);
    assert_string_equal(pg_get(rows, 0, 1), "x'y");
    assert_null(pg_get(rows, 1, 1));
    assert_int_equal(pg_int(rows, 1, 0), 2);
    assert_true(pg_bool(rows, 1, 2));
    pg_rows_free(rows);
    FAILS(pg_run(pg, "SELECT 1", 0, NULL, NULL, &err), ERR_DATABASE, "no rows were expected");
    FAILS(pg_query(pg, "DELETE FROM t", 0, NULL, &rows, &err), ERR_DATABASE, "rows were expected");
    FAILS(pg_row(pg, "SELECT generate_series(1, 2)", 0, NULL, &rows, &err), ERR_DATABASE, "got 2");
    FAILS(pg_value(pg, "SELECT 1, 2", 0, NULL, &value, &err), ERR_DATABASE, "one column, got 2");
    FAILS(pg_run(pg, "COPY t FROM STDIN", 0, NULL, NULL, &err), ERR_DATABASE, "COPY");
    assert_string_equal(test_value(pg, "SELECT 'still usable'"), "still usable");
    err_clear(&err);
    pg_close(pg);
}

static void errors_say_what_kind_they_are(void **state)
{
    (void)state;
    static const struct {
        const char *sql;
        ErrCode code;
        const char *sqlstate, *words;
        bool refusal;
    } cases[] = {
        {"SELECT * FROM nowhere", ERR_SCHEMA, "42P01", "nowhere", false},
        {"SELECT nothing FROM pg_class", ERR_SCHEMA, "42703", "nothing", false},
        {"CREATE TABLE nosuch.t (a int)", ERR_SCHEMA, "3F000", "nosuch", false},
        {"SELECT 1/0", ERR_DATABASE, "22012", "division", true},
        {"SELECT 'x'::int", ERR_DATABASE, "22P02", "integer", true},
        {"DO $$ BEGIN RAISE 'not today'; END $$", ERR_DATABASE, "P0001", "not today", true},
        {"DO $$ BEGIN RAISE 'mine' USING ERRCODE = 'ZZ001'; END $$", ERR_DATABASE, "ZZ001", "mine", true},
        {"DO $$ BEGIN RAISE 'd' USING ERRCODE = '40P01'; END $$", ERR_DATABASE, "40P01", "d", true},
        {"DO $$ BEGIN RAISE 'f' USING ERRCODE = '53100'; END $$", ERR_DATABASE, "53100", "f", true},
        {"DO $$ BEGIN RAISE 'x' USING DETAIL = 'the detail'; END $$", ERR_DATABASE, "P0001", "x: the detail", true},
        {"DO $$ BEGIN RAISE 'p' USING ERRCODE = '42501'; END $$", ERR_DATABASE, "42501", "p", true},
        {"DO $$ BEGIN RAISE 'c' USING ERRCODE = '57014'; END $$", ERR_DATABASE, "57014", "c", true},
        {"DO $$ BEGIN RAISE 'c' USING ERRCODE = '08006'; END $$", ERR_DATABASE, "08006", "c", true},
        {"DO $$ BEGIN RAISE 'x' USING ERRCODE = 'XX001'; END $$", ERR_DATABASE, "XX001", "x", true},
        {"DO $$ BEGIN PERFORM * FROM nowhere; END $$", ERR_SCHEMA, "42P01", "nowhere", true},
        {"SET statement_timeout = '10ms'; DO $$ BEGIN PERFORM pg_sleep(5); END $$", ERR_TIMEOUT, "57014", "timeout", false},
        {"BEGIN; SET LOCAL ROLE pg_monitor; CREATE TABLE public.x (a int)", ERR_PRIVILEGE, "42501", "denied", false},
        {"BEGIN READ ONLY; CREATE TABLE public.x (a int)", ERR_PRIVILEGE, "25006", "read-only", false},
        {"SET statement_timeout = '10ms'; SELECT pg_sleep(5)", ERR_TIMEOUT, "57014", "timeout", false},
        {"SELECT pg_terminate_backend(pg_backend_pid())", ERR_LOST, "57P01", "terminat", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CASE("%s", cases[i].sql);
        Err err = {0};
        Pg *pg = test_open();
        FAILS(pg_script(pg, cases[i].sql, &err), cases[i].code, cases[i].words);
        assert_string_equal(err.sqlstate, cases[i].sqlstate);
        assert_int_equal(pg_refusal(&err), cases[i].refusal);
        if (cases[i].code == ERR_LOST)
            FAILS(pg_script(pg, "SELECT 1", &err), ERR_LOST, "closed");
        err_clear(&err);
        pg_rollback(pg);
        pg_close(pg);
    }
}

static void scripts_name_the_line_and_keep_their_transaction(void **state)
{
    (void)state;
    Err err = {0};
    Pg *pg = test_open();
    FAILS(pg_script(pg, "SELECT 1;\nSELECT 'ü';\n\nSELECT oops;", &err), ERR_SCHEMA, "line 4: ");
    OK((err_clear(&err), pg_begin(pg, PG_TX_WRITE, &err)));
    FAILS(pg_script(pg, "SELECT 1; COMMIT", &err), ERR_DATABASE, "ended the transaction");
    err_clear(&err);
    pg_close(pg);
}

typedef struct Seen {
    int rows, stop_at;
    int64_t sum;
} Seen;

static bool see_row(void *ctx, const char *const *cells, int n, Err *err)
{
    Seen *seen = ctx;
    assert_int_equal(n, 2);
    assert_null(cells[1]);
    seen->sum += strtoll(cells[0], NULL, 10);
    return ++seen->rows != seen->stop_at || err_set(err, ERR_LIMIT, NULL, "enough");
}

static void rows_come_one_by_one(void **state)
{
    (void)state;
    Err err = {0};
    Pg *pg = test_open();
    Seen seen = {0};
    OK(pg_each(pg, "SELECT i, NULL FROM generate_series(1, 20000) i", 0, NULL, see_row, &seen, &err));
    assert_int_equal(seen.rows, 20000);
    assert_int_equal(seen.sum, 200010000);
    seen = (Seen){.stop_at = 5};
    /* hours of rows: the statement is cancelled, not read to its end */
    FAILS(pg_each(pg, "SELECT generate_series(1, 2000000000), NULL", 0, NULL, see_row, &seen, &err), ERR_LIMIT,
          "enough");
    assert_int_equal(seen.rows, 5);
    FAILS(pg_each(pg, "SELECT 1 / (3 - i), NULL FROM generate_series(1, 5) i", 0, NULL, see_row, &seen, &err),
          ERR_DATABASE, "division");
    assert_string_equal(test_value(pg, "SELECT 'still usable'"), "still usable");
    err_clear(&err);
    pg_close(pg);
}

/* ---- COPY ---- */

static bool collect(void *ctx, const char *bytes, size_t n, Err *err)
{
    (void)err;
    buf_add(ctx, bytes, n);
    return true;
}

static void text_survives_copy(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "plain", "", "tab\tline\nback\\slash\rreturn", "\\N", "\\.", NULL, "\b\f\v", "\xc3\xbc\xe2\x82\xac"};
    Err err = {0};
    Pg *pg = test_open();
    Buf line = {0}, out = {0};
    PgRows *rows;
    test_run(pg, "CREATE TEMP TABLE t (i int, x text)");
    OK(pg_begin(pg, PG_TX_WRITE, &err));
    OK(pg_copy_in(pg, "COPY t FROM STDIN", &err));
    for (int i = 0; i < 8; i++) {
        buf_clear(&line);
        buf_printf(&line, "%d\t", i);
        pg_copy_text(&line, texts[i]);
        buf_char(&line, '\n');
        OK(pg_copy_put(pg, line.data, line.len, &err));
    }
    OK(pg_copy_done(pg, 8, &err));
    OK(pg_query(pg, "SELECT x FROM t ORDER BY i", 0, NULL, &rows, &err));
    for (int i = 0; i < 8; i++) {
        if (texts[i])
            assert_string_equal(pg_get(rows, i, 0), texts[i]);
        else
            assert_null(pg_get(rows, i, 0));
    }
    pg_rows_free(rows);
    OK(pg_copy_out(pg, "COPY (SELECT x FROM t WHERE i IN (0, 2, 5) ORDER BY i) TO STDOUT", collect, &out, &err));
    assert_string_equal(out.data, "plain\ntab\\tline\\nback\\\\slash\\rreturn\n\\N\n");
    buf_free(&line);
    buf_free(&out);
    pg_close(pg);
}

static void copy_counts_what_the_server_took(void **state)
{
    (void)state;
    static const char cut[] = "1\n2\n\\.\n3\n"; /* the server ends at \. and says nothing */
    Err err = {0};
    Pg *pg = test_open();
    test_run(pg, "CREATE TEMP TABLE t (i int CHECK (i < 5))");
    OK(pg_begin(pg, PG_TX_WRITE, &err));
    OK(pg_copy_in(pg, "COPY t FROM STDIN", &err));
    OK(pg_copy_put(pg, cut, sizeof cut - 1, &err));
    FAILS(pg_copy_done(pg, 3, &err), ERR_DATABASE, "3 rows were sent, the server counted 2");
    assert_false(pg_refusal(&err));
    OK((err_clear(&err), pg_copy_in(pg, "COPY t FROM STDIN", &err)));
    OK(pg_copy_put(pg, "1\n9\n", 4, &err));
    FAILS(pg_copy_done(pg, 2, &err), ERR_DATABASE, "COPY t, line 2");
    assert_true(pg_refusal(&err));
    pg_rollback(pg);
    OK((err_clear(&err), pg_begin(pg, PG_TX_WRITE, &err)));
    FAILS(pg_copy_in(pg, "COPY nowhere FROM STDIN", &err), ERR_SCHEMA, "nowhere");
    FAILS(pg_copy_put(pg, "1\n", 2, &err), ERR_DATABASE, "no COPY");
    err_clear(&err);
    pg_close(pg);
}

static void a_copy_that_is_given_up_leaves_nothing(void **state)
{
    (void)state;
    Err err = {0};
    Pg *pg = test_open();
    test_run(pg, "CREATE TEMP TABLE t (i int)");
    OK(pg_begin(pg, PG_TX_WRITE, &err));
    OK(pg_copy_in(pg, "COPY pg_temp.t FROM STDIN", &err));
    OK(pg_copy_put(pg, "1\n", 2, &err));
    pg_rollback(pg);
    assert_string_equal(test_value(pg, "SELECT count(*) FROM t"), "0");
    pg_close(pg);
}

/* A trigger that answers every row with notices fills the way back while we fill the way there. */
static void a_big_copy_with_a_chatty_server_does_not_hang(void **state)
{
    (void)state;
    Err err = {0};
    Pg *pg = test_open();
    Buf chunk = {0};
    test_run(pg, "CREATE TEMP TABLE t (x text);"
                 "CREATE FUNCTION pg_temp.talk() RETURNS trigger LANGUAGE plpgsql AS "
                 "$$ BEGIN RAISE NOTICE '%', repeat('x', 2000); RETURN NEW; END $$;"
                 "CREATE TRIGGER talk BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION pg_temp.talk()");
    for (int i = 0; i < 1000; i++)
        buf_str(
            &chunk,
            "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\n");
    OK(pg_begin(pg, PG_TX_WRITE, &err));
    OK(pg_copy_in(pg, "COPY t FROM STDIN", &err));
    for (int i = 0; i < 30; i++)
        OK(pg_copy_put(pg, chunk.data, chunk.len, &err));
    OK(pg_copy_done(pg, 30000, &err));
    buf_free(&chunk);
    pg_close(pg);
}

/* ---- transactions ---- */

static void begin_pins_what_results_depend_on(void **state)
{
    (void)state;
    Err err = {0};
    Pg *pg = test_open();
    test_run(pg, "SET TimeZone = 'Asia/Tokyo'; SET DateStyle = 'German'; SET bytea_output = 'escape';"
                 "SET search_path = public; SET IntervalStyle = 'iso_8601'; SET extra_float_digits = -15;"
                 "SET default_transaction_isolation = 'serializable'; SET client_encoding = 'LATIN1'");
    const char *sample = "SELECT concat_ws('|', '2026-08-25 07:04:22+00'::timestamptz::text, '2026-08-25'::date::text, "
                         "'90 min'::interval::text, '\\xff'::bytea::text, (1/3.0::float8)::text, "
                         "current_setting('search_path'), current_setting('lock_timeout'), "
                         "current_setting('application_name'), current_setting('client_encoding'))";
    OK(pg_begin(pg, PG_TX_WRITE, &err));
    assert_string_equal(test_value(pg, sample), "2026-08-25 07:04:22+00|2026-08-25|01:30:00|\\xff|0.3333333333333333|"
                                                "pg_catalog, pg_temp|30s|artsync/test|UTF8");
    assert_string_equal(test_value(pg, "SELECT current_setting('transaction_isolation')"), "read committed");
    FAILS(pg_begin(pg, PG_TX_WRITE, &err), ERR_DATABASE, "open");
    pg_rollback(pg);
    assert_string_equal(PQparameterStatus(pg->conn, "TimeZone"), "Asia/Tokyo"); /* nothing outlives it */
    char *alone;
    OK((err_clear(&err), pg_value(pg, sample, 0, NULL, &alone, &err))); /* without BEGIN just the same */
    assert_string_equal(alone, "2026-08-25 07:04:22+00|2026-08-25|01:30:00|\\xff|0.3333333333333333|"
                               "pg_catalog, pg_temp|30s|artsync/test|UTF8");
    free(alone);
    FAILS(pg_copy_in(pg, "COPY pg_catalog.pg_class TO STDOUT", &err), ERR_DATABASE, "open transaction");
    OK((err_clear(&err), pg_begin(pg, PG_TX_READ, &err)));
    FAILS(pg_script(pg, "CREATE TABLE public.never (a int)", &err), ERR_PRIVILEGE, "read-only");
    err_clear(&err);
    pg_close(pg);
}

static void commit_tells_what_became_of_it(void **state)
{
    (void)state;
    Err err = {0};
    Pg *pg = test_open(), *other = test_open();
    const PgProof none = {0};
    test_run(pg, "DROP TABLE IF EXISTS public.commit_test; CREATE TABLE public.commit_test (i int UNIQUE DEFERRABLE "
                 "INITIALLY DEFERRED)");
    OK(pg_begin(pg, PG_TX_WRITE, &err));
    test_run(pg, "INSERT INTO public.commit_test VALUES (1)");
    OK(pg_commit(pg, &none, &err));
    OK(pg_begin(pg, PG_TX_WRITE, &err));
    test_run(pg, "INSERT INTO public.commit_test VALUES (1)");
    FAILS(pg_commit(pg, &none, &err), ERR_DATABASE, "commit_test"); /* the deferred key speaks at COMMIT */
    assert_string_equal(err.sqlstate, "23505");
    err_clear(&err);
    OK(pg_begin(pg, PG_TX_WRITE, &err));
    FAILS(pg_script(pg, "SELECT 1/0", &err), ERR_DATABASE, "division");
    err_clear(&err);
    FAILS(pg_commit(pg, &none, &err), ERR_DATABASE, "failed");
    err_clear(&err);
    OK(pg_begin(pg, PG_TX_WRITE, &err) && pg_xid(pg, &err));
    char kill_it[8192];
    snprintf(kill_it, sizeof kill_it, "SELECT pg_terminate_backend(%s, 5000)",
             test_value(pg, "SELECT pg_backend_pid()"));
    test_run(other, kill_it);
    FAILS(pg_commit(pg, &none, &err), ERR_LOST, "nothing was changed"); /* it asks the server anew */
    err_clear(&err);
    assert_string_equal(test_value(pg, "SELECT count(*) FROM public.commit_test"), "1"); /* connected again */
    interrupt_setup();
    test_run(other, "DROP TABLE public.commit_test");
    pg_close(pg);
    pg_close(other);
}

static void savepoints_take_back_what_followed(void **state)
{
    (void)state;
    Err err = {0};
    Pg *pg = test_open();
    test_run(pg, "CREATE TEMP TABLE t (i int PRIMARY KEY)");
    OK(pg_begin(pg, PG_TX_WRITE, &err));
    test_run(pg, "INSERT INTO pg_temp.t VALUES (1)");
    OK(pg_savepoint(pg, "Odd \"name\"", &err));
    FAILS(pg_run(pg, "INSERT INTO pg_temp.t VALUES (1)", 0, NULL, NULL, &err), ERR_DATABASE, "Key (i)=(1) already");
    OK((err_clear(&err), pg_rollback_to(pg, "Odd \"name\"", &err)));
    OK(pg_savepoint(pg, "kept", &err));
    test_run(pg, "INSERT INTO pg_temp.t VALUES (2)");
    OK(pg_release(pg, "kept", &err));
    assert_string_equal(test_value(pg, "SELECT count(*) FROM pg_temp.t"), "2");
    pg_close(pg);
}

/* ---- signals ---- */

static void *signal_soon(void *number)
{
    struct timespec soon = {.tv_nsec = 200000000};
    nanosleep(&soon, NULL);
    kill(getpid(), *(int *)number);
    return NULL;
}

static void a_signal_ends_a_long_statement(void **state)
{
    (void)state;
    Err err = {0};
    Pg *pg = test_open();
    static int numbers[] = {SIGINT, SIGTERM};
    static const ErrCode codes[] = {ERR_INTERRUPTED, ERR_TERMINATED};
    for (int i = 0; i < 2; i++) {
        pthread_t thread;
        interrupt_setup();
        OK(pg_begin(pg, PG_TX_WRITE, &err));
        double start = seconds();
        pthread_create(&thread, NULL, signal_soon, &numbers[i]);
        FAILS(pg_script(pg, "SELECT pg_sleep(60)", &err), codes[i], "");
        pthread_join(thread, NULL);
        assert_true(seconds() - start < 30);
        pg_rollback(pg); /* works although the signal is still there */
        err_clear(&err);
        interrupt_setup();
        assert_string_equal(test_value(pg, "SELECT 'still usable'"), "still usable");
    }
    interrupt_setup();
    pg_close(pg);
}

static void a_signal_ends_a_copy(void **state)
{
    (void)state;
    Err err = {0};
    Pg *pg = test_open();
    static int number = SIGINT;
    pthread_t thread;
    char bytes[4096];
    memset(bytes, 'x', sizeof bytes);
    bytes[sizeof bytes - 1] = '\n';
    test_run(pg, "CREATE TEMP TABLE t (x text)");
    interrupt_setup();
    OK(pg_begin(pg, PG_TX_WRITE, &err));
    OK(pg_copy_in(pg, "COPY pg_temp.t FROM STDIN", &err));
    pthread_create(&thread, NULL, signal_soon, &number);
    double start = seconds();
    while (pg_copy_put(pg, bytes, sizeof bytes, &err) && seconds() - start < 20) {
    }
    pthread_join(thread, NULL);
    assert_int_equal(err.code, ERR_INTERRUPTED);
    pg_rollback(pg);
    interrupt_setup();
    err_clear(&err);
    assert_string_equal(test_value(pg, "SELECT count(*) FROM t"), "0");
    pg_close(pg);
}

/* ---- the lock ---- */

static void one_holder_per_base(void **state)
{
    (void)state;
    Err err = {0};
    Pg *first = test_open(), *second = test_open();
    Buf holder = {0};
    bool taken;
    OK(pg_begin(first, PG_TX_WRITE, &err) && pg_begin(second, PG_TX_WRITE, &err));
    OK(pg_lock_base(first, "art", 0, &taken, &holder, &err));
    assert_true(taken);
    OK(pg_lock_base(second, "other", 0, &taken, NULL, &err));
    assert_true(taken);
    OK(pg_lock_base(second, "art", 0, &taken, &holder, &err));
    assert_false(taken);
    assert_non_null(strstr(holder.data, "artsync/test, since 20"));
    double start = seconds();
    OK(pg_lock_base(second, "art", 1, &taken, NULL, &err));
    assert_false(taken);
    assert_in_range((int)((seconds() - start) * 10), 9, 300);
    assert_string_equal(test_value(second, "SELECT current_setting('lock_timeout')"), "30s"); /* and usable */
    pg_rollback(first);
    OK(pg_lock_base(second, "art", 5, &taken, NULL, &err));
    assert_true(taken);
    assert_string_equal(test_value(second, "SELECT current_setting('statement_timeout')"), "30min");
    buf_free(&holder);
    pg_close(first);
    pg_close(second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_shape_is_checked),
        cmocka_unit_test(errors_say_what_kind_they_are),
        cmocka_unit_test(scripts_name_the_line_and_keep_their_transaction),
        cmocka_unit_test(rows_come_one_by_one),
        cmocka_unit_test(text_survives_copy),
        cmocka_unit_test(copy_counts_what_the_server_took),
        cmocka_unit_test(a_copy_that_is_given_up_leaves_nothing),
        cmocka_unit_test(a_big_copy_with_a_chatty_server_does_not_hang),
        cmocka_unit_test(begin_pins_what_results_depend_on),
        cmocka_unit_test(commit_tells_what_became_of_it),
        cmocka_unit_test(savepoints_take_back_what_followed),
        cmocka_unit_test(a_signal_ends_a_long_statement),
        cmocka_unit_test(a_signal_ends_a_copy),
        cmocka_unit_test(one_holder_per_base),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
