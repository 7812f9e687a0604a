#include <stdlib.h>

#include "artsync/base.h"
#include "artsync/cells.h"
#include "artsync/check.h"
#include "artsync/interrupt.h"
#include "artsync/progress.h"
#include "plan_check.h"
#include "query.h"

static const char folder[] = "checks/";
static const char *const severities[] = {"error", "warning"};

const char *severity_name(Severity severity) { return severities[severity]; }

/* ---- the comment head ---- */

typedef struct Head {
    Buf summary, severity, advice;
} Head;

/* "-- key: text" starts a text, "--   more" goes on with it; returns the text that `line` belongs to. */
static Buf *head_line(Head *head, Str line, Buf *current)
{
    static const char *const keys[] = {"summary:", "severity:", "advice:"};
    Buf *const texts[] = {&head->summary, &head->severity, &head->advice};
    const char *p = line.p + 2, *end = line.p + line.n; /* behind the dashes */
    const char *word = p;
    while (word < end && *word == ' ')
        word++;
    if (word - p >= 2 && current) {
        buf_char(current, ' ');
    } else {
        current = NULL;
        for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
            size_t n = strlen(keys[i]);
            if ((size_t)(end - word) >= n && memcmp(word, keys[i], n) == 0) {
                current = texts[i];
                for (word += n; word < end && *word == ' ';)
                    word++;
                break;
            }
        }
    }
    while (end > word && (end[-1] == ' ' || end[-1] == '\r'))
        end--;
    if (current)
        buf_add(current, word, (size_t)(end - word));
    return current;
}

static const char *read_head(Check *check, const char *text, Arena *arena)
{
    Head head = {0};
    Buf *current = NULL;
    while (text[0] == '-' && text[1] == '-') {
        size_t n = strcspn(text, "\n");
        current = head_line(&head, (Str){text, n}, current);
        text += n + (text[n] == '\n');
    }
    const char *broken = NULL;
    Str severity = buf_view(&head.severity);
    check->summary = arena_str(arena, buf_view(&head.summary).p);
    check->advice = arena_str(arena, buf_view(&head.advice).p);
    if (str_eq(severity, STR("warning")))
        check->severity = SEVERITY_WARNING;
    else if (!str_eq(severity, STR("error")))
        broken = "its head has no line \"-- severity: error\" or \"-- severity: warning\"";
    if (!*check->summary)
        broken = "its head has no line \"-- summary: ...\"";
    buf_free(&head.summary);
    buf_free(&head.severity);
    buf_free(&head.advice);
    return broken;
}

/* ---- loading ---- */

/* A file that cannot be read is a broken check: the others go on. */
static void cannot_read(Checks *checks, Check *check, Err *err)
{
    check->broken = arena_str(&checks->arena, err->message);
    check->summary = "(the file cannot be read)";
    check->advice = check->sql = "";
    err_clear(err);
}

static bool add_check(void *ctx, const char *path, const char *text, size_t size, Err *err)
{
    Checks *checks = ctx;
    ARRAY_RESERVE(checks->items, checks->n, checks->cap);
    Check *check = &checks->items[checks->n++];
    size_t begin = sizeof folder - 1, n = strlen(path) - begin - (sizeof ".sql" - 1);
    *check = (Check){.file = arena_str(&checks->arena, path), .name = arena_strn(&checks->arena, path + begin, n)};
    if (!text) {
        cannot_read(checks, check, err);
        return true;
    }
    const char *query = NULL;
    check->sql = check_query(text, size, &checks->arena, &query);
    check->broken = read_head(check, text, &checks->arena);
    if (!check->broken)
        check->broken = query;
    return true;
}

bool checks_load(const char *base_name, Checks *out, Err *err)
{
    *out = (Checks){0};
    return base_files(base_name, folder, add_check, out, err);
}

bool checks_only(Checks *checks, const char *name)
{
    for (int i = 0; i < checks->n; i++)
        if (strcmp(checks->items[i].name, name) == 0) {
            checks->items[0] = checks->items[i];
            checks->n = 1;
            return true;
        }
    return false;
}

/* ---- running ---- */

/* A row as cells: name, value, name, value ... */
static void add_row(Buf *sample, const PgRows *rows, int row)
{
    Buf cells = {0};
    for (int c = 1; c < pg_width(rows); c++) {
        cells_add(&cells, pg_column_name(rows, c));
        cells_add(&cells, pg_get(rows, row, c));
    }
    cells_add(sample, buf_view(&cells).p);
    buf_free(&cells);
}

static bool count_violations(Pg *pg, Check *check, Err *err)
{
    Buf sql = {0};
    PgRows *rows = NULL;
    plan_violations(&sql, check->sql, CHECK_SAMPLE);
    bool ok = pg_query(pg, sql.data, 0, NULL, &rows, err);
    buf_free(&sql);
    if (!ok)
        return false;
    check->ran = true;
    check->violations = pg_count(rows) ? pg_int(rows, 0, 0) : 0;
    for (int r = 0; r < pg_count(rows); r++)
        add_row(&check->sample, rows, r);
    pg_rows_free(rows);
    return true;
}

/* Is it the check's own fault, so that the others can go on? */
static bool is_own_fault(const Err *err)
{
    return err->sqlstate[0] && err->code != ERR_LOST && err->code != ERR_CONNECT && err->code != ERR_INTERRUPTED &&
           err->code != ERR_TERMINATED;
}

/* What PostgreSQL says to the query without running it. */
static bool explain(Pg *pg, Check *check, Err *err)
{
    Buf sql = {0};
    PgRows *rows = NULL;
    plan_explain(&sql, check->sql);
    bool ok = pg_query(pg, sql.data, 0, NULL, &rows, err);
    pg_rows_free(rows);
    buf_free(&sql);
    return ok;
}

typedef bool CheckStep(Pg *pg, Check *check, Err *err);

static bool run_one(Pg *pg, Check *check, CheckStep *step, Arena *arena, Err *err)
{
    Err why = {0};
    if (check->broken)
        return true;
    progress_table(check->name);
    progress_phase("checking the rows");
    if (!interrupt_check(err) || !pg_savepoint(pg, "artsync_check", err))
        return false;
    if (step(pg, check, &why))
        return pg_release(pg, "artsync_check", err);
    if (!is_own_fault(&why)) {
        *err = why;
        return false;
    }
    check->broken = arena_str(arena, why.message);
    err_clear(&why);
    return pg_rollback_to(pg, "artsync_check", err);
}

static bool run_each(Pg *pg, Checks *checks, CheckStep *step, Err *err)
{
    for (int i = 0; i < checks->n; i++)
        if (!run_one(pg, &checks->items[i], step, &checks->arena, err))
            return err_context(err, "%s", checks->items[i].file);
    return true;
}

bool checks_run(Pg *pg, Checks *checks, Err *err) { return run_each(pg, checks, count_violations, err); }

bool checks_try(Pg *pg, Checks *checks, Err *err) { return run_each(pg, checks, explain, err); }

/* ---- the verdict ---- */

bool checks_failed(const Checks *checks)
{
    for (int i = 0; i < checks->n; i++)
        if (checks->items[i].severity == SEVERITY_ERROR && checks->items[i].violations > 0)
            return true;
    return false;
}

bool checks_runnable(const Checks *checks, Err *err)
{
    int n = 0;
    const Check *first = NULL;
    for (int i = 0; i < checks->n; i++)
        if (checks->items[i].broken && n++ == 0)
            first = &checks->items[i];
    if (n == 0)
        return true;
    return err_set(err, ERR_CONFIG, n > 1 ? "more checks than this one are broken; each is marked in the report" : NULL,
                   "%s cannot be run: %s", first->file, first->broken);
}

void checks_free(Checks *checks)
{
    for (int i = 0; i < checks->n; i++)
        buf_free(&checks->items[i].sample);
    free(checks->items);
    arena_free(&checks->arena);
    *checks = (Checks){0};
}
