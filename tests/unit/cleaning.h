/* cleaning.h - for tests of the cleaner: CSV text in, one line of text per record out. */
#ifndef ARTSYNC_TESTS_CLEANING_H
#define ARTSYNC_TESTS_CLEANING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "artsync/clean.h"
#include "../../src/source/csv/csv.h"

#define ID  "recAAAAAAAAAAAAAA" /* looks like Airtable's */
#define ID2 "recBBBBBBBBBBBBBB"

/* ---- a small base: shops, and works that link to them ---- */

#define NAMES(...)                                                                                                     \
    {                                                                                                                  \
        (const char *[]){__VA_ARGS__}, sizeof((const char *[]){__VA_ARGS__}) / sizeof(const char *)                    \
    }
#define COLUMN(i, column, kind) .name = column, .index = i, .type = kind, .derive = {.from = -1}

static Base base = {.name = "test", .null_tokens = NAMES("#ERROR!", "NaN")};

static Column shop_columns[] = {
    {COLUMN(0, "name", FIELD_TEXT), .headers = NAMES("Name"), .required = true},
    {COLUMN(1, "notes", FIELD_TEXT), .headers = NAMES("Notes")},
};
static Table shops = {.name = "shops",
                      .id_column = "shop_id",
                      .id_headers = NAMES("Record ID"),
                      .columns = shop_columns,
                      .n_columns = 2,
                      .natural_key = (int[]){0},
                      .n_natural_key = 1,
                      .base = &base};

enum { NAME, SHOP, NUMBER, SIZE, PRICE, SOLD, SEEN, FRAME, IMAGE, N_WORK_COLUMNS };

static Column work_columns[] = {
    {COLUMN(NAME, "name", FIELD_TEXT), .headers = NAMES("Work", "Title"), .required = true},
    {COLUMN(SHOP, "shop", FIELD_LINK), .headers = NAMES("Shop"), .id_headers = NAMES("shop_record_id"), .to = &shops},
    {.name = "number",
     .index = NUMBER,
     .type = FIELD_INTEGER,
     .headers = NAMES("Number"),
     .derive = {NAME, " - (-?[0-9]+)$"}},
    {COLUMN(SIZE, "size", FIELD_CHOICE), .headers = NAMES("Size"), .choices = NAMES("Small", "Large"),
     .aliases = (Alias[]){{"XL", "Large"}, {"Unknown", NULL}}, .n_aliases = 2},
    {COLUMN(PRICE, "price", FIELD_CURRENCY), .headers = NAMES("Price"), .min = "0"},
    {COLUMN(SOLD, "sold", FIELD_DATE), .headers = NAMES("Date Sold")},
    {COLUMN(SEEN, "seen", FIELD_DATE), .headers = NAMES("Seen"), .on_invalid_null = true},
    {COLUMN(FRAME, "frame", FIELD_TEXT), .headers = NAMES("Frame"), .default_value = "plain"},
    {COLUMN(IMAGE, "image", FIELD_ATTACHMENTS), .headers = NAMES("Image")},
};
static Table works = {.name = "works",
                      .id_column = "work_id",
                      .id_headers = NAMES("Record ID", "record_id"),
                      .columns = work_columns,
                      .n_columns = N_WORK_COLUMNS,
                      .index = 1,
                      .fingerprint = 42,
                      .skips = (SkipRule[]){{"Work", NAMES("", "-")}},
                      .n_skips = 1,
                      .base = &base};

/* ---- a sink that writes down what it gets ---- */

typedef struct Run {
    const Table *table;
    Buf text;
    CleaningReport *report;
    Err err;
    DateOrder order;
    const LinkIndex *links[2];
    const char *unchanged; /* the id, or natural key, that is known unchanged */
    uint64_t raw[64];
    char reason[200]; /* of the last reject */
    int n_raw, n_known, warnings;
    bool headers_only, broken, has[N_WORK_COLUMNS], has_id, only_put;
} Run;

static bool known(void *ctx, const Record *record, bool *unchanged, Err *err)
{
    Run *run = ctx;
    if (run->broken)
        return err_set(err, ERR_LOST, NULL, "gone");
    const char *who = record->id ? record->id : record->values[0].text;
    assert_true(record->id ? !record->values : record->values != NULL);
    run->n_known++;
    *unchanged = run->unchanged && strcmp(who, run->unchanged) == 0;
    if (*unchanged)
        buf_printf(&run->text, "%d: unchanged\n", (int)record->position.line);
    return true;
}

static bool put(void *ctx, const Record *record, Err *err)
{
    (void)err;
    Run *run = ctx;
    const Reject *reject = &record->reject;
    if (run->n_raw < 64)
        run->raw[run->n_raw++] = record->raw;
    run->warnings += record->n_warnings;
    buf_printf(&run->text, "%d: %s", (int)record->position.line, record->id ? record->id : "no id");
    if (reject->code) {
        snprintf(run->reason, sizeof run->reason, "%s", reject->reason);
        buf_printf(&run->text, " REJECT %s, %s [%s]", reject->code, reject->column ? reject->column : "record",
                   reject->value ? reject->value : "");
    }
    for (int i = 0; !reject->code && i < run->table->n_columns; i++) {
        const Value *value = &record->values[i];
        if (value->present)
            buf_printf(&run->text, " %s=%s", run->table->columns[i].name, value->text ? value->text : "NULL");
        assert_int_equal(value->present, value->hash != 0);
    }
    buf_str(&run->text, "\n");
    return true;
}

static bool skipped(void *ctx, const SourcePosition *place, const char *id, bool empty, Err *err)
{
    (void)empty;
    (void)err;
    buf_printf(&((Run *)ctx)->text, "%d: skipped %s\n", (int)place->line, id ? id : "no id");
    return true;
}

static bool clean(Run *run, const Table *table, const char *csv)
{
    CleanerOptions options = {.table = table,
                              .links = run->links,
                              .date_order = run->order,
                              .path = "works.csv",
                              .headers_only = run->headers_only};
    RecordSink sink = {run, run->only_put ? NULL : known, put, run->only_put ? NULL : skipped};
    run->table = table;
    run->report = cleaning_report_new();
    Cleaner *cleaner = cleaner_new(&options, run->report, &sink);
    bool ok =
        csv_read_bytes(str_of(csv), "works.csv", cleaner_put, cleaner, &run->err) && cleaner_finish(cleaner, &run->err);
    for (int i = 0; ok && i < table->n_columns; i++)
        run->has[i] = cleaner_has_column(cleaner, i);
    run->has_id = ok && cleaner_has_id(cleaner);
    StringList unmapped = ok ? cleaner_unmapped(cleaner) : (StringList){0};
    for (int i = 0; i < unmapped.n; i++)
        buf_printf(&run->text, "unmapped %s\n", unmapped.items[i]);
    cleaner_free(cleaner);
    return ok;
}

static void end(Run *run)
{
    buf_free(&run->text);
    cleaning_report_free(run->report);
    err_clear(&run->err);
    *run = (Run){0};
}

static void expect_run(Run *run, const Table *table, const char *csv, const char *text)
{
    bool ok = clean(run, table, csv);
    if (!ok)
        print_error("%s (%s)\n", run->err.message, run->err.hint);
    assert_true(ok);
    assert_string_equal(run->text.data ? run->text.data : "", text);
}

static inline void expect(const char *csv, const char *text)
{
    Run run = {0};
    expect_run(&run, &works, csv, text);
    end(&run);
}

#endif
