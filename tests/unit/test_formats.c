/* What is stored, byte by byte, as the tables in state.c, raw_hash.c and manifest.h have it (derived ids: test_engine.c). A difference here
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

static void cell_hashes_are_32_bits_and_three_special_cases(void **state)
{
    (void)state;
    assert_int_equal(cell_hash(STR(""), 0), 1);
    assert_int_equal(cell_hash(STR("f"), 0), 0x9ff3ba9a);
    assert_int_equal(cell_hash(STR("Harbour"), 0), 0x8728039a);
    assert_true(cell_hash(STR(""), 7) > 2); /* an empty cell beside another that counts */
}

static const Slot null = {.value = 1, .cell = 1};

static void the_state_is_bits_and_then_hashes(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        Slot slots[3];
        int n;
        const char *bytes;
    } rows[] = {
        {"no columns", {{0}}, 0, "\\x"},
        {"NULL of an empty cell", {{1, 0, 1}}, 1, "\\x00"},
        {"NULL of a cell that says so", {{1, 0, 0xabcdef01}}, 1, "\\x04" "abcdef01"},
        {"NULL, its cell is not known", {{1, 0, 0}}, 1, "\\x04" "00000000"},
        {"not known", {{0}}, 1, "\\x03" "0000000000000000"},
        {"a value", {{0x0123456789abcdef, 0, 0x89abcdef}}, 1, "\\x07" "0123456789abcdef" "89abcdef"},
        {"f of an empty cell", {{0x33c155909ff3ba9a, 0, 1}}, 1, "\\x01"},
        {"t", {{0x76033e85f0acf92d, 0, 7}}, 1, "\\x06" "00000007"},
        {"the database made something of it", {{5, 6, 7}}, 1, "\\x0f" "0000000000000005" "00000007" "0000000000000006"},
        {"... of NULL", {{1, 6, 1}}, 1, "\\x08" "0000000000000006"},
        {"the second is in the upper half, the third in the next byte", {{1, 0, 1}, {2, 0, 1}, {3, 4, 1}}, 3,
         "\\x300b" "0000000000000002" "0000000000000003" "0000000000000004"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CASE("%s", rows[i].name);
        Buf out = {0};
        state_encode(&out, rows[i].slots, rows[i].n);
        assert_string_equal(out.data, rows[i].bytes);
        buf_free(&out);
    }
}

/* What earlier versions wrote is read as they wrote it. */
static void older_states_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int format, n;
        const char *bytes;
        uint64_t values[5];
    } rows[] = {
        {"packed: no columns", 1, 0, "\\x", {0}},
        {"packed: NULL", 1, 1, "\\x00", {1}},
        {"packed: not known", 1, 1, "\\x03" "0000000000000000", {0}},
        {"packed: NULL, value, NULL, value", 1, 4, "\\xcc" "0000000000000002" "0000000000000003", {1, 2, 1, 3}},
        {"packed: the fifth is in the second byte", 1, 5, "\\x0003" "0000000000000007", {1, 1, 1, 1, 7}},
        {"packed: f and t", 1, 2, "\\x09", {0x33c155909ff3ba9a, 0x76033e85f0acf92d}},
        {"plain: no columns", 0, 0, "\\x", {0}},
        {"plain: NULL, not known, value", 0, 3, "\\x" "0000000000000001" "0000000000000000" "0123456789abcdef",
         {1, 0, 0x0123456789abcdef}},
    };
    Err err = {0};
    const Column columns[5] = {{.name = "a"}};
    const Table table = {.name = "t", .state = "state_t", .columns = (Column *)columns, .n_columns = 5};
    int order[] = {0, 1, 2, 3, 4};
    bool elsewhere[5] = {false};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CASE("%s", rows[i].name);
        struct Layout layout = {.id = 1, .format = rows[i].format, .n = rows[i].n, .columns = order, .elsewhere = elsewhere};
        const Layouts layouts = {.table = &table, .n_slots = rows[i].n, .items = &layout, .n = 1};
        Slot back[5] = {null};
        assert_true(state_decode(&layouts, 1, rows[i].bytes, back, &err));
        for (int c = 0; c < rows[i].n; c++) {
            assert_int_equal(back[c].value, rows[i].values[c]);
            assert_int_equal(back[c].cell, CELL_UNKNOWN);
            assert_int_equal(back[c].made, 0);
        }
    }
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
    buf_str(&seed, "1" "120000001"); /* an id, and of nine columns: name, shop's ids, image */
    uint64_t seeded = hash_and_free(&seed, 0), rules = hash64(STR("0"), works.fingerprint); /* the order of dates */
    add_part(&cells, ID);
    add_part(&cells, " Pier ");
    add_part(&cells, "");
    add_part(&cells, "{pier.jpg}");
    assert_int_equal(run.raw[0], hash_and_free(&cells, seeded) ^ rules);
    buf_add(&ragged, "too\0few", sizeof "too\0few");
    assert_int_equal(run.raw[1], hash_and_free(&ragged, seeded) ^ rules);
    end(&run);
}

/* ---- the backup's trailer ---- */

static void the_manifest_ends_with_its_length(void **state)
{
    (void)state;
    BackupTable table = {"public", "prints", 2, "17", true, 0};
    BackupObject object = {.kind = "view", .name = "public.v", .schema = "public", .oid = 5};
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
        "\"business\":true}],\"objects\":[{\"kind\":\"view\",\"name\":\"public.v\",\"schema\":\"public\",\"oid\":5}]}";
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
        cmocka_unit_test(cell_hashes_are_32_bits_and_three_special_cases),
        cmocka_unit_test(the_state_is_bits_and_then_hashes),
        cmocka_unit_test(older_states_are_read),
        cmocka_unit_test(the_raw_hash_is_lengths_and_cells_in_the_order_of_the_base),
        cmocka_unit_test(the_manifest_ends_with_its_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
