/* base.json: one column. One row per key, with the types for which it makes sense. */
#include <stdlib.h>

#include "artsync/utf8.h"
#include "base_build.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define BIT(type)    (1u << (type))

enum {
    NUMBERS = BIT(FIELD_INTEGER) | BIT(FIELD_DECIMAL) | BIT(FIELD_CURRENCY) | BIT(FIELD_PERCENT),
    TIMES = BIT(FIELD_DATE) | BIT(FIELD_DATETIME) | BIT(FIELD_DURATION),
    LINKS = BIT(FIELD_LINK),
    CHOICES = BIT(FIELD_CHOICE) | BIT(FIELD_LIST),
    ALL = BIT(FIELD_COUNT) - 1,
    PLAIN = ALL & ~(BIT(FIELD_ATTACHMENTS) | BIT(FIELD_LINK)),
};

/* ---- the keys ---- */

static void read_name(const Node *value, void *target) { ((Column *)target)->name = node_identifier(value); }

static void read_was(const Node *value, void *target) { ((Column *)target)->was = node_identifier(value); }

#define TYPE_WORD(NAME, name, ...) [FIELD_##NAME] = name,
static const char *const type_words[FIELD_COUNT + 1] = {FIELD_TYPES(TYPE_WORD)};

static void read_type(const Node *value, void *target)
{
    int type = node_word(value, type_words, FIELD_TEXT);
    ((Column *)target)->type = type < 0 ? FIELD_COUNT : (FieldType)type;
}

static void read_headers(const Node *value, void *target) { ((Column *)target)->headers = node_names(value, false); }

static void read_id_headers(const Node *value, void *target)
{
    ((Column *)target)->id_headers = node_names(value, false);
}

static void read_required(const Node *value, void *target)
{
    ((Column *)target)->required = node_boolean(value, false);
}

static const char *const multiple_words[] = {"reject", "first", NULL};
static const char *const invalid_words[] = {"reject", "null", NULL};
static const char *const mark_words[] = {[MARK_AUTO] = "auto", [MARK_POINT] = "point", [MARK_COMMA] = "comma", NULL};

static void read_multiple(const Node *value, void *target)
{
    ((Column *)target)->multiple_first = node_word(value, multiple_words, 0) == 1;
}

static void read_on_invalid(const Node *value, void *target)
{
    ((Column *)target)->on_invalid_null = node_word(value, invalid_words, 0) == 1;
}

DecimalMark read_mark(const Node *value)
{
    int mark = node_word(value, mark_words, MARK_AUTO);
    return mark < 0 ? MARK_AUTO : (DecimalMark)mark;
}

/* Whether the zone exists the server knows. UTC by its usual names is the default. */
const char *read_zone(const Node *value)
{
    const char *zone = node_text(value);
    if (!zone)
        return NULL;
    for (const char *p = zone; *p; p++)
        if (!(*p >= 'A' && *p <= 'Z') && !(*p >= 'a' && *p <= 'z') && !strchr("0123456789/_+-", *p)) {
            node_problem(value, "write a name such as \"Europe/London\"", "\"%s\" is not a valid time zone name", zone);
            return NULL;
        }
    return strcmp(zone, "UTC") == 0 || strcmp(zone, "Etc/UTC") == 0 ? NULL : zone;
}

static void read_column_mark(const Node *value, void *target) { ((Column *)target)->mark = read_mark(value); }
static void read_column_zone(const Node *value, void *target) { ((Column *)target)->zone = read_zone(value); }

/* "" is a value of texts and lists alone: what an empty cell becomes where the column is NOT NULL. */
static void read_default(const Node *value, void *target)
{
    Column *column = target;
    const char *text = cJSON_GetStringValue(value->json);
    const unsigned empty = BIT(FIELD_TEXT) | BIT(FIELD_CHOICE) | BIT(FIELD_LIST) | BIT(FIELD_ATTACHMENTS);
    bool may_be_empty = (BIT(column->type) & empty) != 0;
    column->default_value = may_be_empty && text && !*text ? "" : node_scalar(value);
}

static void read_min(const Node *value, void *target) { ((Column *)target)->min = node_scalar(value); }
static void read_max(const Node *value, void *target) { ((Column *)target)->max = node_scalar(value); }

/* Choices as they are compared without case, sorted: thousands of them are compared in little time and memory. */
typedef struct Folded {
    Str text;
    int index; /* in the choices */
} Folded;

static int compare_text(Str a, Str b)
{
    int order = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);
    return order ? order : (a.n > b.n) - (a.n < b.n);
}

static int by_text(const void *left, const void *right)
{
    const Folded *a = left, *b = right;
    int order = compare_text(a->text, b->text);
    return order ? order : (a->index > b->index) - (a->index < b->index);
}

static Folded *fold_choices(const StringList *choices, Arena *arena)
{
    Folded *folded = arena_alloc(arena, ((size_t)choices->n + 1) * sizeof *folded);
    for (int i = 0; i < choices->n; i++)
        folded[i] = (Folded){utf8_fold(str_of(choices->items[i]), arena), i};
    qsort(folded, (size_t)choices->n, sizeof *folded, by_text);
    return folded;
}

/* How many of the choices fold to this text. */
static int count_folded(const Folded *folded, int n, Str text)
{
    int low = 0, high = n, count = 0;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (compare_text(folded[middle].text, text) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    while (low + count < n && str_eq(folded[low + count].text, text))
        count++;
    return count;
}

static void read_choices(const Node *value, void *target)
{
    StringList choices = node_names(value, false);
    Arena arena = {0};
    const Folded *folded = fold_choices(&choices, &arena);
    for (int i = 1; i < choices.n; i++)
        if (str_eq(folded[i - 1].text, folded[i].text))
            node_problem(value, NULL, "\"%s\" and \"%s\" differ only in case or spaces",
                         choices.items[folded[i - 1].index], choices.items[folded[i].index]);
    arena_free(&arena);
    ((Column *)target)->choices = choices;
}

static void read_aliases(const Node *value, void *target)
{
    Column *column = target;
    if (!node_object(value))
        return;
    Arena *arena = value->doc->arena;
    Alias *aliases = arena_alloc(arena, (size_t)cJSON_GetArraySize(value->json) * sizeof *aliases);
    int n = 0;
    for (const cJSON *json = value->json->child; json; json = json->next) {
        Node to = node_get(value, json->string);
        Str from = utf8_trim(str_of(json->string));
        aliases[n].from = arena_strn(arena, from.p, from.n);
        aliases[n].to = cJSON_IsNull(json) ? NULL : node_text(&to);
        if (from.n == 0)
            node_problem(value, "\"default\" is the value of an empty cell", "an alias cannot be empty");
        for (int k = 0; k < n; k++)
            if (strcmp(aliases[k].from, aliases[n].from) == 0)
                node_problem(value, NULL, "\"%s\" is given twice, spaces aside", aliases[n].from);
        n++;
    }
    column->aliases = aliases;
    column->n_aliases = n;
}

static void read_derive_pattern(const Node *value, void *target)
{
    ((Column *)target)->derive.pattern = read_pattern(value);
}

static void read_derive_from(const Node *value, void *target)
{
    (void)target; /* looked up in finish_table, when all columns are known */
    node_text(value);
}

static const JsonKey derive_keys[] = {
    {"from", true, read_derive_from, 0, 0, &shape_text, "the column whose cell is read"},
    {"pattern", true, read_derive_pattern, 0, 0, &shape_text,
     "a POSIX extended regular expression; its first group is the value"},
};

static const KeyList derive_key_list = {"derive", derive_keys, COUNT(derive_keys), NULL};

static void read_derive(const Node *value, void *target)
{
    node_fields(value, derive_keys, COUNT(derive_keys), target);
}

static void read_to(const Node *value, void *target)
{
    (void)target; /* looked up in finish_links, when all tables are known */
    node_text(value);
}

static const JsonShape type_shape = {.kind = SHAPE_WORD, .words = type_words};
static const JsonShape multiple_shape = {.kind = SHAPE_WORD, .words = multiple_words};
static const JsonShape invalid_shape = {.kind = SHAPE_WORD, .words = invalid_words};
static const JsonShape none = {.kind = SHAPE_NULL};
static const JsonShape alias_shape = {.kind = SHAPE_EITHER, .item = &shape_text, .other = &none};
static const JsonShape aliases_shape = {.kind = SHAPE_MAP, .item = &alias_shape};
static const JsonShape derive_shape = {.kind = SHAPE_OBJECT, .keys = &derive_key_list};
static const JsonShape default_shape = {.kind = SHAPE_SCALAR, .empty = true};
static const JsonShape step_shape = {
    .kind = SHAPE_TEXT, .pattern = "^((trim|lower|upper|digits|collapse_spaces)$|(strip|replace|prefix|split):)"};
static const JsonShape mask_kind_shape = {.kind = SHAPE_TEXT,
                                          .pattern = "^(null|hash|email|phone|name|keep:[1-9][0-9]*)$"};
static const JsonShape transform_shape = {.kind = SHAPE_LIST, .item = &step_shape, .repeats = true};
const JsonShape mark_shape = {.kind = SHAPE_WORD, .words = mark_words};
const JsonShape zone_shape = {.kind = SHAPE_TEXT, .pattern = "^[A-Za-z0-9/_+-]+$"};

static const JsonKey column_keys[] = {
    {"column", true, read_name, ALL, 0, &shape_name, "the column's name"},
    {"type", true, read_type, ALL, 0, &type_shape, "the field's type; see Types"},
    {"headers", false, read_headers, ALL, 0, &shape_names,
     "headers that feed it; `export` writes the first; not needed with `id_headers` or `derive`; of a database by "
     "default "
     "the column's own name"},
    {"id_headers", false, read_id_headers, LINKS, 0, &shape_names, "headers that hold record ids of the linked table"},
    {"to", false, read_to, LINKS, LINKS, &shape_text, "the linked table; required for a link"},
    {"required", false, read_required, ALL, 0, &shape_boolean, "an empty cell rejects the record; default false"},
    {"multiple", false, read_multiple, LINKS, 0, &multiple_shape,
     "several elements in a single link: `reject` (default) or `first`"},
    {"on_invalid", false, read_on_invalid, ALL, 0, &invalid_shape,
     "a bad cell: `reject` (default) the record, or `null` with a warning; not with `required`"},
    {"default", false, read_default, ALL & ~LINKS, 0, &default_shape,
     "the text that an empty cell means; `\"\"`: an empty text or list instead of NULL"},
    {"min", false, read_min, NUMBERS | TIMES, 0, &shape_scalar, "the smallest value"},
    {"max", false, read_max, NUMBERS | TIMES, 0, &shape_scalar, "the largest value"},
    {"decimal_mark", false, read_column_mark, NUMBERS, 0, &mark_shape, "the base's `decimal_mark`, for this column"},
    {"time_zone", false, read_column_zone, BIT(FIELD_DATE) | BIT(FIELD_DATETIME), 0, &zone_shape,
     "the base's `time_zone`, for this column"},
    {"choices", false, read_choices, CHOICES, BIT(FIELD_CHOICE), &shape_names, "the values; required for a choice"},
    {"aliases", false, read_aliases, ALL & ~BIT(FIELD_ATTACHMENTS), 0, &aliases_shape,
     "cell to value; null makes the cell empty; exactly first, then without case"},
    {"derive", false, read_derive, PLAIN, 0, &derive_shape,
     "where the own cell is empty or the own header missing, the value is taken from another column"},
    {"transform", false, read_transform, ALL & ~BIT(FIELD_ATTACHMENTS), 0, &transform_shape,
     "steps that change a cell before its type reads it, in order: `trim`, `lower`, `upper`, `digits`, "
     "`collapse_spaces`, `strip:TEXT`, `replace:FROM:TO`, `prefix:TEXT`, `split:SEP:N`"},
    {"mask", false, read_mask, ALL, 0, &mask_kind_shape,
     "what is written instead of the cell, in copies for development: `null`, `hash`, `email`, `phone`, `name` or "
     "`keep:N`; all but `null` for text alone"},
    {"was", false, read_was, ALL, 0, &shape_name,
     "the column's former name, where it was renamed in the database: it keeps its last-synced state"},
};

const KeyList column_key_list = {"column", column_keys, COUNT(column_keys), NULL};

/* ---- keys that contradict each other ---- */

/* A key that its type would ignore is a mistake that would not be noticed. */
static void keys_out_of_place(const Node *node, const Column *column)
{
    for (size_t i = 0; i < COUNT(column_keys); i++) {
        Node value = node_get(node, column_keys[i].name);
        if (!value.json || column_keys[i].types & BIT(column->type))
            continue;
        const char *types[FIELD_COUNT];
        int n = 0;
        for (int t = 0; t < FIELD_COUNT; t++)
            if (column_keys[i].types & BIT(t))
                types[n++] = field_type_name((FieldType)t);
        const char *hint = arena_printf(node->doc->arena, "it is for %s", list_words(node->doc->arena, types, n));
        node_problem(&value, hint, "makes no sense for the type %s", field_type_name(column->type));
    }
}

static bool is_choice(const Column *column, const char *text)
{
    for (int i = 0; i < column->choices.n; i++)
        if (strcmp(column->choices.items[i], text) == 0)
            return true;
    return false;
}

static void check_choices(const Node *node, const Column *column)
{
    Arena *arena = node->doc->arena;
    if (column->choices.n == 0)
        return;
    Node aliases = node_get(node, "aliases");
    enum { HINTS = 20 };
    int unknown = 0;
    Arena scratch = {0};
    const Folded *folded = fold_choices(&column->choices, &scratch);
    for (int i = 0; i < column->n_aliases; i++) {
        const Alias *alias = &column->aliases[i];
        if (alias->to && !is_choice(column, alias->to))
            node_problem(&aliases, /* a hint compares with every choice */
                         unknown++ < HINTS ? nearest_hint(arena, alias->to, column->choices.items, column->choices.n)
                                           : NULL,
                         "the alias \"%s\" means \"%s\", which is not one of the choices", alias->from, alias->to);
        for (int k = count_folded(folded, column->choices.n, utf8_fold(str_of(alias->from), &scratch)); k > 0; k--)
            node_problem(&aliases, NULL, "\"%s\" is a choice itself, so this alias would never apply", alias->from);
    }
    arena_free(&scratch);
}

/* PostgreSQL's text shows its decimal mark, and the column of the other database mostly has the same name. */
static void database_defaults(const Node *node, Column *column)
{
    if (column->mark == MARK_AUTO && !node_get(node, "decimal_mark").json)
        column->mark = MARK_POINT;
    if (column->name && !node_get(node, "headers").json && !node_get(node, "derive").json) {
        const char **own = arena_alloc(node->doc->arena, sizeof *own);
        *own = column->name;
        column->headers = (StringList){own, 1};
    }
}

void read_column(const Node *node, Column *column)
{
    column->derive.from = -1;
    column->type = FIELD_COUNT; /* until it is read */
    node_fields(node, column_keys, COUNT(column_keys), column);
    if (column->type == FIELD_COUNT)
        return;
    keys_out_of_place(node, column);
    if (column->from_database)
        database_defaults(node, column);
    bool fed = column->from_database || node_get(node, "headers").json || node_get(node, "id_headers").json ||
               node_get(node, "derive").json;
    if (!fed)
        node_problem(node, NULL, "needs \"headers\": no header of the file is mapped to this column");
    for (size_t i = 0; i < COUNT(column_keys); i++)
        if (column_keys[i].needed & BIT(column->type) && !node_get(node, column_keys[i].name).json)
            node_problem(node,
                         arena_printf(node->doc->arena, "a column of type %s needs it", field_type_name(column->type)),
                         "the key \"%s\" is missing", column_keys[i].name);
    if (column->required && column->on_invalid_null) {
        Node value = node_get(node, "on_invalid");
        node_problem(&value, "leave out one of the two", "\"null\" is impossible for a required column");
    }
    check_choices(node, column);
    check_mask(node, column);
}
