/* report_text.c - what a person reads after a sync: the table, then what is worth knowing, then one sentence. */
#include <stdlib.h>

#include "artsync/shell.h"
#include "private.h"

enum { HEADERS_SHOWN = 30, CLEANING_SHOWN = 20, CONFLICTS_SHOWN = 10, GROUPS_SHOWN = 30, VALUE_MAX = 60, REASON_MAX = 300 };

/* ---- the table ---- */

static void print_table(const SyncResult *result, FILE *out)
{
    static const char *const right[] = {"read", "created", "updated", "unchanged", "rejected", "skipped"};
    static const char *const rare[] = {"deactivated", "reactivated", "conflicts", "overwritten", "warnings"};
    Arena arena = {0};
    TextTable *table = text_table_new();
    text_table_column(table, "table", COLUMN_LEFT);
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++)
        text_table_column(table, right[i], COLUMN_RIGHT);
    for (size_t i = 0; i < sizeof rare / sizeof rare[0]; i++)
        text_table_column(table, rare[i], COLUMN_RIGHT | COLUMN_OPTIONAL);
    text_table_column(table, "time", COLUMN_RIGHT);
    text_table_column(table, "", COLUMN_LEFT | COLUMN_OPTIONAL);
    for (int i = 0; i < result->n_tables; i++) {
        const SyncTable *t = &result->tables[i];
        text_table_cell(table, STYLE_PLAIN, t->table->name);
        text_table_number(table, STYLE_PLAIN, t->counts.read);
        text_table_number(table, STYLE_GOOD, t->counts.created);
        text_table_number(table, STYLE_GOOD, t->counts.updated);
        text_table_number(table, STYLE_PLAIN, t->counts.unchanged);
        text_table_number(table, STYLE_BAD, t->counts.rejected);
        text_table_number(table, STYLE_PLAIN, t->counts.skipped_records);
        text_table_number(table, STYLE_WARN, t->counts.deactivated);
        text_table_number(table, STYLE_PLAIN, t->counts.reactivated);
        text_table_number(table, STYLE_WARN, t->counts.conflicts);
        text_table_number(table, STYLE_WARN, t->counts.overwritten);
        text_table_number(table, STYLE_WARN, t->counts.warnings);
        text_table_cell(table, STYLE_PLAIN, out_duration(t->ms, &arena));
        text_table_cell(table, STYLE_DIM, t->skipped ? "file unchanged, not read" : "");
        text_table_row(table);
    }
    text_table_print(table, out);
    text_table_free(table);
    arena_free(&arena);
}

/* ---- warnings and cleaning ---- */

static void print_lines(const int64_t *lines, size_t n, int64_t count, FILE *out)
{
    Arena arena = {0};
    size_t shown = 0;
    for (size_t i = 0; i < n && lines[i] > 0; i++, shown++)
        out_print(out, "%s%s", shown ? ", " : count == 1 ? " (line " : " (lines ", out_count(lines[i], &arena));
    if (shown)
        out_print(out, "%s)", (int64_t)shown < count ? ", ..." : "");
    arena_free(&arena);
}

static void print_warnings(CleaningReport *report, FILE *out)
{
    const CleaningWarning *warnings;
    size_t n = cleaning_report_warnings(report, &warnings);
    Arena arena = {0};
    if (n)
        out_print(out, "\n%sWarnings%s\n", style_begin(STYLE_BOLD), style_end(STYLE_BOLD));
    for (size_t i = 0; i < n && i < GROUPS_SHOWN; i++) {
        const CleaningWarning *w = &warnings[i];
        out_print(out, "  %s%s%s: %s", w->table, w->column ? "." : "", w->column ? w->column : "",
                w->code ? arena_printf(&arena, "%s, e.g. %s", w->code, out_safe(w->text, REASON_MAX, &arena))
                        : out_safe(w->text, REASON_MAX, &arena));
        if (w->count > 1)
            out_print(out, " %sx", out_count(w->count, &arena));
        print_lines(w->lines, sizeof w->lines / sizeof w->lines[0], w->count, out);
        fputc('\n', out);
    }
    if (n > GROUPS_SHOWN)
        out_print(out, "  and %s\n", out_noun((int64_t)n - GROUPS_SHOWN, "other kind", "other kinds", &arena));
    arena_free(&arena);
}

/* Not an error: lookups, formulas and notes that stay in Airtable. Said, so that nobody misses a column. */
static void print_unmapped(const SyncResult *result, FILE *out)
{
    Arena arena = {0};
    bool any = false;
    for (int i = 0; i < result->n_tables; i++) {
        const SyncTable *t = &result->tables[i];
        if (t->unmapped.n == 0)
            continue;
        if (!any)
            out_print(out, "\n%sHeaders nobody maps%s\n", style_begin(STYLE_BOLD), style_end(STYLE_BOLD));
        any = true;
        out_print(out, "  %s: ", t->table->name);
        for (int h = 0; h < t->unmapped.n && h < HEADERS_SHOWN; h++)
            out_print(out, "%s%s", h ? ", " : "", out_safe(t->unmapped.items[h], VALUE_MAX, &arena));
        if (t->unmapped.n > HEADERS_SHOWN)
            out_print(out, " and %s", out_noun(t->unmapped.n - HEADERS_SHOWN, "other", "others", &arena));
        fputc('\n', out);
    }
    arena_free(&arena);
}

static const char *quoted(const char *text, Arena *arena)
{
    return text ? arena_printf(arena, "\"%s\"", out_safe(text, VALUE_MAX, arena)) : "(empty)";
}

static void print_cleaning(CleaningReport *report, FILE *out)
{
    const CleaningChange *changes;
    size_t n = cleaning_report_changes(report, &changes);
    Arena arena = {0};
    if (n)
        out_print(out, "\n%sCleaned on the way%s\n", style_begin(STYLE_BOLD), style_end(STYLE_BOLD));
    for (size_t i = 0; i < n && i < CLEANING_SHOWN; i++)
        out_print(out, "  %s.%s: %s -> %s %sx\n", changes[i].table, changes[i].column, quoted(changes[i].from, &arena),
                quoted(changes[i].to, &arena), out_count(changes[i].count, &arena));
    if (n > CLEANING_SHOWN)
        out_print(out, "  and %s; --json lists all\n",
                out_noun((int64_t)n - CLEANING_SHOWN, "other kind", "other kinds", &arena));
    arena_free(&arena);
}

/* ---- rejects, by table, column and code ---- */

typedef struct Group {
    const char *table, *column, *code, *reason, *value;
    int64_t lines[5];
    int64_t count;
} Group;

typedef struct Groups {
    Group *items;
    int n, cap;
    Arena arena;
} Groups;

static const char *field(const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsString(item) ? item->valuestring : NULL;
}

static bool same(const char *a, const char *b) { return a == b || (a && b && strcmp(a, b) == 0); }

static Group *group_for(Groups *groups, const cJSON *reject)
{
    const char *table = field(reject, "table"), *column = field(reject, "column"), *code = field(reject, "code");
    for (int i = 0; i < groups->n; i++) {
        Group *g = &groups->items[i];
        if (same(g->table, table) && same(g->column, column) && same(g->code, code))
            return g;
    }
    ARRAY_ROOM(groups->items, groups->n, groups->cap);
    Group *g = &groups->items[groups->n++];
    const char *reason = field(reject, "reason"), *value = field(reject, "value");
    *g = (Group){.table = arena_str(&groups->arena, table ? table : ""),
                 .column = column ? arena_str(&groups->arena, column) : NULL,
                 .code = arena_str(&groups->arena, code ? code : ""),
                 .reason = out_safe(reason ? reason : "", REASON_MAX, &groups->arena),
                 .value = value ? out_safe(value, VALUE_MAX, &groups->arena) : NULL};
    return g;
}

static bool collect_reject(void *ctx, const char *line, Err *err)
{
    (void)err;
    cJSON *reject = cJSON_Parse(line);
    Group *g = group_for(ctx, reject);
    const cJSON *number = cJSON_GetObjectItemCaseSensitive(reject, "line");
    if (g->count < (int64_t)(sizeof g->lines / sizeof g->lines[0]))
        g->lines[g->count] = cJSON_IsNumber(number) ? (int64_t)number->valuedouble : 0;
    g->count++;
    cJSON_Delete(reject);
    return true;
}

static void print_group(const Group *g, FILE *out)
{
    Arena arena = {0};
    out_print(out, "  %s%s%s: %s, %s", g->table, g->column ? "." : "", g->column ? g->column : "", g->code,
            out_noun(g->count, "record", "records", &arena));
    print_lines(g->lines, sizeof g->lines / sizeof g->lines[0], g->count, out);
    out_print(out, "\n    %s", g->count > 1 ? "e.g. " : "");
    if (g->value && *g->value)
        out_print(out, "\"%s\": ", g->value);
    out_print(out, "%s\n", g->reason);
    arena_free(&arena);
}

/* A dry or refused run keeps no rejects to write out. */
static void print_advice(const SyncResult *result, const Groups *groups, FILE *out)
{
    const char *table = groups->items[0].table;
    if (strcmp(result->status, "completed") != 0)
        return;
    Arena arena = {0};
    out_print(out, "  See each one:   %s\n", command_line(&arena, "rejects"));
    out_print(out, "  Fix and replay: %s\n", command_line(&arena, "rejects --table %s --csv mend.csv", table));
    out_print(out, "                  %s\n", rejects_replay(table, "mend.csv", &arena));
    arena_free(&arena);
}

/* ---- conflicts ---- */

typedef struct Conflicts {
    FILE *out;
    int64_t n;
} Conflicts;

static const char *shown(const cJSON *object, const char *key, Arena *arena)
{
    const char *text = field(object, key);
    return text ? out_safe(text, VALUE_MAX, arena) : "(empty)";
}

static bool print_conflict(void *ctx, const char *line, Err *err)
{
    (void)err;
    Conflicts *conflicts = ctx;
    if (conflicts->n++ >= CONFLICTS_SHOWN)
        return true;
    Arena arena = {0};
    cJSON *c = cJSON_Parse(line);
    out_print(conflicts->out, "  %s %s %s: export %s, database %s; %s\n", shown(c, "table", &arena),
            shown(c, "id", &arena), shown(c, "column", &arena), shown(c, "export", &arena),
            shown(c, "database", &arena), shown(c, "resolution", &arena));
    cJSON_Delete(c);
    arena_free(&arena);
    return true;
}

static bool print_conflicts(const SyncResult *result, FILE *out, Err *err)
{
    Arena arena = {0};
    int64_t n = result->conflicts ? spool_count(result->conflicts) : 0;
    if (n == 0)
        return true;
    out_print(out, "\n%sConflicts: changed in the export and in the database since the last sync%s\n",
            style_begin(STYLE_BOLD), style_end(STYLE_BOLD));
    Conflicts conflicts = {.out = out};
    bool ok = spool_each(result->conflicts, print_conflict, &conflicts, err);
    if (n > CONFLICTS_SHOWN)
        out_print(out, "  and %s; --json lists all\n", out_noun(n - CONFLICTS_SHOWN, "other", "others", &arena));
    arena_free(&arena);
    return ok;
}

bool report_rejects(const SyncResult *result, Err *err)
{
    Groups groups = {0};
    Arena arena = {0};
    bool ok = !result->rejects || spool_each(result->rejects, collect_reject, &groups, err);
    if (groups.n) {
        out_print(stdout, "\n%s%s rejected%s\n", style_begin(STYLE_BOLD),
                out_noun(spool_count(result->rejects), "record", "records", &arena), style_end(STYLE_BOLD));
        for (int i = 0; i < groups.n && i < GROUPS_SHOWN; i++)
            print_group(&groups.items[i], stdout);
        if (groups.n > GROUPS_SHOWN)
            out_print(stdout, "  and %s\n", out_noun(groups.n - GROUPS_SHOWN, "other kind", "other kinds", &arena));
        print_advice(result, &groups, stdout);
    }
    free(groups.items);
    arena_free(&groups.arena);
    arena_free(&arena);
    return ok && print_conflicts(result, stdout, err);
}

/* ---- the closing sentence ---- */

typedef struct Totals {
    int64_t created, updated, deactivated, rejected, new_rejects, conflicts;
    bool all_skipped;
} Totals;

static Totals totals_of(const SyncResult *result)
{
    Totals sum = {.all_skipped = result->n_tables > 0};
    for (int i = 0; i < result->n_tables; i++) {
        const SyncTable *t = &result->tables[i];
        sum.created += t->counts.created;
        sum.updated += t->counts.updated;
        sum.deactivated += t->counts.deactivated;
        sum.rejected += t->counts.rejected;
        sum.new_rejects += t->counts.new_rejects;
        sum.conflicts += t->counts.conflicts;
        sum.all_skipped = sum.all_skipped && t->skipped;
    }
    return sum;
}

static void add_part(Buf *text, int64_t n, const char *what, Arena *arena)
{
    if (n)
        buf_printf(text, "%s%s %s", text->len ? ", " : "", out_count(n, arena), what);
}

static void print_closing(const SyncResult *result, FILE *out)
{
    Arena arena = {0};
    Buf parts = {0};
    Totals sum = totals_of(result);
    add_part(&parts, sum.created, "created", &arena);
    add_part(&parts, sum.updated, "updated", &arena);
    add_part(&parts, sum.deactivated, "deactivated", &arena);
    const char *time = out_duration(result->duration_ms, &arena);
    fputc('\n', out);
    if (sum.all_skipped)
        fputs("Nothing changed: all files are as they were at the last sync.", out);
    else if (parts.len == 0)
        out_print(out, sum.rejected || sum.conflicts ? "Nothing changed."
                                                     : "Nothing changed: the database is in step with the export.");
    else if (result->dry_run)
        out_print(out, "Dry run: nothing was written. A sync of this export: %s.", parts.data);
    else
        out_print(out, "Done in %s: %s.", time, parts.data);
    if (sum.rejected && sum.rejected == sum.new_rejects)
        out_print(out, " %s rejected.", out_noun(sum.rejected, "record was", "records were", &arena));
    else if (sum.rejected)
        out_print(out, " %s rejected, %s of them new.", out_noun(sum.rejected, "record was", "records were", &arena),
                sum.new_rejects ? out_count(sum.new_rejects, &arena) : "none");
    if (sum.conflicts)
        out_print(out, " %s to look at.", out_noun(sum.conflicts, "conflict", "conflicts", &arena));
    fputc('\n', out);
    buf_free(&parts);
    arena_free(&arena);
}

bool report_text(const Cli *cli, const SyncResult *result, Err *err)
{
    Arena arena = {0};
    out_print(stdout, "%s%s: base %s into database %s, mode %s\n\n", result->dry_run ? "Dry run" : "Sync ",
            result->dry_run ? "" : out_short_id(result->sync_id, &arena), cli->base->name, pg_database(cli->pg),
            sync_mode_name(result->mode));
    print_table(result, stdout);
    print_warnings(result->cleaning, stdout);
    print_cleaning(result->cleaning, stdout);
    print_unmapped(result, stdout);
    bool ok = report_rejects(result, err);
    print_closing(result, stdout);
    arena_free(&arena);
    return ok;
}
