/* Which header of the file belongs to which column. */
#include <stdlib.h>

#include "artsync/utf8.h"
#include "internal.h"

/* One thing that looks for its header: the id, a column, a link's ids, a skip rule. */
typedef struct Target {
    const StringList *headers;
    int *cell; /* found at, or -1 */
} Target;

enum { CANDIDATES = 5, DISTANCE_LIMIT = 40 };

static Str header_at(const RawRecord *header, int i) { return header->cells[i]; }

static const char *shown(Binding *b, Str text) { return utf8_printable(text, 60, &b->arena); }

/* Our own rejects files carry such columns; a header without a name belongs to no column. */
static bool is_ignored(Str header)
{
    Str name = utf8_trim(header);
    return name.n == 0 || (name.n >= 8 && memcmp(name.p, "_reject_", 8) == 0);
}

bool names_hold(const StringList *names, Str text)
{
    for (int i = 0; i < names->n; i++)
        if (str_eq(str_of(names->items[i]), text))
            return true;
    return false;
}

/* ---- matching ---- */

static bool matches(const StringList *names, Str header, bool fold, Arena *arena)
{
    for (int i = 0; i < names->n; i++) {
        Str name = str_of(names->items[i]);
        if (str_eq(fold ? utf8_fold(name, arena) : name, header))
            return true;
    }
    return false;
}

/* Gives the cell to every target that wants its header: exactly, else without case and surplus spaces.
 * *taken says whether any did; -1, or the cell that was given to the same target before. */
static int give(const Target *targets, int n, Str header, int cell, bool *taken, Arena *arena)
{
    Str folded = utf8_fold(header, arena);
    *taken = false;
    for (int fold = 0; fold < 2 && !*taken; fold++)
        for (int i = 0; i < n; i++)
            if (matches(targets[i].headers, fold ? folded : header, fold, arena)) {
                if (*targets[i].cell >= 0)
                    return *targets[i].cell;
                *targets[i].cell = cell;
                *taken = true;
            }
    return -1;
}

static int *no_cells(Binding *b, int n)
{
    int *cells = arena_alloc(&b->arena, sizeof *cells * (size_t)(n + 1));
    for (int i = 0; i < n; i++)
        cells[i] = -1;
    return cells;
}

/* Copying a field in Airtable leaves such headers: one that is not mapped may be there more than once. */
static bool is_listed(const Binding *b, Str name)
{
    for (int i = 0; i < b->unmapped.n; i++) {
        if (str_eq(str_of(b->unmapped.items[i]), name))
            return true;
    }
    return false;
}

static bool match_headers(Binding *b, const char *path, const RawRecord *header, Err *err)
{
    const Table *table = b->table;
    Target *targets = arena_alloc(&b->arena, sizeof *targets * (size_t)(2 * table->n_columns + 1));
    Target *skips = arena_alloc(&b->arena, sizeof *skips * (size_t)(table->n_skips + 1));
    StringList *skip_names = arena_alloc(&b->arena, sizeof *skip_names * (size_t)(table->n_skips + 1));
    Arena scratch = {0};
    bool ok = true;
    int n = 0;
    targets[n++] = (Target){&table->id_headers, &b->id};
    for (int i = 0; i < table->n_columns; i++) {
        targets[n++] = (Target){&table->columns[i].headers, &b->cells[i]};
        targets[n++] = (Target){&table->columns[i].id_headers, &b->ids[i]};
    }
    for (int i = 0; i < table->n_skips; i++) {
        skip_names[i] = (StringList){(const char **)&table->skips[i].header, 1};
        skips[i] = (Target){&skip_names[i], &b->skips[i]};
    }
    b->unmapped.items = arena_alloc(&b->arena, sizeof *b->unmapped.items * (size_t)(header->n_cells + 1));
    for (int i = 0; ok && i < header->n_cells; i++) {
        Str name = header_at(header, i);
        bool mapped, skipping = false;
        if (is_ignored(name))
            continue;
        int other = give(targets, n, name, i, &mapped, &scratch);
        if (other < 0)
            other = give(skips, table->n_skips, name, i, &skipping, &scratch);
        if (other >= 0 && str_eq(header_at(header, other), name))
            ok = err_set(err, ERR_HEADER, "rename one of the two fields, or hide it in the view",
                         "%s: the header \"%s\" appears twice, as columns %d and %d", path, shown(b, name), other + 1,
                         i + 1);
        else if (other >= 0)
            ok = err_set(err, ERR_HEADER, "rename one of the two fields, hide it in the view, or fix base.json",
                         "%s: the headers \"%s\" and \"%s\" are mapped to the same column of %s", path,
                         shown(b, header_at(header, other)), shown(b, name), table->name);
        else if (!mapped && !skipping && !is_listed(b, name))
            b->unmapped.items[b->unmapped.n++] = arena_strn(&b->arena, name.p, name.n);
        arena_reset(&scratch);
    }
    arena_free(&scratch);
    return ok;
}

/* ---- what is missing ---- */

typedef struct Candidate {
    size_t distance;
    int index;
} Candidate;

static int by_distance(const void *a, const void *b)
{
    const Candidate *x = a, *y = b;
    if (x->distance != y->distance)
        return x->distance < y->distance ? -1 : 1;
    return x->index < y->index ? -1 : 1;
}

static size_t distance_to(const StringList *names, const char *header, Arena *arena)
{
    size_t best = DISTANCE_LIMIT + 1;
    Str folded = utf8_fold(str_of(header), arena);
    for (int i = 0; i < names->n; i++) {
        size_t distance = utf8_distance(utf8_fold(str_of(names->items[i]), arena), folded, DISTANCE_LIMIT);
        best = distance < best ? distance : best;
    }
    return best;
}

static void add_names(Buf *out, const StringList *names)
{
    for (int i = 0; i < names->n; i++)
        buf_printf(out, "%s\"%s\"", i ? " or " : "", names->items[i]);
}

/* "; unmapped headers of the file: ..." , the nearest to `names` first. */
static void add_candidates(Binding *b, Buf *out, const StringList *names)
{
    int n = b->unmapped.n;
    if (!n) {
        buf_str(out, "; every header of the file is mapped");
        return;
    }
    Candidate *candidates = mem_grow(NULL, (size_t)n, sizeof *candidates);
    for (int i = 0; i < n; i++)
        candidates[i] = (Candidate){distance_to(names, b->unmapped.items[i], &b->arena), i};
    qsort(candidates, (size_t)n, sizeof *candidates, by_distance);
    buf_str(out, "; unmapped headers of the file: ");
    for (int i = 0; i < n && i < CANDIDATES; i++)
        buf_printf(out, "%s\"%s\"", i ? ", " : "", shown(b, str_of(b->unmapped.items[candidates[i].index])));
    if (n > CANDIDATES)
        buf_printf(out, " and %d more", n - CANDIDATES);
    free(candidates);
}

static const char rename_hint[] = "show the field in the view, or add its new name to the headers in base.json";

static const char *missing_text(Binding *b, const StringList *names, const StringList *more, const char *what)
{
    Buf text = {0};
    StringList both = {arena_alloc(&b->arena, sizeof(char *) * (size_t)(names->n + more->n + 1)), 0};
    for (int i = 0; i < names->n + more->n; i++)
        both.items[both.n++] = i < names->n ? names->items[i] : more->items[i - names->n];
    buf_str(&text, "no header ");
    add_names(&text, &both);
    buf_str(&text, what);
    add_candidates(b, &text, &both);
    const char *kept = arena_strn(&b->arena, text.data, text.len);
    buf_free(&text);
    return kept;
}

static void warn(CleaningReport *report, const Binding *b, const char *column, const char *text)
{
    if (report)
        cleaning_report_warn(report, b->table, column, 0, NULL, text);
}

static bool check_columns(Binding *b, const char *path, CleaningReport *report, Err *err)
{
    for (int i = 0; i < b->table->n_columns; i++) {
        const Column *column = &b->table->columns[i];
        if (binding_has(b, column))
            continue;
        if (column->required)
            return err_set(err, ERR_HEADER, rename_hint, "%s: %s", path,
                           missing_text(b, &column->headers, &column->id_headers,
                                        arena_printf(&b->arena, " for the required column %s", column->name)));
        warn(report, b, column->name,
             missing_text(b, &column->headers, &column->id_headers, ": the column is not changed"));
    }
    for (int i = 0; i < b->table->n_skips; i++)
        if (b->skips[i] < 0)
            warn(report, b, NULL,
                 arena_printf(&b->arena, "no header \"%s\": its skip rule has no effect", b->table->skips[i].header));
    return true;
}

/* Without an id header the natural key has to do. */
static bool check_id(Binding *b, const char *path, CleaningReport *report, Err *err)
{
    static const StringList none = {0};
    const Table *table = b->table;
    for (int i = 0; i < table->n_id_parts; i++) {
        const Column *part = &table->columns[table->id_parts[i]];
        if (!binding_has_own(b, part))
            return err_set(err, ERR_HEADER, rename_hint, "%s: %s", path,
                           missing_text(b, &part->headers, &none,
                                        arena_printf(&b->arena, " for %s, a part of the record id", part->name)));
    }
    if (b->id >= 0 || table->n_id_parts)
        return true;
    for (int i = 0; i < table->n_natural_key; i++)
        if (!binding_has(b, &table->columns[table->natural_key[i]]))
            return err_set(
                err, ERR_HEADER, rename_hint, "%s: %s", path,
                missing_text(b, &table->id_headers, &none, " for the record id, nor one for the natural key"));
    if (!table->n_natural_key)
        return err_set(err, ERR_HEADER, rename_hint, "%s: %s", path,
                       missing_text(b, &table->id_headers, &none, " for the record id"));
    warn(report, b, table->id_column,
         missing_text(b, &table->id_headers, &none, ": records are matched by their natural key"));
    return true;
}

static void warn_nameless(Binding *b, const RawRecord *header, CleaningReport *report)
{
    int n = 0;
    for (int i = 0; i < header->n_cells; i++)
        n += utf8_trim(header_at(header, i)).n == 0;
    if (n)
        warn(report, b, NULL,
             n == 1 ? "1 column of the file has no name and is ignored"
                    : arena_printf(&b->arena, "%d columns of the file have no name and are ignored", n));
}

/* ---- */

bool binding_make(Binding *b, const Table *table, const char *path, const RawRecord *header, CleaningReport *report,
                  Err *err)
{
    *b = (Binding){.table = table, .n_headers = header->n_cells, .id = -1};
    b->cells = no_cells(b, table->n_columns);
    b->ids = no_cells(b, table->n_columns);
    b->skips = no_cells(b, table->n_skips);
    if (!match_headers(b, path, header, err) ||
        !check_columns(b, path, report, err) || !check_id(b, path, report, err))
        return false;
    warn_nameless(b, header, report);
    return true;
}

void binding_free(Binding *b) { arena_free(&b->arena); }

bool binding_has_own(const Binding *b, const Column *column)
{
    return b->cells[column->index] >= 0 || b->ids[column->index] >= 0;
}

bool binding_has(const Binding *b, const Column *column)
{
    return binding_has_own(b, column) || (column->derive.from >= 0 && b->cells[column->derive.from] >= 0);
}
