/* What cleaning changed and warned about, counted, with bounded memory, whatever the data. */
#include <stdlib.h>

#include "internal.h"
#include "artsync/text_map.h"

enum { KINDS_PER_COLUMN = 1000, TEXT_MAX = 500, FIRST_LINES = 5 };

/* One counted kind: a change (from, to), or a warning, whose `from` is its code, or its text where it has none. */
typedef struct Kind {
    bool warning;
    const char *table, *column, *from, *to;
    const char *text; /* of the first such warning */
    bool varies;      /* others had another text */
    int64_t count, lines[FIRST_LINES];
    const char *ids[FIRST_LINES]; /* of records that are on no line */
} Kind;

/* How many kinds a column has already; a warning's and a change's are counted apart. */
typedef struct Quota {
    const char *table, *column;
    bool warning;
    int kinds;
} Quota;

struct CleaningReport {
    Kind *kinds;
    size_t n, cap;
    TextMap index; /* of kinds, by what makes them one: see key_of */
    Buf key;
    Quota *quotas;
    size_t n_quotas, cap_quotas;
    Arena arena;
    CleaningChange *changes; /* made when asked for */
    CleaningWarning *warnings;
    ExcelNotices excel;
};

CleaningReport *cleaning_report_new(void) { return mem_alloc(sizeof(CleaningReport)); }

ExcelNotices *excel_notices(CleaningReport *report) { return &report->excel; }

void cleaning_report_free(CleaningReport *report)
{
    if (!report)
        return;
    free(report->kinds);
    text_map_free(&report->index);
    buf_free(&report->key);
    free(report->quotas);
    free(report->changes);
    free(report->warnings);
    free(report->excel.columns);
    free(report->excel.told);
    arena_free(&report->excel.arena);
    arena_free(&report->arena);
    free(report);
}

/* ---- counting ---- */

static bool same(const char *a, const char *b) { return a == b || (a && b && strcmp(a, b) == 0); }

/* What makes two kinds one. */
static Str key_of(CleaningReport *report, const Kind *kind)
{
    const char *parts[] = {kind->table, kind->column, kind->from, kind->to};
    buf_clear(&report->key);
    buf_char(&report->key, kind->warning ? 'w' : 'c');
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        buf_char(&report->key, parts[i] ? '=' : '-');
        buf_add(&report->key, parts[i] ? parts[i] : "", parts[i] ? strlen(parts[i]) + 1 : 0);
    }
    return buf_view(&report->key);
}

static Kind *find(CleaningReport *report, const Kind *kind)
{
    const TextEntry *entry = text_map_find(&report->index, key_of(report, kind));
    return entry ? &report->kinds[entry->number] : NULL;
}

static Quota *quota_of(CleaningReport *report, const Kind *kind)
{
    for (size_t i = 0; i < report->n_quotas; i++) {
        Quota *quota = &report->quotas[i];
        if (quota->warning == kind->warning && same(quota->table, kind->table) && same(quota->column, kind->column))
            return quota;
    }
    ARRAY_RESERVE(report->quotas, report->n_quotas, report->cap_quotas);
    report->quotas[report->n_quotas] = (Quota){.table = arena_str(&report->arena, kind->table),
                                               .column = kind->column ? arena_str(&report->arena, kind->column) : NULL,
                                               .warning = kind->warning};
    return &report->quotas[report->n_quotas++];
}

static Kind *add(CleaningReport *report, const Kind *kind, const Quota *quota)
{
    Str key = key_of(report, kind);
    ARRAY_RESERVE(report->kinds, report->n, report->cap);
    Kind *added = &report->kinds[report->n];
    *added = *kind;
    added->table = quota->table;
    added->column = quota->column;
    added->from = arena_str(&report->arena, kind->from);
    added->to = kind->to ? arena_str(&report->arena, kind->to) : NULL;
    added->text = kind->text ? arena_str(&report->arena, kind->text) : NULL;
    bool is_new;
    text_map_add(&report->index, (Str){arena_strn(&report->arena, key.p, key.n), key.n}, (uint32_t)report->n++,
                 &is_new);
    return added;
}

/* A text of any length, cut where a character begins. Returns `text` itself if it is short. */
static const char *cut(const char *text, char copy[TEXT_MAX + 4])
{
    if (!text || strlen(text) <= TEXT_MAX)
        return text;
    size_t n = TEXT_MAX;
    while (n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80)
        n--;
    memcpy(copy, text, n);
    memcpy(copy + n, "...", 4);
    return copy;
}

static Kind *count_one(CleaningReport *report, Kind kind)
{
    char from[TEXT_MAX + 4], to[TEXT_MAX + 4], text[TEXT_MAX + 4];
    kind.from = cut(kind.from, from);
    kind.to = cut(kind.to, to);
    kind.text = cut(kind.text, text);
    Kind *found = find(report, &kind);
    if (!found) {
        Quota *quota = quota_of(report, &kind);
        if (quota->kinds == KINDS_PER_COLUMN) {
            kind.from = kind.text = "(other)";
            kind.to = NULL;
            found = find(report, &kind);
        } else {
            quota->kinds++;
        }
        found = found ? found : add(report, &kind, quota);
    }
    found->count++;
    found->varies = found->varies || !same(found->text, kind.text);
    return found;
}

void cleaning_report_change(CleaningReport *report, const Table *table, const char *column, const char *from,
                            const char *to)
{
    count_one(report, (Kind){.table = table->name, .column = column, .from = from, .to = to});
}

static void warn(CleaningReport *report, const Kind *warning, int64_t line, const char *id)
{
    Kind *kind = count_one(report, *warning);
    if (kind->count > FIRST_LINES)
        return;
    kind->lines[kind->count - 1] = line;
    kind->ids[kind->count - 1] = id ? arena_str(&report->arena, id) : NULL;
}

void cleaning_report_warn(CleaningReport *report, const Table *table, const char *column, int64_t line,
                          const char *code, const char *text)
{
    const Kind kind = {
        .warning = true, .table = table->name, .column = column, .from = code ? code : text, .text = text};
    warn(report, &kind, line, NULL);
}

void cleaning_report_warn_id(CleaningReport *report, const Table *table, const char *column, const char *id,
                             int64_t number, const char *code, const char *text)
{
    const Kind kind = {
        .warning = true, .table = table->name, .column = column, .from = code ? code : text, .text = text};
    warn(report, &kind, number, id ? id : "without an id");
}

/* ---- telling ---- */

static int compare(const char *a, const char *b) { return strcmp(a ? a : "", b ? b : ""); }

static int by_place_and_count(const void *a, const void *b)
{
    const Kind *x = a, *y = b;
    int order = x->warning - y->warning;
    order = order ? order : compare(x->table, y->table);
    order = order ? order : compare(x->column, y->column);
    order = order ? order : (x->count < y->count) - (x->count > y->count);
    order = order ? order : compare(x->from, y->from);
    return order ? order : compare(x->to, y->to);
}

/* Changes first, then warnings, each as they are shown. Returns how many are changes. */
static size_t sort(CleaningReport *report)
{
    size_t n = 0;
    if (report->n)
        qsort(report->kinds, report->n, sizeof *report->kinds, by_place_and_count);
    for (size_t i = 0; i < report->n; i++) {
        text_map_find(&report->index, key_of(report, &report->kinds[i]))->number = (uint32_t)i & INT32_MAX;
        n += !report->kinds[i].warning;
    }
    return n;
}

size_t cleaning_report_changes(CleaningReport *report, const CleaningChange **out)
{
    size_t n = sort(report);
    report->changes = mem_grow(report->changes, n, sizeof *report->changes);
    for (size_t i = 0; i < n; i++) {
        const Kind *k = &report->kinds[i];
        report->changes[i] = (CleaningChange){k->table, k->column, k->from, k->to, k->count};
    }
    *out = report->changes;
    return n;
}

size_t cleaning_report_warnings(CleaningReport *report, const CleaningWarning **out)
{
    size_t changes = sort(report), n = report->n - changes;
    report->warnings = mem_grow(report->warnings, n, sizeof *report->warnings);
    for (size_t i = 0; i < n; i++) {
        const Kind *k = &report->kinds[changes + i];
        report->warnings[i] = (CleaningWarning){.table = k->table,
                                                .column = k->column,
                                                .code = k->varies ? k->from : NULL,
                                                .text = k->text,
                                                .count = k->count};
        memcpy(report->warnings[i].lines, k->lines, sizeof k->lines);
        memcpy(report->warnings[i].ids, k->ids, sizeof k->ids);
    }
    *out = report->warnings;
    return n;
}

int64_t cleaning_report_warning_count(const CleaningReport *report, const Table *table)
{
    int64_t n = 0;
    for (size_t i = 0; i < report->n; i++)
        if (report->kinds[i].warning && report->kinds[i].lines[0] > 0 &&
            strcmp(report->kinds[i].table, table->name) == 0)
            n += report->kinds[i].count;
    return n;
}
