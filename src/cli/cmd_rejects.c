/* cmd_rejects.c - the records that were not written: listed, or as a CSV to correct. */
#include <stdlib.h>

#include "artsync/base_map.h"
#include "artsync/cells.h"
#include "artsync/embed.h"
#include "artsync/shell.h"
#include "rejects.h"
#include "report_sync.h"

static const Option options[] = {
    {"table", 0, OPTION_TEXT, "TABLE", NULL, NULL, "only the rejects of this table"},
    {"csv", 0, OPTION_TEXT, "FILE", NULL, NULL, "write the records as a CSV to fix and replay"},
    {"force", 0, OPTION_FLAG, NULL, NULL, NULL, "replace FILE if it already exists"},
    {0},
};

static bool run(Cli *cli, Err *err);

const Command cmd_rejects = {
    .name = "rejects",
    .arguments = "[SYNC_ID]",
    .max_arguments = 1,
    .summary = "list the open rejects or those of one sync, or write them as a CSV to fix",
    .details = "SYNC_ID may be a unique prefix, or last. The CSV has the source's own columns plus _reject_reason;\n"
               "fixed, it goes back in with artsync sync --file TABLE=FILE.",
    .examples = "artsync rejects\n"
                "artsync rejects last --table editions\n"
                "artsync rejects --table editions --csv fixed.csv\n",
    .see_also = "sync, report, history",
    .needs = NEED_SCHEMA | ALSO_MAP,
    .options = options,
    .run = run,
};

enum { VALUE_MAX = 60, REASON_MAX = 400 };

static void reject_line(Report *report, const char *const *cells)
{
    Arena *arena = report_arena(report);
    const char *value = filled(cells[REJECT_VALUE]);
    if (cells[REJECT_LINE])
        report_part(report, STYLE_PLAIN, "  line %s", cells[REJECT_LINE]);
    if (cells[REJECT_ID])
        report_part(report, STYLE_PLAIN, "%s%s", cells[REJECT_LINE] ? ", " : "  ",
                    out_safe(cells[REJECT_ID], VALUE_MAX, arena));
    if (!cells[REJECT_LINE] && !cells[REJECT_ID])
        report_part(report, STYLE_PLAIN, "  record %s", cells[REJECT_RECORD]);
    if (cells[REJECT_COLUMN])
        report_part(report, STYLE_PLAIN, ", %s", cells[REJECT_COLUMN]);
    if (value)
        report_part(report, STYLE_PLAIN, " \"%s\"", out_safe(value, VALUE_MAX, arena));
    report_line(report, ": %s", out_safe(cells[REJECT_REASON], REASON_MAX, arena));
}

/* ---- listing ---- */

typedef struct Listing {
    Cli *cli;
    const char *const *params; /* of rejects_list.sql */
    Report *report;
    Arena arena;
    const char *table, *file; /* whose heading was written last */
    Buf tables;               /* all of them, as cells */
    int64_t n;
} Listing;

static void listed_line(Report *report, void *ctx, const char *const *cells)
{
    Listing *listing = ctx;
    if (!listing->table || strcmp(listing->table, cells[REJECT_TABLE]) != 0 ||
        strcmp(listing->file, cells[REJECT_FILE]) != 0) {
        if (!listing->table || strcmp(listing->table, cells[REJECT_TABLE]) != 0)
            cells_add(&listing->tables, cells[REJECT_TABLE]);
        listing->table = arena_str(&listing->arena, cells[REJECT_TABLE]);
        listing->file = arena_str(&listing->arena, cells[REJECT_FILE]);
        report_gap(report);
        report_part(report, STYLE_BOLD, "%s", listing->table);
        report_line(report, ", from %s", out_safe(listing->file, VALUE_MAX * 4, report_arena(report)));
    }
    reject_line(report, cells);
}

static bool list_reject(void *ctx, const char *const *cells, int n, Err *err)
{
    (void)n;
    (void)err;
    Listing *listing = ctx;
    listing->n++;
    report_row(listing->report, cells);
    return true;
}

static bool write_list(Report *report, void *ctx, Err *err)
{
    static const ReportTable table = {.key = "rejects", COLUMNS(reject_columns), .line = listed_line};
    Listing *listing = ctx;
    listing->report = report;
    report_table_begin(report, &table, listing);
    if (!pg_each(listing->cli->pg, sql_query("rejects_list"), 4, listing->params, list_reject, listing, err))
        return false;
    report_table_end(report);
    return true;
}

static bool is_map(const Cli *cli) { return strcmp(cli->base_name, MAP_BASE) == 0; }

static bool write_advice(Report *report, void *ctx, Err *err)
{
    (void)err;
    Listing *listing = ctx;
    Arena *arena = report_arena(report);
    if (listing->n == 0) {
        report_line(report, "%s", listing->params[1] ? "That sync rejected nothing." : "No open rejects.");
        return true;
    }
    report_gap(report);
    if (is_map(listing->cli)) {
        report_line(report, "%s. " MAP_ADVICE, out_noun(listing->n, "reject", "rejects", arena));
        return true;
    }
    report_line(report, "%s. To fix and replay them:", out_noun(listing->n, "reject", "rejects", arena));
    Cells tables = {0};
    cells_split(listing->tables.data, &tables);
    for (int i = 0; i < tables.n; i++) {
        report_line(report, "  %s", command_line(arena, "rejects --table %s --csv " FIXED_CSV, tables.items[i]));
        report_line(report, "  %s", rejects_replay(tables.items[i], FIXED_CSV, arena));
    }
    cells_free(&tables);
    return true;
}

static bool list(Cli *cli, const char *const *params, Err *err)
{
    static const ReportSection sections[] = {{FOR_ALL, 1, write_list}, {FOR_PEOPLE, 2, write_advice}, {0}};
    Listing listing = {.cli = cli, .params = params};
    bool ok = cli_report(cli, sections, &listing, NULL, err);
    buf_free(&listing.tables);
    arena_free(&listing.arena);
    return ok;
}

/* ---- --csv ---- */

typedef struct Written {
    const char *table, *path;
    RejectsWritten rejects;
    bool map;
} Written;

static void unwritten_line(Report *report, void *ctx, const char *const *cells)
{
    (void)ctx;
    reject_line(report, cells);
}

static void write_summary(Report *report, const Written *written, int64_t left)
{
    Arena *arena = report_arena(report);
    int64_t n = written->rejects.written;
    report_text(report, "table", written->table);
    report_text(report, "file", n ? written->path : NULL);
    report_count(report, "written", n);
    if (n && written->map)
        report_line(report, "%s written to %s. " MAP_ADVICE, out_noun(n, "record", "records", arena), written->path);
    else if (n)
        report_line(report, "%s written to %s. Fix it, then: %s", out_noun(n, "record", "records", arena),
                    written->path, rejects_replay(written->table, written->path, arena));
    else
        report_line(report, "Nothing to write: %s has no %srejects.", written->table, left ? "other " : "");
    if (left)
        report_line(report, "%s cannot be split into columns; fix them in the source:",
                    out_noun(left, "record", "records", arena));
}

static bool write_written(Report *report, void *ctx, Err *err)
{
    static const ReportTable table = {.key = "not_written", COLUMNS(reject_columns), .line = unwritten_line};
    const Written *written = ctx;
    write_summary(report, written, spool_count(written->rejects.unwritten));
    return report_spool(report, &table, NULL, written->rejects.unwritten, err);
}

static bool write_csv(Cli *cli, const char *const *params, const char *path, Err *err)
{
    static const ReportSection sections[] = {{FOR_ALL, 1, write_written}, {0}};
    Written written = {params[2], path, {.unwritten = spool_new()}, is_map(cli)};
    if (!params[2])
        err_set(err, ERR_USAGE, "add --table TABLE: a CSV file holds one table's records", "--csv needs --table");
    bool ok = err->code == ERR_NONE &&
              rejects_write_csv(cli, params, path, cli_flag(cli, "force"), &written.rejects, err) &&
              cli_report(cli, sections, &written, NULL, err);
    spool_free(written.rejects.unwritten);
    return ok;
}

static bool run(Cli *cli, Err *err)
{
    const char *table = cli_text(cli, "table"), *path = cli_text(cli, "csv"), *sync = cli_argument(cli, 0);
    char sync_id[51];
    if (table && !cli_table(cli, table, err))
        return false;
    bool ok =
        pg_begin(cli->pg, PG_TX_READ, err) && (!sync || sync_find(cli->pg, cli->base->name, sync, false, sync_id, err));
    const char *params[] = {cli->base->name, sync ? sync_id : NULL, table, path ? "t" : "f"};
    ok = ok && (path ? write_csv(cli, params, path, err) : list(cli, params, err));
    pg_rollback(cli->pg);
    return ok;
}
