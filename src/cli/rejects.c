/* rejects.c - what every report of rejects has: their columns, the lines that they are on, the command that replays them. */
#include "rejects.h"

#include "artsync/shell.h"

const ReportColumn reject_columns[REJECT_CELLS] = {
    [REJECT_TABLE] = {.key = "table", .heading = "table"},
    [REJECT_FILE] = {.key = "file"},
    [REJECT_RECORD] = {.key = "record", .type = CELL_COUNT},
    [REJECT_LINE] = {.key = "line", .heading = "line", .type = CELL_COUNT, .flags = AT_RIGHT},
    [REJECT_ID] = {.key = "id", .heading = "id"},
    [REJECT_COLUMN] = {.key = "column", .heading = "column"},
    [REJECT_VALUE] = {.key = "value", .heading = "value"},
    [REJECT_CODE] = {.key = "code", .heading = "code"},
    [REJECT_REASON] = {.key = "reason", .heading = "reason"},
};

const char *rejects_replay(const char *table, const char *path, Arena *arena)
{
    return command_line(arena, "sync --file %s", arena_printf(arena, "%s=%s", table, path));
}

void report_lines_of(Report *report, const int64_t *lines, size_t n, int64_t count)
{
    size_t told = 0;
    for (size_t i = 0; i < n && lines[i] > 0; i++, told++)
        report_part(report, STYLE_PLAIN, "%s%s", told ? ", " : count == 1 ? " (line " : " (lines ",
                    out_count(lines[i], report_arena(report)));
    if (told)
        report_part(report, STYLE_PLAIN, "%s)", (int64_t)told < count ? ", ..." : "");
}
