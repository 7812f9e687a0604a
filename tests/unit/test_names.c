/* Names, literals, arrays and COPY text: whatever is in them, they stay one name, one value. No server needed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../src/pg/private.h"
#include "case.h"

static void identifiers_are_always_quoted(void **state)
{
    (void)state;
    static const struct {
        const char *name, *quoted;
    } cases[] = {
        {"prints", "\"prints\""},
        {"Order", "\"Order\""},
        {"a\"b", "\"a\"\"b\""},
        {"x\"; DROP TABLE y; --", "\"x\"\"; DROP TABLE y; --\""},
        {"", "\"\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CASE("%s", cases[i].name);
        Buf out = {0};
        sql_ident(&out, cases[i].name);
        assert_string_equal(out.data, cases[i].quoted);
        buf_free(&out);
    }
    Buf out = {0};
    sql_name(&out, "my schema", "t");
    assert_string_equal(out.data, "\"my schema\".\"t\"");
    buf_free(&out);
}

static void literals_hold_any_text(void **state)
{
    (void)state;
    static const struct {
        const char *text, *quoted;
    } cases[] = {
        {"plain", "'plain'"},      {NULL, "NULL"},           {"", "''"},
        {"O'Neill", "'O''Neill'"}, {"a\\'b", "E'a\\\\''b'"}, {"\\", "E'\\\\'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CASE("%s", cases[i].text);
        Buf out = {0};
        sql_literal(&out, cases[i].text);
        assert_string_equal(out.data, cases[i].quoted);
        buf_free(&out);
    }
}

static void statements_are_filled_with_the_names_of_a_table(void **state)
{
    (void)state;
    CatalogColumn columns[] = {{.name = "no"}, {.name = "Code", .type = {.base = "character varying"}}};
    CatalogTable catalog = {.columns = columns, .n_columns = 2, .primary_key = 0};
    Table table = {.schema = "shop", .name = "a\"b", .state = "state_a\"b", .id_column = "Code", .catalog = &catalog};
    static const struct {
        const char *text, *filled;
    } cases[] = {
        {"", ""},
        {"SELECT 1", "SELECT 1"},
        {"{table}", "\"shop\".\"a\"\"b\""},
        {"FROM {state} AS s", "FROM \"artsync\".\"state_a\"\"b\" AS s"},
        {"t.{id} = u.id::{id_type}, {key}", "t.\"Code\" = u.id::character varying, \"no\""},
        {"'{\"a\":1}' {} {ids} {", "'{\"a\":1}' {} {ids} {"}, /* all other braces are SQL's own */
        {"{{id}}", "{\"Code\"}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CASE("%s", cases[i].text);
        Buf out = {0};
        buf_reserve(&out, 1);
        sql_expand(&out, &table, cases[i].text);
        assert_string_equal(out.data, cases[i].filled);
        buf_free(&out);
    }
}

static void arrays_tell_null_from_its_name(void **state)
{
    (void)state;
    Buf out = {0};
    sql_array(&out, (const char *[]){"a", NULL, "NULL", "", "q\"uote", "back\\slash", "com,ma", "{}"}, 8);
    assert_string_equal(out.data, "{\"a\",NULL,\"NULL\",\"\",\"q\\\"uote\",\"back\\\\slash\",\"com,ma\",\"{}\"}");
    buf_clear(&out);
    sql_array(&out, NULL, 0);
    assert_string_equal(out.data, "{}");
    buf_free(&out);
}

static void copy_text_is_one_field(void **state)
{
    (void)state;
    Buf out = {0};
    pg_copy_text(&out, "a\tb\nc\\d");
    buf_char(&out, '\t');
    pg_copy_text(&out, NULL);
    buf_char(&out, '\t');
    pg_copy_text(&out, "");
    buf_char(&out, '\t');
    pg_copy_text(&out, "\\.");
    assert_string_equal(out.data, "a\\tb\\nc\\\\d\t\\N\t\t\\\\.");
    buf_free(&out);
}

static void urls_of_other_clients_work(void **state)
{
    (void)state;
    static const struct {
        const char *url, *libpq;
    } cases[] = {
        {"postgresql://u:p@h/d", "postgresql://u:p@h/d"},
        {" postgres://u:p@h:6543/d \n", "postgresql://u:p@h:6543/d"},
        {"postgresql+psycopg2://u:p@h/d", "postgresql://u:p@h/d"},
        {"postgresql+asyncpg://u:p@h/d?ssl=require", "postgresql://u:p@h/d?sslmode=require"},
        {"postgresql+psycopg://h/d?ssl=true&connect_timeout=3", "postgresql://h/d?ssl=true&connect_timeout=3"},
        {"postgres://u@h:6543/d?pgbouncer=true&sslmode=require&connection_limit=1",
         "postgresql://u@h:6543/d?sslmode=require"},
        {"postgresql://a:1,b:2/d?target_session_attrs=any", "postgresql://a:1,b:2/d?target_session_attrs=any"},
        {"postgresql:///d?host=/tmp/a@b", "postgresql:///d?host=/tmp/a@b"},
        {"host=h password='a@b//'", "host=h password='a@b//'"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CASE("%s", cases[i].url);
        Buf out = {0};
        Err err = {0};
        if (!pg_url_normalize(cases[i].url, &out, &err))
            fail_msg("%s: %s", cases[i].url, err.message);
        assert_string_equal(out.data ? out.data : "", cases[i].libpq);
        buf_free(&out);
    }
}

/* However a URL is wrong, no part of the password shows. */
static void wrong_urls_keep_their_secret(void **state)
{
    (void)state;
    static const char *const urls[] = {
        "postgresql://u:se@cret@127.0.0.1/d",  "postgresql://u:cret/x@127.0.0.1/d",
        "postgresql://u:cret%zz@127.0.0.1/d",  "postgresql://u:cret@127.0.0.1:x/d",
        "postgresql://u:cret@[::1/d",          "postgresql://u:cret@127.0.0.1/d?nosuch=1",
        "mysql://u:cret@127.0.0.1/d",          "postgresql+://u:cret@127.0.0.1/d?x",
        "host=127.0.0.1 password=se cret",     "password='cret",
        "postgresql://u:cret?x@127.0.0.1:1/d", "postgresql://u:cret@127.0.0.1:1/d",
        "postgresql:/u:cret@127.0.0.1/d",      "host=127.0.0.1 port=1 password=cret",
    };
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        CASE("%s", urls[i]);
        Err err = {0};
        Pg *pg;
        assert_false(pg_open(&pg, urls[i], "artsync/test", &err));
        if (strstr(err.message, "cret") || (err.hint && strstr(err.hint, "cret")))
            fail_msg("%s: %s", urls[i], err.message);
        assert_true(err.code == ERR_CONFIG || err.code == ERR_CONNECT);
        assert_non_null(err.hint);
        err_clear(&err);
    }
}

static void refusals_to_connect_say_where_and_what_to_do(void **state)
{
    (void)state;
    static const struct {
        const char *url, *message, *hint;
    } cases[] = {
        {"postgresql://me@127.0.0.1:1/shop", "shop on 127.0.0.1:1 as me", "is the server running"},
        {"postgresql://me@/shop?host=/nonexistent", "shop on /nonexistent:5432 as me", "is the server running"},
        {"postgresql://me@127.0.0.1:1,127.0.0.1:2/shop", "127.0.0.1:2", "is the server running"},
        {"postgresql://me@nosuch.invalid/shop", "nosuch.invalid", "spelling"},
        {"service=nosuch", "nosuch", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CASE("%s", cases[i].url);
        Err err = {0};
        Pg *pg;
        assert_false(pg_open(&pg, cases[i].url, "artsync/test", &err));
        assert_int_equal(err.code, ERR_CONNECT);
        if (!strstr(err.message, cases[i].message) || !strstr(err.hint ? err.hint : "", cases[i].hint))
            fail_msg("%s: %s | %s", cases[i].url, err.message, err.hint);
        err_clear(&err);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identifiers_are_always_quoted),
        cmocka_unit_test(literals_hold_any_text),
        cmocka_unit_test(statements_are_filled_with_the_names_of_a_table),
        cmocka_unit_test(arrays_tell_null_from_its_name),
        cmocka_unit_test(copy_text_is_one_field),
        cmocka_unit_test(urls_of_other_clients_work),
        cmocka_unit_test(wrong_urls_keep_their_secret),
        cmocka_unit_test(refusals_to_connect_say_where_and_what_to_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
