/* The engine's small parts that need no database: known records, the state's slots, limits, ids. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "artsync/record_index.h"
#include "artsync/natural.h"
#include "artsync/state.h"
#include "artsync/cells.h"
#include "artsync/counters.h"
#include "artsync/embed.h"
#include "artsync/spool.h"
#include "artsync/sync.h"
#include "case.h"

static void known_records_are_found_again(void **state)
{
    (void)state;
    enum { N = 50000 };
    RecordIndex *known = record_index_new();
    char id[32];
    assert_true(record_index_empty(known));
    for (int i = 0; i < N; i++) {
        snprintf(id, sizeof id, "rec%014d", i);
        IndexedRecord *record = record_index_add(known, str_of(id));
        assert_int_equal(record->flags, RECORD_USED); /* new, and not in use */
        record->raw = (uint64_t)i * 7;
        record->flags |= i % 3 ? RECORD_ROW : RECORD_ROW | RECORD_STATE | RECORD_ACTIVE;
    }
    for (int i = 0; i < N; i++) {
        snprintf(id, sizeof id, "rec%014d", i);
        assert_int_equal(record_index_find(known, str_of(id))->raw, (uint64_t)i * 7);
    }
    assert_null(record_index_find(known, STR("rec99999999999999")));
    assert_int_equal(record_index_rows(known), N);
    assert_int_equal(record_index_active_synced(known), (N + 2) / 3);
    record_index_free(known);
}

static const char *const names[] = {"a", "b", "c"};

static Table table_of(Column *columns, int n)
{
    for (int i = 0; i < n; i++)
        columns[i] = (Column){.name = names[i], .index = i};
    return (Table){.name = "t", .state = "state_t", .columns = columns, .n_columns = n};
}

enum { MOST = 9 };
static int in_order[] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
static bool never[MOST];

static struct Layout layout_of(int id, int n)
{
    return (struct Layout){.id = id, .format = 2, .n = n, .columns = in_order, .elsewhere = never};
}

static void assert_slots(const Slot *got, const Slot *want, int n)
{
    for (int i = 0; i < n; i++) {
        assert_int_equal(got[i].value, want[i].value);
        assert_int_equal(got[i].cell, want[i].cell);
        assert_int_equal(got[i].made, want[i].made);
    }
}

static void state_survives_writing_and_reading(void **state)
{
    (void)state;
    Err err = {0};
    Column columns[3];
    Table table = table_of(columns, 3);
    struct Layout layout = layout_of(4, 3);
    Layouts layouts = {.table = &table, .n_slots = 3, .items = &layout, .n = 1};
    const Slot slots[] = {{value_hash(NULL), 0, CELL_EMPTY}, {0xfedcba9876543210, 17, 0x89abcdef}, {0}};
    Slot back[3];
    Buf hex = {0};
    state_encode(&hex, slots, 3);
    assert_true(state_decode(&layouts, 4, hex.data, back, &err));
    assert_slots(back, slots, 3);
    assert_true(state_decode(&layouts, 4, NULL, back, &err));
    assert_slots(back, (Slot[]){{0}, {0}, {0}}, 3);
    buf_free(&hex);
}

/* Every number of columns, so that the bits end anywhere in their byte; every kind of slot in every place. */
static void packed_slots_come_back(void **state)
{
    (void)state;
    Err err = {0};
    const Slot kinds[] = {{value_hash(NULL), 0, CELL_EMPTY}, {value_hash("f"), 0, CELL_UNKNOWN}, {value_hash("t"), 0, 77},
                          {0}, {value_hash("Harbour"), 0, UINT32_MAX}, {UINT64_MAX, UINT64_MAX, CELL_ELSEWHERE},
                          {value_hash(NULL), 5, CELL_EMPTY}};
    enum { KINDS = sizeof kinds / sizeof *kinds };
    Column columns[MOST];
    for (int n = 1; n <= MOST; n++)
        for (int first = 0; first < KINDS; first++) {
            Slot slots[MOST], back[MOST];
            for (int i = 0; i < n; i++) {
                columns[i] = (Column){.name = "c", .index = i};
                slots[i] = kinds[(first + i) % KINDS];
            }
            Table table = {.name = "t", .columns = columns, .n_columns = n};
            struct Layout layout = layout_of(1, n);
            Layouts layouts = {.table = &table, .n_slots = n, .items = &layout, .n = 1};
            Buf hex = {0};
            state_encode(&hex, slots, n);
            assert_true(hex.len <= 2 + 2 * state_room(n));
            assert_true(state_decode(&layouts, 1, hex.data, back, &err));
            assert_slots(back, slots, n);
            buf_free(&hex);
        }
}

/* Bytes that cannot be of this layout are damage, not knowledge. */
static void damaged_state_is_an_error(void **state)
{
    (void)state;
    Err err = {0};
    Column columns[3];
    Table table = table_of(columns, 3);
    static const struct {
        int format;
        const char *bytes;
    } wrong[] = {
        {0, "\\x00000000000000"}, {1, "\\x"}, {1, "\\x3f"}, {1, "\\x00ff"}, {1, "\\x03fedcba98765432"},
        {1, "\\x03fedcba987654321000"}, {2, "\\x"}, {2, "\\x00"}, {2, "\\x0000ff"}, {2, "\\x0300fedcba98765432"},
        {2, "\\x0400abcdef"}, {2, "\\x0800fedcba98765432"}, {2, "\\x000700"}, {3, "\\x0000"},
    };
    Slot back[3];
    struct Layout layout = layout_of(4, 3);
    Layouts layouts = {.table = &table, .n_slots = 3, .items = &layout, .n = 1};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        CASE("%d %s", wrong[i].format, wrong[i].bytes);
        layout.format = wrong[i].format;
        assert_false(state_decode(&layouts, 4, wrong[i].bytes, back, &err));
        assert_int_equal(err.code, ERR_DATABASE);
        assert_non_null(strstr(err.message, "artsync.state_t holds state that is damaged"));
        err_clear(&err);
    }
    assert_false(state_decode(&layouts, 5, "\\x00", back, &err)); /* of a layout that is not there */
    err_clear(&err);
}

/* A mapping that moved and gained columns: what is mapped keeps its state, also what is not mapped at present; the cell of
 * a header that the column had once is no longer compared. */
static void state_is_read_through_its_own_layout(void **state)
{
    (void)state;
    Err err = {0};
    Column columns[3];
    Table table = table_of(columns, 3);
    int order[] = {2, 3, 0}; /* then: c, something that is gone, a */
    bool elsewhere[] = {true, false, false};
    struct Layout layout = {.id = 1, .format = 2, .n = 3, .columns = order, .elsewhere = elsewhere};
    Layouts layouts = {.table = &table, .n_slots = 4, .items = &layout, .n = 1};
    const Slot slots[] = {{33, 0, 3000}, {99, 1, 9000}, {11, 0, 1000}};
    Slot back[4];
    Buf hex = {0};
    state_encode(&hex, slots, 3);
    assert_true(state_decode(&layouts, 1, hex.data, back, &err));
    assert_slots(back, (Slot[]){{11, 0, 1000}, {0}, {33, 0, CELL_ELSEWHERE}, {99, 1, 9000}}, 4);
    buf_free(&hex);
}

static void limits_are_numbers_or_percentages(void **state)
{
    (void)state;
    Limit limit;
    assert_true(limit_parse("25", &limit));
    assert_false(limit_exceeded(limit, 25, 30));
    assert_true(limit_exceeded(limit, 26, 1000000));
    assert_true(limit_parse("0", &limit));
    assert_true(limit_exceeded(limit, 1, 100));
    assert_true(limit_parse("2.5%", &limit));
    assert_false(limit_exceeded(limit, 25, 1000));
    assert_true(limit_exceeded(limit, 26, 1000));
    assert_false(limit_exceeded(limit, 9, 9)); /* a percentage never trips below 10 records */
    assert_true(limit_exceeded(limit, 10, 10));
    static const char *const bad[] = {"", "-1", "1.5", "x", "10 %", "101%", "1e3", "0x10", "nan", "5%%", "%"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        CASE("%s", bad[i]);
        assert_false(limit_parse(bad[i], &limit));
    }
}

static void derived_and_generated_ids_are_told_from_real_ones(void **state)
{
    (void)state;
    assert_false(id_is_airtable("key_0123456789abcdef"));
    assert_false(id_is_airtable("app_0123456789abcdef"));
    assert_true(id_is_airtable("recA1b2C3d4E5f6G7"));
    assert_true(id_is_airtable("key_0123456789abcdeF"));
    assert_true(id_is_airtable("key_0123456789abcde"));
    Column columns[3];
    Table table = table_of(columns, 3);
    int key[] = {0, 1};
    table.natural_key = key;
    table.n_natural_key = 2;
    Arena arena = {0};
    Value one[3] = {{.text = "ab"}, {.text = "c"}}, other[3] = {{.text = "a"}, {.text = "bc"}};
    const char *id = natural_derive(&table, one, 0, &arena);
    assert_string_equal(id, "key_a3b9d38efc5175c9"); /* XXH3 of "ab" 1F "c" 1F: rows in databases have such ids */
    assert_false(id_is_airtable(id));
    assert_string_equal(id, natural_derive(&table, one, 0, &arena));
    assert_string_not_equal(id, natural_derive(&table, other, 0, &arena)); /* the parts do not run together */
    arena_free(&arena);
}

static const char *const odd_cells[] = {"", NULL, "\\N", "tab\tline\nreturn\rslash\\", "\\"};

static bool check_record(void *ctx, const char *const *cells, int n, Err *err)
{
    (void)err;
    int64_t *records = ctx;
    char number[24];
    snprintf(number, sizeof number, "%lld", (long long)*records);
    assert_int_equal(n, 7);
    assert_string_equal(cells[0], number);
    for (int i = 0; i < 5; i++) {
        CASE("cell %d", i);
        if (odd_cells[i])
            assert_string_equal(cells[i + 1], odd_cells[i]);
        else
            assert_null(cells[i + 1]);
    }
    assert_int_equal(strlen(cells[6]), 4000);
    ++*records;
    return true;
}

static void a_spool_gives_back_more_than_its_memory_holds(void **state)
{
    (void)state;
    enum { LINES = 3000 };
    Spool *spool = spool_new();
    Err err = {0};
    char padding[4001] = "";
    memset(padding, ' ', 4000);
    Buf line = {0};
    for (int i = 0; i < LINES; i++) {
        buf_clear(&line);
        cells_number(&line, i);
        for (int c = 0; c < 5; c++)
            cells_add(&line, odd_cells[c]);
        cells_add(&line, padding);
        assert_true(spool_add(spool, line.data, &err));
    }
    assert_int_equal(spool_count(spool), LINES);
    for (int twice = 0; twice < 2; twice++) {
        int64_t n = 0;
        assert_true(spool_each(spool, check_record, &n, &err));
        assert_int_equal(n, LINES);
    }
    buf_free(&line);
    spool_free(spool);
}

/* Each counter's row and the statement that writes it name the same column for the same parameter. */
static void counters_are_the_parameters_of_the_log(void **state)
{
    (void)state;
    const char *sql = sql_query("log_complete");
    for (int c = 0; c < COUNTERS; c++) {
        char part[80];
        CASE("%s", counters[c].name);
        snprintf(part, sizeof part, " %s = $%d::integer", counters[c].log_column, c + 2);
        assert_non_null(strstr(sql, part));
    }
}

static void totals_add_up_every_counter(void **state)
{
    (void)state;
    SyncTable tables[2] = {{0}};
    SyncResult result = {.tables = tables, .n_tables = 2};
    for (int c = 0; c < COUNTERS; c++) {
        *(int64_t *)(void *)((char *)&tables[0].counts + counters[c].offset) = c + 1;
        *(int64_t *)(void *)((char *)&tables[1].counts + counters[c].offset) = 100;
    }
    TableCounts total = counters_total(&result);
    for (int c = 0; c < COUNTERS; c++) {
        CASE("%s", counters[c].name);
        assert_int_equal(counter_value(&counters[c], &total), 101 + c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_records_are_found_again),
        cmocka_unit_test(state_survives_writing_and_reading),
        cmocka_unit_test(packed_slots_come_back),
        cmocka_unit_test(damaged_state_is_an_error),
        cmocka_unit_test(state_is_read_through_its_own_layout),
        cmocka_unit_test(limits_are_numbers_or_percentages),
        cmocka_unit_test(derived_and_generated_ids_are_told_from_real_ones),
        cmocka_unit_test(counters_are_the_parameters_of_the_log),
        cmocka_unit_test(totals_add_up_every_counter),
        cmocka_unit_test(a_spool_gives_back_more_than_its_memory_holds),
    };
    return cmocka_run_group_tests_name("engine", tests, NULL, NULL);
}
