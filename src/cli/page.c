/* page.c - what a page is made from: a run of now or of the log, the checks, the last days; and the file it goes to. */
#include "page.h"

#include <stdlib.h>

#include "artsync/cells.h"
#include "artsync/counters.h"
#include "artsync/embed.h"
#include "artsync/file.h"
#include "plan_reports.h"
#include "report_page.h"

/* ---- a run from the log ---- */

enum { L_TYPE, L_STATUS, L_ERROR, L_OF, L_STARTED, L_MS, L_TABLE, L_FILE, L_HASH, L_SKIPPED, L_FORCED, L_COLUMNS };

static const char *kept(SyncResult *result, const PgRows *rows, int row, int column)
{
    const char *text = pg_get(rows, row, column);
    return text ? arena_str(&result->arena, text) : NULL;
}

/* A table that is mapped no longer is left out, as in the history. */
static void add_table(SyncResult *result, const Base *base, const PgRows *rows, int r)
{
    const char *name = pg_get(rows, r, L_TABLE), *hash = pg_get(rows, r, L_HASH);
    const Table *table = name ? base_table(base, name) : NULL;
    if (!table)
        return;
    SyncTable *t = &result->tables[result->n_tables++];
    *t = (SyncTable){.table = table,
                     .source = {.name = kept(result, rows, r, L_FILE)},
                     .skipped = pg_bool(rows, r, L_SKIPPED),
                     .ms = -1};
    snprintf(t->source.fingerprint, sizeof t->source.fingerprint, "%s", hash ? hash : "");
    for (int column = L_COLUMNS; column < pg_width(rows); column++)
        for (int c = 0; c < COUNTERS; c++)
            if (strcmp(counters[c].log_column, pg_column_name(rows, column)) == 0)
                *(int64_t *)(void *)((char *)&t->counts + counters[c].offset) = pg_int(rows, r, column);
}

static bool keep_reject(void *ctx, const char *const *cells, int n, Err *err)
{
    Buf line = {0};
    for (int i = 0; i < REJECT_CELLS && i < n; i++)
        cells_add(&line, cells[i]);
    bool ok = spool_add(ctx, line.data, err);
    buf_free(&line);
    return ok;
}

bool stored_sync_read(Cli *cli, const char *sync_id, SyncResult *result, PageReport *page, Err *err)
{
    PgRows *rows = NULL;
    const char *params[] = {cli->base->name, sync_id, NULL, "f"};
    *result = (SyncResult){.cleaning = cleaning_report_new(), .rejects = spool_new()};
    *page = (PageReport){.sync = {.cli = cli, .result = result}, .stored = true, .asked = true};
    if (!pg_query(cli->pg, sql_query("report_sync"), 2, params, &rows, err))
        return false;
    int n = pg_count(rows);
    result->tables = arena_alloc(&result->arena, sizeof *result->tables * (size_t)(n + 1));
    snprintf(result->sync_id, sizeof result->sync_id, "%s", sync_id);
    for (int r = 0; r < n; r++) {
        add_table(result, cli->base, rows, r);
        result->forced = result->forced || pg_bool(rows, r, L_FORCED);
        if (pg_get(rows, r, L_ERROR))
            page->error = kept(result, rows, r, L_ERROR);
    }
    if (n > 0) {
        page->type = kept(result, rows, 0, L_TYPE);
        page->status = kept(result, rows, 0, L_STATUS);
        page->of_sync = kept(result, rows, 0, L_OF);
        snprintf(result->started_at, sizeof result->started_at, "%s", pg_get(rows, 0, L_STARTED));
        result->duration_ms = pg_int(rows, 0, L_MS);
        page->sync.failed = strcmp(page->status, "failed") == 0;
    }
    pg_rows_free(rows);
    return pg_each(cli->pg, sql_query("rejects_list"), 4, params, keep_reject, result->rejects, err);
}

/* ---- what the database says now ---- */

static bool count_rows(Cli *cli, int64_t *n, Err *err)
{
    Buf sql = {0};
    PgRows *rows = NULL;
    plan_all_rows(&sql, cli->base);
    bool ok = pg_row(cli->pg, sql.data, 0, NULL, &rows, err);
    *n = ok ? pg_int(rows, 0, 0) : 0;
    pg_rows_free(rows);
    buf_free(&sql);
    return ok;
}

bool page_ask(Cli *cli, PageReport *page, Err *err)
{
    int64_t rows = 0;
    if (!checks_load(cli->base_name, &page->checks, err) || !checks_run(cli->pg, &page->checks, err) ||
        !count_rows(cli, &rows, err))
        return false;
    const char *params[] = {cli->base->name, arena_printf(&cli->arena, "%lld", (long long)rows)};
    return pg_query(cli->pg, sql_query("report_days"), 2, params, &page->days, err);
}

void page_free(PageReport *page)
{
    checks_free(&page->checks);
    pg_rows_free(page->days);
}

/* ---- the file ---- */

bool page_try(const char *path, Err *err)
{
    AtomicFile *file = NULL;
    bool ok = atomic_file_begin(&file, path, 0600, true, err);
    if (ok)
        atomic_file_abort(file);
    return ok;
}

bool page_write(const PageReport *page, const char *path, Err *err)
{
    AtomicFile *file = NULL;
    PageReport copy = *page;
    if (!atomic_file_begin(&file, path, 0600, true, err))
        return false;
    if (report_write(report_form("page"), atomic_file_stream(file), page_sections, &copy, NULL, err))
        return atomic_file_commit(file, err);
    atomic_file_abort(file);
    return false;
}

bool page_of_run(Cli *cli, const SyncResult *result, const Err *failed, const char *path, Err *err)
{
    Err refused = {0};
    PageReport page = {.sync = {.cli = cli, .result = result, .failed = failed->code != ERR_NONE},
                       .type = sync_mode_name(result->mode),
                       .status = result->status,
                       .error = failed->code != ERR_NONE ? failed->message : NULL,
                       .hint = failed->hint};
    page.asked = pg_begin(cli->pg, PG_TX_READ, &refused) && page_ask(cli, &page, &refused);
    if (!page.asked) {
        pg_rollback(cli->pg);
        page.why_not = refused.message;
    }
    bool ok = page_write(&page, path, err);
    pg_rollback(cli->pg);
    page_free(&page);
    err_clear(&refused);
    return ok;
}
