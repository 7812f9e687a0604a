/* Which characters an encoding has: iconv's answer beside the server's, character by character. What the server lacks is never
 * let through. Of two encodings of East Asia some rare characters are refused that the server has. */
#include "database.h"

#include "artsync/charset.h"

/* Every character of the BMP from U+0080 on, each tried by the server: 't' where it has it. */
#define ASK                                                                                                            \
    "CREATE FUNCTION pg_temp.has(point int, enc text) RETURNS boolean LANGUAGE plpgsql AS "                            \
    "$$BEGIN PERFORM pg_catalog.convert_to(chr(point), enc); RETURN true; "                                            \
    "EXCEPTION WHEN untranslatable_character THEN RETURN false; END$$"

static size_t utf8(int point, char *out)
{
    if (point < 0x800) {
        out[0] = (char)(0xC0 | point >> 6);
        out[1] = (char)(0x80 | (point & 0x3F));
        return 2;
    }
    out[0] = (char)(0xE0 | point >> 12);
    out[1] = (char)(0x80 | (point >> 6 & 0x3F));
    out[2] = (char)(0x80 | (point & 0x3F));
    return 3;
}

static int differences(Pg *pg, const char *encoding)
{
    Err err = {0};
    Charset *charset;
    PgRows *rows;
    OK(charset_open(&charset, encoding, &err));
    assert_non_null(charset);
    OK(pg_query(pg,
                "SELECT point, pg_temp.has(point, $1) FROM generate_series(128, 65533) AS point "
                "WHERE point NOT BETWEEN 55296 AND 57343 AND (point < 1536 OR point BETWEEN 8192 AND 12543 OR point % 17 = 0)",
                1, &encoding, &rows, &err));
    int wrong = 0, has = 0;
    for (int i = 0; i < pg_count(rows); i++) {
        char bytes[4];
        int32_t lacks;
        size_t n = utf8((int)pg_int(rows, i, 0), bytes);
        bool here = charset_holds(charset, (Str){bytes, n}, &lacks), there = pg_bool(rows, i, 1);
        has += there;
        bool tolerated = !here && (strcmp(encoding, "EUC_TW") == 0 || strcmp(encoding, "EUC_JIS_2004") == 0);
        wrong += here != there && !tolerated;
        if (here != there && !tolerated)
            print_message("%s: U+%04X: here %d, at the server %d\n", encoding, (unsigned)pg_int(rows, i, 0), here, there);
    }
    assert_true(has > 10);
    pg_rows_free(rows);
    charset_close(charset);
    return wrong;
}

static void the_server_has_the_same_characters(void **state)
{
    (void)state;
    static const char *const encodings[] = {
        "LATIN1", "LATIN2", "LATIN3", "LATIN4", "LATIN5", "LATIN6", "LATIN7", "LATIN8", "LATIN9", "LATIN10",
        "ISO_8859_5", "ISO_8859_6", "ISO_8859_7", "ISO_8859_8", "WIN1250", "WIN1251", "WIN1252", "WIN1253", "WIN1254",
        "WIN1255", "WIN1256", "WIN1257", "WIN1258", "WIN866", "WIN874", "KOI8R", "KOI8U", "EUC_JP", "EUC_CN",
        "EUC_KR", "EUC_TW", "EUC_JIS_2004"};
    Err err = {0};
    Pg *pg = test_open();
    int wrong = 0;
    OK(pg_begin(pg, PG_TX_WRITE, &err));
    OK(pg_run(pg, ASK, 0, NULL, NULL, &err));
    for (size_t i = 0; i < sizeof encodings / sizeof encodings[0]; i++)
        wrong += differences(pg, encodings[i]);
    pg_rollback(pg);
    pg_close(pg);
    assert_int_equal(wrong, 0);
}

static void what_is_lacking_is_shown(void **state)
{
    (void)state;
    Err err = {0};
    Arena arena = {0};
    Charset *charset;
    int32_t lacks = 0;
    assert_true(charset_open(&charset, "LATIN1", &err));
    assert_true(charset_holds(charset, STR("Caf\xc3\xa9"), &lacks));
    assert_false(charset_holds(charset, STR("a\xc5\x81"), &lacks));
    assert_int_equal(lacks, 0x141);
    assert_string_equal(charset_shown(charset, "\xc5\x81\xc3\xb3\xf0\x9f\x98\x80!", &arena), "U+0141\xc3\xb3U+1F600!");
    charset_close(charset);
    assert_true(charset_open(&charset, "UTF8", &err));
    assert_null(charset);
    assert_true(charset_holds(NULL, STR("\xc5\x81"), &lacks));
    assert_false(charset_open(&charset, "MULE_INTERNAL", &err));
    assert_int_equal(err.code, ERR_CONFIG);
    err_clear(&err);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_server_has_the_same_characters),
        cmocka_unit_test(what_is_lacking_is_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
