/* cases.h - reads tests/cases/<type>.cases: what goes into a field type and what has to come out.
 *
 *     # a comment
 *     @ sql=numeric(10,2) min=0 null=NaN          settings of the lines below, until the next @
 *     £110485.61 => 110485.61                     input => value, NULL for SQL NULL
 *     abc =! invalid_value not a number           input =! reject code, and words that the reason holds
 *     Ikea => Framed // change                    // notes: warn, change, mdy, dmy, compare=..., element=...
 *     recA, recB :: Harbour,Lighthouse =! ...     links: ids :: names
 *
 * Settings: sql=TYPE order=dmy min= max= null= choice= alias=FROM|TO (no |: NULL) link=ID|NAME|KEY[|derived]
 * multiple=first unresolved step= mask= key=. Values with blanks are in "...". Escapes everywhere: \n \t \r \\ \" \xNN, and \s for a
 * blank that would be lost at an end. Notes other than compare and element must be there exactly if they apply. */
#ifndef ARTSYNC_TESTS_CASES_H
#define ARTSYNC_TESTS_CASES_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../src/clean/edits.h"

typedef struct CaseSettings {
    Column column;
    CatalogColumn catalog;
    Base base;
    CleanContext context;
    LinkIndex *links;
    char sql[64];
} CaseSettings;

typedef struct Case {
    const char *file;
    int line;
    const CaseSettings *settings;
    Str ids; /* p == NULL: the line has no :: */
    Str input;
    bool rejected;
    const char *value; /* or NULL */
    const char *code, *reason;
    bool warn, change, mdy, dmy;
    const char *compare, *element;
    Cleaned cleaned; /* what came out */
} Case;

typedef void CaseFn(const Case *one, void *ctx);

static const struct {
    const char *sql;
    PgType type;
} case_kinds[] = {
    {"text", {PG_TEXT, .base = "text"}},
    {"varchar", {PG_TEXT, .base = "character varying"}},
    {"char", {PG_TEXT, .base = "character"}},
    {"smallint", {PG_INTEGER, .bytes = 2, .base = "smallint"}},
    {"integer", {PG_INTEGER, .bytes = 4, .base = "integer"}},
    {"bigint", {PG_INTEGER, .bytes = 8, .base = "bigint"}},
    {"numeric", {PG_NUMERIC, .scale = -1, .base = "numeric"}},
    {"real", {PG_FLOAT, .bytes = 4, .base = "real"}},
    {"float8", {PG_FLOAT, .bytes = 8, .base = "double precision"}},
    {"boolean", {PG_BOOLEAN, .base = "boolean"}},
    {"date", {PG_DATE, .base = "date"}},
    {"timestamp", {PG_TIMESTAMP, .scale = -1, .base = "timestamp without time zone"}},
    {"timestamptz", {PG_TIMESTAMPTZ, .scale = -1, .base = "timestamp with time zone"}},
    {"interval", {PG_INTERVAL, .scale = -1, .base = "interval"}},
    {"text[]", {PG_TEXT_ARRAY, .base = "text[]"}},
    {"json", {PG_JSON, .base = "json"}},
    {"jsonb", {PG_JSONB, .base = "jsonb"}},
    {"uuid", {PG_UUID, .base = "uuid"}},
    {"enum", {PG_ENUM, .base = "mood"}},
};

static inline void case_die(const char *file, int line, const char *what)
{
    fprintf(stderr, "%s:%d: %s\n", file, line, what);
    exit(2);
}

/* ---- reading ---- */

static inline Str case_unescape(Arena *arena, const char *text, size_t n)
{
    char *out = arena_alloc(arena, n + 1);
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        if (text[i] != '\\' || i + 1 == n) {
            out[k++] = text[i];
            continue;
        }
        char c = text[++i], hex[3] = {0};
        if (c == 'x' && i + 2 < n) {
            memcpy(hex, text + i + 1, 2);
            out[k++] = (char)strtol(hex, NULL, 16);
            i += 2;
        } else {
            out[k++] = c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c == 's' ? ' ' : c;
        }
    }
    return (Str){out, k};
}

static inline const char *case_text(Arena *arena, const char *text, size_t n)
{
    return case_unescape(arena, text, n).p;
}

static inline bool case_kind(CaseSettings *settings, const char *sql)
{
    size_t name = strcspn(sql, "(");
    for (size_t i = 0; i < sizeof case_kinds / sizeof *case_kinds; i++) {
        if (strncmp(case_kinds[i].sql, sql, name) != 0 || case_kinds[i].sql[name])
            continue;
        PgType *type = &settings->catalog.type;
        *type = case_kinds[i].type;
        int first = 0, second = 0;
        int n = sscanf(sql + name, "(%d,%d)", &first, &second);
        if (n >= 1 && type->kind == PG_TEXT)
            type->length = first;
        if (n >= 1 && type->kind == PG_NUMERIC) {
            type->precision = first;
            type->scale = second;
        }
        if (n >= 1 && (type->kind == PG_TIMESTAMP || type->kind == PG_TIMESTAMPTZ || type->kind == PG_INTERVAL))
            type->scale = first;
        settings->column.catalog = &settings->catalog;
        snprintf(settings->sql, sizeof settings->sql, "%s", sql);
        return true;
    }
    return false;
}

static inline void case_add_name(Arena *arena, StringList *names, const char *name)
{
    const char **items = arena_alloc(arena, ((size_t)names->n + 1) * sizeof *items);
    if (names->n)
        memcpy(items, names->items, (size_t)names->n * sizeof *items);
    items[names->n++] = name;
    names->items = items;
}

static inline void case_add_alias(Arena *arena, Column *column, char *value)
{
    char *bar = strchr(value, '|');
    Alias *aliases = arena_alloc(arena, ((size_t)column->n_aliases + 1) * sizeof *aliases);
    if (column->n_aliases)
        memcpy(aliases, column->aliases, (size_t)column->n_aliases * sizeof *aliases);
    if (bar)
        *bar = '\0';
    aliases[column->n_aliases++] = (Alias){value, bar ? bar + 1 : NULL};
    column->aliases = aliases;
}

static inline bool case_add_link(CaseSettings *settings, char *value)
{
    char *parts[4] = {value, NULL, NULL, NULL};
    for (int i = 1; i < 4 && parts[i - 1]; i++) {
        parts[i] = strchr(parts[i - 1], '|');
        if (parts[i])
            *parts[i]++ = '\0';
    }
    if (!parts[2])
        return false;
    if (!settings->links)
        settings->links = link_index_new();
    link_index_add(settings->links, parts[0], parts[1], parts[2], parts[3] != NULL);
    return true;
}

static inline bool case_add_step(Arena *arena, Column *column, const char *value)
{
    TransformStep *steps = arena_alloc(arena, ((size_t)column->n_transform + 1) * sizeof *steps);
    if (column->n_transform)
        memcpy(steps, column->transform, (size_t)column->n_transform * sizeof *steps);
    const char *wrong = transform_parse(value, arena, &steps[column->n_transform++]);
    column->transform = steps;
    return !wrong;
}

static inline bool case_setting(Arena *arena, CaseSettings *settings, const char *key, char *value)
{
    Column *column = &settings->column;
    if (strcmp(key, "sql") == 0)
        return case_kind(settings, value);
    if (strcmp(key, "order") == 0)
        settings->context.date_order = strcmp(value, "dmy") == 0 ? DATE_DMY : DATE_MDY;
    else if (strcmp(key, "mark") == 0)
        settings->context.number.mark = strcmp(value, "comma") == 0 ? MARK_COMMA : MARK_POINT;
    else if (strcmp(key, "ambiguous") == 0)
        settings->context.number.ambiguous = strcmp(value, "comma") == 0 ? MARK_COMMA : MARK_POINT;
    else if (strcmp(key, "mixed") == 0)
        settings->context.number.mixed = value;
    else if (strcmp(key, "min") == 0)
        column->min = value;
    else if (strcmp(key, "max") == 0)
        column->max = value;
    else if (strcmp(key, "null") == 0)
        case_add_name(arena, &settings->base.null_tokens, value);
    else if (strcmp(key, "choice") == 0)
        case_add_name(arena, &column->choices, value);
    else if (strcmp(key, "alias") == 0)
        case_add_alias(arena, column, value);
    else if (strcmp(key, "link") == 0)
        return case_add_link(settings, value);
    else if (strcmp(key, "step") == 0)
        return case_add_step(arena, column, value);
    else if (strcmp(key, "mask") == 0)
        return !mask_parse(value, arena, &column->mask);
    else if (strcmp(key, "key") == 0)
        settings->base.mask_key = value;
    else if (strcmp(key, "multiple") == 0)
        column->multiple_first = true;
    else if (strcmp(key, "unresolved") != 0)
        return false;
    return true;
}

static inline bool case_settings(Arena *arena, FieldType type, const char *text, CaseSettings *settings)
{
    *settings = (CaseSettings){.column = {.name = "cell", .type = type}};
    settings->context.arena = arena;
    while (*text) {
        text += strspn(text, " ");
        size_t key = strcspn(text, "= ");
        const char *value = text + key + (text[key] == '='), *end = value;
        if (*value == '"') {
            for (end = ++value; *end && *end != '"'; end++)
                end += *end == '\\' && end[1];
        } else {
            end += strcspn(end, " ");
        }
        char *copy = arena_str(arena, case_text(arena, value, (size_t)(end - value)));
        if (key && !case_setting(arena, settings, arena_strn(arena, text, key), copy))
            return false;
        text = end + (*end == '"');
    }
    settings->context.base = &settings->base;
    settings->context.links = settings->links;
    return true;
}

static inline bool case_notes(Arena *arena, Case *one, const char *text)
{
    while (*(text += strspn(text, " "))) {
        size_t n =
            strncmp(text, "compare=", 8) == 0 || strncmp(text, "element=", 8) == 0 ? strlen(text) : strcspn(text, " ");
        if (strncmp(text, "compare=", 8) == 0)
            one->compare = case_text(arena, text + 8, n - 8);
        else if (strncmp(text, "element=", 8) == 0)
            one->element = case_text(arena, text + 8, n - 8);
        else if (n == 4 && memcmp(text, "warn", n) == 0)
            one->warn = true;
        else if (n == 6 && memcmp(text, "change", n) == 0)
            one->change = true;
        else if (n == 3 && memcmp(text, "mdy", n) == 0)
            one->mdy = true;
        else if (n == 3 && memcmp(text, "dmy", n) == 0)
            one->dmy = true;
        else
            return false;
        text += n;
    }
    return true;
}

static inline bool case_line(Arena *arena, char *line, Case *one)
{
    char *notes = strstr(line, " // "), *arrow = strstr(line, " => "), *bang = strstr(line, " =! ");
    char *mark = arrow ? arrow : bang, *ids = strstr(line, " :: ");
    if (!mark)
        return false;
    if (notes)
        *notes = '\0';
    const char *input = line;
    one->ids = (Str){NULL, 0};
    if (ids && ids < mark) {
        one->ids = case_unescape(arena, line, (size_t)(ids - line));
        input = ids + 4;
    }
    one->input = input < mark ? case_unescape(arena, input, (size_t)(mark - input)) : STR("");
    one->rejected = !arrow;
    char *answer = mark + 4;
    if (one->rejected) {
        size_t code = strcspn(answer, " ");
        one->code = arena_strn(arena, answer, code);
        one->reason =
            case_text(arena, answer + code + (answer[code] == ' '), strlen(answer + code + (answer[code] == ' ')));
    } else {
        one->value = strcmp(answer, "NULL") == 0 ? NULL : case_text(arena, answer, strlen(answer));
    }
    return !notes || case_notes(arena, one, notes + 4);
}

/* ---- running ---- */

/* Clean every line of a file and hand it to `each`. Returns how many lines there were. */
static inline int cases_file(const char *path, FieldType type, CaseFn *each, void *ctx)
{
    char line[4096];
    FILE *file = fopen(path, "r");
    if (!file)
        case_die(path, 0, "cannot be read");
    Arena arena = {0};
    CaseSettings settings;
    int n = 0;
    case_settings(&arena, type, "", &settings);
    for (int number = 1; fgets(line, sizeof line, file); number++) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '\0' || line[0] == '#')
            continue;
        if (line[0] == '@') {
            link_index_free(settings.links);
            if (!case_settings(&arena, type, line + 1, &settings))
                case_die(path, number, "unknown setting");
            continue;
        }
        Case one = {.file = path, .line = number, .settings = &settings};
        if (!case_line(&arena, line, &one))
            case_die(path, number, "is no case");
        if (one.ids.p)
            field_clean_link(&settings.column, one.ids, one.input, &settings.context, &one.cleaned);
        else
            field_clean(&settings.column, edited_cell(&settings.column, one.input, &arena, &settings.base), &settings.context,
                        &one.cleaned);
        each(&one, ctx);
        n++;
    }
    link_index_free(settings.links);
    arena_free(&arena);
    fclose(file);
    return n;
}

static inline int cases_run(const char *folder, FieldType type, CaseFn *each, void *ctx)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s.cases", folder, field_type_name(type));
    return cases_file(path, type, each, ctx);
}

#endif
