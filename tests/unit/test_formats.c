/* What is stored, byte by byte, as the tables in state.c, cleaner.c and manifest.h have it (derived ids: test_engine.c). A difference here
 * means that databases or backups which exist already can no longer be read: bytes are written out, not computed by the
 * code under test. */
#include "../../src/backup/manifest.h"
#include "artsync/state.h"
#include "artsync/hash.h"
#include "case.h"
#include "cleaning.h"

/* ---- the last-synced state ---- */

static void value_hashes_are_xxh3_and_two_special_cases(void **state)
{
    (void)state;
    assert_int_equal(value_hash(NULL), 1);
    assert_int_equal(value_hash("f"), UINT64_C(0x33c155909ff3ba9a));
    assert_int_equal(value_hash("t"), UINT64_C(0x76033e85f0acf92d));
    assert_int_equal(value_hash(""), 1); /* a CSV cell cannot tell it from NULL */
    assert_int_equal(value_hash("Harbour"), UINT64_C(0x0a1611bc8728039a));
}

static void the_state_is_tags_and_then_slots(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        uint64_t slots[5];
        int n;
        const char *bytes;
    } rows[] = {
        {"no columns", {0}, 0, "\\x"},
        {"NULL", {1}, 1, "\\x00"},
        {"not known", {0}, 1, "\\x03" "0000000000000000"},
        {"a value", {0x0123456789abcdef}, 1, "\\x03" "0123456789abcdef"},
        {"NULL, value, NULL, value", {1, 2, 1, 3}, 4, "\\xcc" "0000000000000002" "0000000000000003"},
        {"the fifth is in the second byte", {1, 1, 1, 1, 7}, 5, "\\x0003" "0000000000000007"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CASE("%s", rows[i].name);
        Buf out = {0};
        state_encode(&out, rows[i].slots, rows[i].n);
        assert_string_equal(out.data, rows[i].bytes);
        buf_free(&out);
    }
    const uint64_t words[] = {value_hash("f"), value_hash("t")};
    Buf out = {0};
    state_encode(&out, words, 2);
    assert_string_equal(out.data, "\\x09"); /* 1, then 2 << 2 */
    buf_free(&out);
}

/* ---- the raw hash ---- */

static void add_part(Buf *out, const char *text)
{
    uint32_t n = (uint32_t)strlen(text);
    buf_add(out, (const char *)&n, sizeof n);
    buf_add(out, text, n);
}

static uint64_t hash_and_free(Buf *bytes, uint64_t seed)
{
    uint64_t hash = hash64(buf_view(bytes), seed);
    buf_free(bytes);
    return hash;
}

static void the_raw_hash_is_lengths_and_cells_in_the_order_of_the_base(void **state)
{
    (void)state;
    Run run = {.order = DATE_MDY};
    assert_true(clean(&run, &works,
                      "shop_record_id,Image,Other,Work,Record ID\n"
                      ",pier.jpg (https://example.org/1),x, Pier ," ID "\n"
                      "too,few\n"));
    assert_int_equal(run.n_raw, 2);
    Buf seed = {0}, cells = {0}, ragged = {0};
    buf_str(&seed, "0" "1" "120000001"); /* the order of dates, an id, and of nine columns: name, shop's ids, image */
    uint64_t seeded = hash_and_free(&seed, works.fingerprint);
    add_part(&cells, ID);
    add_part(&cells, " Pier ");
    add_part(&cells, "");
    add_part(&cells, "{pier.jpg}");
    assert_int_equal(run.raw[0], hash_and_free(&cells, seeded));
    buf_add(&ragged, "too\0few", sizeof "too\0few");
    assert_int_equal(run.raw[1], hash_and_free(&ragged, seeded));
    end(&run);
}

/* ---- the backup's trailer ---- */

static void the_manifest_ends_with_its_length(void **state)
{
    (void)state;
    BackupTable table = {"public", "prints", 2, "17", true, 0};
    BackupObject object = {"view", "public.v", 5};
    Manifest manifest = {.base = "art", .database = "shop", .at = "2025-01-02T03:04:05Z", .pg_major = 15, .sha256 = "ab",
                         .bytes = 9, .tables = &table, .n_tables = 1, .objects = &object, .n_objects = 1};
    char *bytes = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&bytes, &n);
    manifest_append(&manifest, out);
    fclose(out);
    static const char json[] =
        "{\"base\":\"art\",\"database\":\"shop\",\"at\":\"2025-01-02T03:04:05Z\",\"pg_major\":15,\"sha256\":\"ab\","
        "\"bytes\":9,\"tables\":[{\"schema\":\"public\",\"table\":\"prints\",\"rows\":2,\"checksum\":\"17\","
        "\"business\":true}],\"objects\":[{\"kind\":\"view\",\"name\":\"public.v\",\"oid\":5}]}";
    Buf want = {0};
    buf_printf(&want, "%s\nartsync-backup %012d\n", json, (int)strlen(json));
    assert_int_equal(n, strlen(json) + 29);
    assert_string_equal(bytes, want.data);
    buf_free(&want);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(value_hashes_are_xxh3_and_two_special_cases),
        cmocka_unit_test(the_state_is_tags_and_then_slots),
        cmocka_unit_test(the_raw_hash_is_lengths_and_cells_in_the_order_of_the_base),
        cmocka_unit_test(the_manifest_ends_with_its_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
