/* Reading ahead: what reaches the sink, and what is told at the end, is what the reader alone would give. */
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "artsync/hash.h"
#include "../../src/source/csv/internal.h"

/* ---- a source in memory ---- */

typedef struct Bytes {
    const Buf *all;
    size_t at;
    size_t fail_at; /* 0: never */
} Bytes;

static ssize_t give(void *ctx, char *to, size_t space, Err *err)
{
    Bytes *bytes = ctx;
    size_t n = bytes->all->len - bytes->at;
    n = n < space ? n : space;
    if (bytes->fail_at && bytes->at + n > bytes->fail_at) {
        err_set(err, ERR_IO, NULL, "the disk has gone");
        return -1;
    }
    memcpy(to, bytes->all->data + bytes->at, n);
    bytes->at += n;
    return (ssize_t)n;
}

static CsvSource source_of(Bytes *bytes)
{
    return (CsvSource){.name = "x.csv", .chunk = 4096, .read = give, .ctx = bytes};
}

/* ---- a sink that keeps a hash of all it got ---- */

typedef struct Seen {
    int64_t records, stop_at; /* stop_at 0: never */
    uint64_t hash;
} Seen;

static bool note(void *ctx, const RawRecord *record, Err *err)
{
    Seen *seen = ctx;
    assert_int_equal(record->position.number, seen->records);
    seen->records++;
    const int64_t place[] = {record->position.line, record->position.locator.start, record->position.locator.length, record->n_cells};
    seen->hash = hash64((Str){(const char *)place, sizeof place}, seen->hash);
    for (int i = 0; i < record->n_cells; i++) {
        assert_int_equal(record->cells[i].p[record->cells[i].n], '\0');
        seen->hash = hash64(record->cells[i], seen->hash);
    }
    return seen->records != seen->stop_at || err_set(err, ERR_GUARD, NULL, "enough");
}

typedef bool Read(const CsvSource *source, RawSink *sink, void *ctx, Err *err);

static bool read_by(Read *read, const Buf *all, size_t fail_at, Seen *seen, Err *err)
{
    Bytes bytes = {.all = all, .fail_at = fail_at};
    CsvSource source = source_of(&bytes);
    return read(&source, note, seen, err);
}

/* Many blocks of records, some quoted, of all widths, some over several lines. */
static void write_records(Buf *out, int n)
{
    buf_str(out, "a,b,c\n");
    for (int i = 0; i < n; i++)
        buf_printf(out, "%d,\"%.*s \"\"%d\"\"\n\",%.*s\n", i, i % 40, "............................................", i,
                   i % 97 ? i % 7 : 1000, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
}

static void same_with_and_without(const Buf *all, size_t fail_at, int64_t stop_at)
{
    Seen alone = {.stop_at = stop_at}, ahead = {.stop_at = stop_at};
    Err err_alone = {0}, err_ahead = {0};
    bool ok = read_by(csv_read_source, all, fail_at, &alone, &err_alone);
    assert_int_equal(read_by(csv_read_ahead, all, fail_at, &ahead, &err_ahead), ok);
    assert_int_equal(ahead.records, alone.records);
    assert_int_equal(ahead.hash, alone.hash);
    assert_int_equal(err_ahead.code, err_alone.code);
    if (!ok)
        assert_string_equal(err_ahead.message, err_alone.message);
    err_clear(&err_alone);
    err_clear(&err_ahead);
}

static void every_record_in_order(void **state)
{
    (void)state;
    static const int sizes[] = {0, 1, 255, 256, 257, 1023, 1024, 1025, 20000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        Buf all = {0};
        write_records(&all, sizes[i]);
        same_with_and_without(&all, 0, 0);
        buf_free(&all);
    }
}

static void records_come_before_the_error_behind_them(void **state)
{
    (void)state;
    Buf all = {0};
    write_records(&all, 5000);
    same_with_and_without(&all, all.len / 2, 0);
    same_with_and_without(&all, 1, 0);
    buf_str(&all, "1,2\"3,4\n");
    write_records(&all, 3000);
    same_with_and_without(&all, 0, 0);
    buf_free(&all);
}

static void a_sink_that_gives_up_ends_it(void **state)
{
    (void)state;
    Buf all = {0};
    write_records(&all, 5000);
    static const int64_t stops[] = {1, 2, 255, 256, 257, 1024, 4999, 5001};
    for (size_t i = 0; i < sizeof stops / sizeof *stops; i++)
        same_with_and_without(&all, 0, stops[i]);
    buf_free(&all);
}

/* A sink that gives up has its own error told, also where the reader has met another one meanwhile. */
static void the_first_error_wins(void **state)
{
    (void)state;
    Buf all = {0};
    write_records(&all, 300);
    buf_str(&all, "1,2\"3,4\n");
    same_with_and_without(&all, 0, 10);
    buf_free(&all);
}

static void large_records_pass_one_by_one(void **state)
{
    (void)state;
    enum { LARGE = 9 * 1024 * 1024 };
    Buf all = {0};
    char *cell = mem_alloc(LARGE);
    memset(cell, 'x', LARGE);
    buf_str(&all, "a,b\n");
    for (int i = 0; i < 6; i++) {
        buf_add(&all, cell, LARGE);
        buf_str(&all, ",small\n1,2\n");
    }
    same_with_and_without(&all, 0, 0);
    same_with_and_without(&all, 0, 4);
    free(cell);
    buf_free(&all);
}

/* Memory that is in use in large pieces, the most that a sink has seen. */
static bool note_memory(void *ctx, const RawRecord *record, Err *err)
{
    (void)record;
    (void)err;
    size_t *most = ctx, now = mallinfo2().hblkhd;
    *most = now > *most ? now : *most;
    return true;
}

/* Two large records are in memory at most, and the window that the next one is read into. */
static void emptied_blocks_keep_no_large_record(void **state)
{
    (void)state;
    enum { LARGE = 12 * 1024 * 1024, RECORDS = 9 };
    mallopt(M_MMAP_THRESHOLD, 1024 * 1024); /* large pieces are counted apart; by sanitizers' allocators they are not */
    Buf all = {0};
    char *cell = mem_alloc(LARGE);
    memset(cell, 'x', LARGE);
    buf_str(&all, "a,b\n");
    for (int i = 0; i < RECORDS; i++) {
        buf_add(&all, cell, LARGE);
        buf_str(&all, ",small\n");
    }
    bool counted = mallinfo2().hblkhd > LARGE;
    free(cell);
    size_t before = mallinfo2().hblkhd, most = 0;
    Bytes bytes = {.all = &all};
    CsvSource source = source_of(&bytes);
    Err err = {0};
    assert_true(csv_read_ahead(&source, note_memory, &most, &err));
    assert_true(!counted || most > before);
    assert_true(most - before < 4 * LARGE);
    buf_free(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_record_in_order),
        cmocka_unit_test(records_come_before_the_error_behind_them),
        cmocka_unit_test(a_sink_that_gives_up_ends_it),
        cmocka_unit_test(the_first_error_wins),
        cmocka_unit_test(large_records_pass_one_by_one),
        cmocka_unit_test(emptied_blocks_keep_no_large_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
