/* rejects.c - what every report of rejects has: their columns, the lines that they are on, the command that replays
 * them. */
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

const char *lines_of(const int64_t *lines, size_t n, int64_t count, Arena *arena)
{
    Buf text = {0};
    size_t told = 0;
    for (; told < n && lines[told] > 0; told++)
        buf_printf(&text, "%s%s", told ? ", " : "", out_count(lines[told], arena));
    if (told && (int64_t)told < count)
        buf_str(&text, ", ...");
    const char *copy = told ? arena_str(arena, text.data) : NULL;
    buf_free(&text);
    return copy;
}

const char *ids_of(const char *const *ids, size_t n, int64_t count, Arena *arena)
{
    enum { ID_MAX = 60 };
    Buf text = {0};
    size_t told = 0;
    for (; told < n && ids[told]; told++)
        buf_printf(&text, "%s%s", told ? ", " : "", out_safe(ids[told], ID_MAX, arena));
    if (told && (int64_t)told < count)
        buf_str(&text, ", ...");
    const char *copy = told ? arena_str(arena, text.data) : NULL;
    buf_free(&text);
    return copy;
}
