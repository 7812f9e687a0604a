/* database.h - what the tests against a real server share. tests/pg.sh run -- build/unit/test_pg sets the URL. */
#ifndef TEST_DATABASE_H
#define TEST_DATABASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "artsync/pg.h"

static inline const char *test_url(void)
{
    const char *url = getenv("ARTSYNC_TEST_URL");
    if (!url)
        fail_msg("ARTSYNC_TEST_URL is not set: run this as tests/pg.sh run -- PROGRAM");
    return url;
}

/* A test that fails where it expects success shows why. */
#define OK(call)                                                                                                       \
    do {                                                                                                               \
        if (!(call))                                                                                                   \
            fail_msg("%s: %s%s%s", #call, err.message ? err.message : "no message", err.hint ? " | " : "",             \
                     err.hint ? err.hint : "");                                                                        \
    } while (0)

static inline Pg *test_open(void)
{
    Err err = {0};
    Pg *pg;
    OK(pg_open(&pg, test_url(), "artsync/test", &err));
    return pg;
}

/* Begin as people do, who leave the schema public out; false: a transaction is open, whose path stays. */
static inline bool test_begin(Pg *pg)
{
    Err err = {0};
    if (!pg_begin(pg, PG_TX_WRITE, &err)) {
        err_clear(&err);
        return false;
    }
    OK(pg_script(pg, "SET LOCAL search_path = public", &err));
    return true;
}

/* One value as text, in a static buffer; "NULL" for NULL. */
static inline const char *test_value(Pg *pg, const char *sql)
{
    static char text[4096];
    Err err = {0};
    char *value;
    bool own = test_begin(pg);
    OK(pg_value(pg, sql, 0, NULL, &value, &err));
    if (own)
        pg_rollback(pg);
    snprintf(text, sizeof text, "%s", value ? value : "NULL");
    free(value);
    return text;
}

static inline void test_run(Pg *pg, const char *sql)
{
    Err err = {0};
    Buf script = {0};
    if (test_begin(pg)) {
        pg_rollback(pg);
        buf_str(&script, "SET LOCAL search_path = public;");
    }
    buf_str(&script, sql);
    OK(pg_script(pg, script.data, &err));
    buf_free(&script);
}

/* The call has to fail with this code, and its message to hold `words`. */
#define FAILS(call, wanted, words)                                                                                     \
    do {                                                                                                               \
        err_clear(&err);                                                                                               \
        if (call)                                                                                                      \
            fail_msg("%s succeeded", #call);                                                                           \
        if (err.code != (wanted) || !strstr(err.message, words))                                                       \
            fail_msg("%s: got %s: %s", #call, err_name(err.code), err.message);                                        \
    } while (0)

#endif
