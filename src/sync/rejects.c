/* rejects.c - the records that were not written, kept with their original bytes.
 *
 * A reject is an interval: opened by the first sync that refuses a record so, closed by the first that reads the table
 * and does not. The same cells refused for the same reason stay open and are not new. A replay (--file) only closes
 * what it read: the rejects of its records, and those whose id could not be read at all.
 */
#include <stdio.h>
#include <stdlib.h>

#include "artsync/cells.h"
#include "artsync/embed.h"
#include "artsync/hash.h"
#include "artsync/hex.h"
#include "artsync/progress.h"
#include "artsync/stage.h"
#include "run.h"

/* Columns of stage_rejects.sql. */
enum { R_SEQ, R_ID, R_NUMBER, R_LINE, R_START, R_LENGTH, R_RAW, R_CODE, R_COLUMN, R_VALUE, R_REASON };

typedef struct Rejects {
    TableRun *run;
    SyncResult *result;
    SyncTable *table;
    int64_t log_id; /* 0: a dry run */
} Rejects;

/* NULL of a record that is a row of another database; kept as 0. */
static const char *line_of(const Rejects *rejects, const PgRows *rows, int r)
{
    return rejects->run->source->kind->without_lines ? NULL : pg_get(rows, r, R_LINE);
}

static void copy_line(Buf *out, const Rejects *rejects, const PgRows *rows, int r, const Buf *source)
{
    /* the cells alone: under another mapping the same cells with the same reason are no news */
    int64_t raw = pg_int(rows, r, R_RAW) ^ (int64_t)rejects->run->header.rules;
    const char *line = line_of(rejects, rows, r);
    if (pg_int(rows, r, R_RAW) == 0) /* refused before its cells could be told apart, e.g. too many fields */
        raw = (int64_t)hash64(buf_view(source), 0);
    const char *text[] = {pg_get(rows, r, R_SEQ),    pg_get(rows, r, R_ID),   rejects->run->source->name,
                          pg_get(rows, r, R_NUMBER), line ? line : "0",       pg_get(rows, r, R_COLUMN),
                          pg_get(rows, r, R_VALUE),  pg_get(rows, r, R_CODE), pg_get(rows, r, R_REASON)};
    Arena shown = {0};
    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++) {
        pg_copy_text(out, pg_storable(rejects->run->pg, text[i], &shown));
        buf_char(out, '\t');
    }
    arena_free(&shown);
    buf_printf(out, "%lld\t", (long long)raw);
    buf_char(out, '\\'); /* COPY takes one backslash away */
    bytea_add(out, buf_view(source));
    buf_char(out, '\n');
}

static bool spool_reject(Rejects *rejects, const PgRows *rows, int r, Err *err)
{
    static const int columns[] = {R_NUMBER, R_LINE, R_ID, R_COLUMN, R_VALUE, R_CODE, R_REASON};
    Buf line = {0};
    cells_add(&line, rejects->run->table->name);
    cells_add(&line, rejects->run->source->name);
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        cells_add(&line, columns[i] == R_LINE ? line_of(rejects, rows, r) : pg_get(rows, r, columns[i]));
    bool ok = spool_add(rejects->result->rejects, line.data, err);
    buf_free(&line);
    return ok;
}

/* One record in memory at a time: each may be large. */
static bool copy_page(Rejects *rejects, SourceReread *records, const Buf *header, const PgRows *rows, Err *err)
{
    Pg *pg = rejects->run->pg;
    Buf line = {0}, source = {0};
    bool ok = pg_copy_in(pg, sql_query("found_rejects_copy"), err);
    for (int r = 0; ok && r < pg_count(rows); r++) {
        ok = source_reread(records, (SourceLocator){pg_int(rows, r, R_START), pg_int(rows, r, R_LENGTH)}, &source,
                           err) &&
             masked_record(rejects->run->table, buf_view(header), &source, err) &&
             spool_reject(rejects, rows, r, err);
        buf_clear(&line);
        if (ok)
            copy_line(&line, rejects, rows, r, &source);
        ok = ok && pg_copy_put(pg, line.data, line.len, err);
    }
    ok = ok && pg_copy_done(pg, pg_count(rows), err);
    buf_free(&line);
    buf_free(&source);
    return ok;
}

/* Everything that was refused, page by page, into the temporary table artsync_found. */
static bool gather(Rejects *rejects, SourceReread *records, Err *err)
{
    Pg *pg = rejects->run->pg;
    Buf header = {0};
    bool ok = source_reread(records, rejects->run->header.position.locator, &header, err) &&
              pg_run(pg, sql_query("found_rejects_make"), 0, NULL, NULL, err) &&
              pg_run(pg, sql_query("stage_rejects_index"), 0, NULL, NULL, err);
    int64_t after = 0;
    Page page = page_first();
    for (int n = 1; ok && n > 0; page_next(&page, n)) {
        PgRows *rows = NULL;
        const char *params[] = {PG_INT(after), PG_INT(page.most), PG_INT(BATCH_BYTES)};
        ok = pg_query(pg, sql_query("stage_rejects"), 3, params, &rows, err);
        n = ok ? pg_count(rows) : 0;
        if (n > 0) {
            after = pg_int(rows, n - 1, R_SEQ);
            ok = copy_page(rejects, records, &header, rows, err);
        }
        pg_rows_free(rows);
    }
    buf_free(&header);
    return ok;
}

/* The open rejects that were not found again: [id, record id]. Of a replay only those that it closes. */
static bool close_resolved(Rejects *rejects, Err *err)
{
    Pg *pg = rejects->run->pg;
    const char *params[] = {rejects->run->table->base->name, rejects->run->table->name, PG_INT(rejects->log_id)};
    PgRows *rows = NULL;
    if (!pg_query(pg, rejects->run->counts->rejected ? sql_query("rejects_unfound") : sql_query("rejects_open_ids"), 2,
                  params, &rows, err))
        return false;
    const char **ids = mem_alloc(sizeof *ids * (size_t)(pg_count(rows) + 1));
    int n = 0;
    for (int r = 0; r < pg_count(rows); r++) {
        const char *record = pg_get(rows, r, 1);
        const IndexedRecord *entry = record ? record_index_find(rejects->run->index, str_of(record)) : NULL;
        if (!rejects->table->replay || !record || (entry && (entry->flags & RECORD_READ)))
            ids[n++] = pg_get(rows, r, 0);
    }
    bool ok = true;
    if (n > 0 && rejects->log_id) {
        Buf array = {0};
        sql_array(&array, ids, n);
        const char *close[] = {array.data, PG_INT(rejects->log_id)};
        ok = pg_run(pg, sql_query("rejects_close"), 2, close, NULL, err);
        buf_free(&array);
    }
    free(ids);
    pg_rows_free(rows);
    return ok;
}

static bool count_news(Rejects *rejects, Err *err)
{
    const char *params[] = {rejects->run->table->base->name, rejects->run->table->name};
    PgRows *rows = NULL;
    if (!pg_row(rejects->run->pg, sql_query("rejects_count_new"), 2, params, &rows, err))
        return false;
    rejects->run->counts->new_rejects = pg_int(rows, 0, 0);
    pg_rows_free(rows);
    return true;
}

static bool open_new(Rejects *rejects, Err *err)
{
    if (rejects->log_id == 0)
        return true;
    const char *params[] = {rejects->run->table->base->name, rejects->run->table->name, PG_INT(rejects->log_id)};
    return pg_run(rejects->run->pg, sql_query("rejects_open"), 3, params, NULL, err);
}

/* The header's bytes, for sync_logs: rejects are written back under it. */
static bool note_header(Rejects *rejects, SourceReread *records, Err *err)
{
    Buf bytes = {0}, literal = {0};
    bool ok = source_reread(records, rejects->run->header.position.locator, &bytes, err) &&
              masked_header(rejects->run->table, &bytes);
    if (ok) {
        bytea_add(&literal, buf_view(&bytes));
        rejects->table->header = arena_str(&rejects->result->arena, literal.data);
    }
    buf_free(&bytes);
    buf_free(&literal);
    return ok;
}

bool rejects_write(Run *run, int i, TableRun *table, Err *err)
{
    Rejects rejects = {table, run->result, &run->result->tables[i], run->log_ids[i]};
    if (table->counts->rejected == 0)
        return close_resolved(&rejects, err);
    progress_phase("keeping the rejects");
    SourceReread *records = source_reread_begin(table->source, err);
    bool ok = records && gather(&rejects, records, err) && note_header(&rejects, records, err) &&
              source_reread_end(records, err) && count_news(&rejects, err) && open_new(&rejects, err) &&
              close_resolved(&rejects, err) && pg_run(table->pg, sql_query("found_rejects_drop"), 0, NULL, NULL, err);
    source_reread_free(records);
    return ok;
}
