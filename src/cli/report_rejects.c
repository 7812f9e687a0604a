/* report_rejects.c - the rejects of a run: each for programs, in groups for people. */
#include <stdlib.h>

#include "artsync/shell.h"
#include "rejects.h"
#include "report_sync.h"

enum { GROUPS_SHOWN = 30, VALUE_MAX = 60, REASON_MAX = 300 };

bool report_rejects(Report *report, void *ctx, Err *err)
{
    static const ReportTable table = {.key = "rejects", COLUMNS(reject_columns)};
    return report_spool(report, &table, NULL, ((SyncReport *)ctx)->result->rejects, err);
}

/* ---- by table, column and code ---- */

typedef struct Group {
    const char *table, *column, *code, *reason, *value;
    int64_t lines[5];
    const char *ids[5]; /* of those that are on no line */
    int64_t count;
} Group;

typedef struct Groups {
    Group *items;
    int n, cap;
    Arena arena;
} Groups;

static bool same(const char *a, const char *b) { return a == b || (a && b && strcmp(a, b) == 0); }

static const char *kept(Groups *groups, const char *text) { return text ? arena_str(&groups->arena, text) : NULL; }

static Group *group_for(Groups *groups, const char *const *cells)
{
    for (int i = 0; i < groups->n; i++) {
        Group *g = &groups->items[i];
        if (same(g->table, cells[REJECT_TABLE]) && same(g->column, cells[REJECT_COLUMN]) &&
            same(g->code, cells[REJECT_CODE]))
            return g;
    }
    ARRAY_RESERVE(groups->items, groups->n, groups->cap);
    Group *g = &groups->items[groups->n++];
    const char *reason = cells[REJECT_REASON], *value = cells[REJECT_VALUE];
    *g = (Group){.table = kept(groups, cells[REJECT_TABLE]),
                 .column = kept(groups, cells[REJECT_COLUMN]),
                 .code = kept(groups, cells[REJECT_CODE]),
                 .reason = out_safe(reason ? reason : "", REASON_MAX, &groups->arena),
                 .value = value ? out_safe(value, VALUE_MAX, &groups->arena) : NULL};
    return g;
}

static bool collect(void *ctx, const char *const *cells, int n, Err *err)
{
    (void)n;
    (void)err;
    Group *g = group_for(ctx, cells);
    if (g->count < (int64_t)(sizeof g->lines / sizeof g->lines[0])) {
        g->lines[g->count] = cells[REJECT_LINE] ? strtoll(cells[REJECT_LINE], NULL, 10) : 0;
        g->ids[g->count] = cells[REJECT_LINE] ? NULL : kept(ctx, cells[REJECT_ID]);
    }
    g->count++;
    return true;
}

static void write_group(Report *report, const Group *g)
{
    report_part(report, STYLE_PLAIN, "  %s%s%s: %s, %s", g->table, g->column ? "." : "", g->column ? g->column : "",
                g->code ? g->code : "", out_noun(g->count, "record", "records", report_arena(report)));
    const char *lines = lines_of(g->lines, sizeof g->lines / sizeof g->lines[0], g->count, report_arena(report));
    if (lines)
        report_part(report, STYLE_PLAIN, " (%s %s)", g->count == 1 ? "line" : "lines", lines);
    const char *ids = ids_of(g->ids, sizeof g->ids / sizeof g->ids[0], g->count, report_arena(report));
    if (ids)
        report_part(report, STYLE_PLAIN, " (%s)", ids);
    report_line_end(report);
    report_part(report, STYLE_PLAIN, "    %s", g->count > 1 ? "e.g. " : "");
    if (g->value && *g->value)
        report_part(report, STYLE_PLAIN, "\"%s\": ", g->value);
    report_line(report, "%s", g->reason);
}

/* A dry or refused run keeps no rejects to write out. */
static void write_advice(Report *report, const SyncResult *result, bool map, const Groups *groups)
{
    const char *table = groups->items[0].table;
    if (strcmp(result->status, "completed") != 0)
        return;
    Arena *arena = report_arena(report);
    if (map) { /* no file is read again: the rows are the source's */
        report_line(report, "  " MAP_ADVICE);
        return;
    }
    report_line(report, "  See each one:   %s", command_line(arena, "rejects"));
    report_line(report, "  Fix and replay: %s", command_line(arena, "rejects --table %s --csv " FIXED_CSV, table));
    report_line(report, "                  %s", rejects_replay(table, FIXED_CSV, arena));
}

bool report_reject_groups(Report *report, void *ctx, Err *err)
{
    const SyncResult *result = ((SyncReport *)ctx)->result;
    Groups groups = {0};
    bool ok = !result->rejects || spool_each(result->rejects, collect, &groups, err);
    if (groups.n) {
        report_heading(report, "%s rejected",
                       out_noun(spool_count(result->rejects), "record", "records", report_arena(report)));
        for (int i = 0; i < groups.n && i < GROUPS_SHOWN; i++)
            write_group(report, &groups.items[i]);
        if (groups.n > GROUPS_SHOWN)
            report_line(report, "  and %s",
                        out_noun(groups.n - GROUPS_SHOWN, "other kind", "other kinds", report_arena(report)));
        write_advice(report, result, ((SyncReport *)ctx)->map, &groups);
    }
    free(groups.items);
    arena_free(&groups.arena);
    return ok;
}
