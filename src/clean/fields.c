/* fields.c - what happens to every cell before and after the function of its type. The types are the rows of
 * field_types.h; what they use themselves is in field.c, below them. */
#include "field.h"

#include "artsync/utf8.h"

enum Flags { OWN_ALIASES = 1, TEXT_WORDS = 2, PARTS = 4 }; /* field_types.h */

/* What a field goes into where no catalog says otherwise (before base_bind). */
static const PgType usual_text = {PG_TEXT, .base = "text"}, usual_bigint = {PG_INTEGER, .bytes = 8, .base = "bigint"},
                    usual_numeric = {PG_NUMERIC, .scale = -1, .base = "numeric"},
                    usual_boolean = {PG_BOOLEAN, .base = "boolean"}, usual_date = {PG_DATE, .base = "date"},
                    usual_timestamp = {PG_TIMESTAMP, .scale = -1, .base = "timestamp without time zone"},
                    usual_interval = {PG_INTERVAL, .scale = -1, .base = "interval"},
                    usual_array = {PG_TEXT_ARRAY, .base = "text[]"}, usual_jsonb = {PG_JSONB, .base = "jsonb"};

#define NO_ORDER NULL
#define CLEAN_ROW(NAME, name, kinds, number, clean, order, usual, flags) [FIELD_##NAME] = {clean, order, &usual, flags},

static const struct Rule {
    FieldClean *clean;
    FieldOrder *order;
    const PgType *usual;
    int flags;
} rules[FIELD_COUNT] = {FIELD_TYPES(CLEAN_ROW)};

const PgType *field_usual_type(FieldType type) { return rules[type].usual; }

FieldOrder *field_order(FieldType type) { return rules[type].order; }

static Field field_open(const Column *column, const CleanContext *context, Cleaned *out)
{
    *out = (Cleaned){0};
    const PgType *type = column->catalog ? &column->catalog->type : field_usual_type(column->type);
    return (Field){column, type, context, context->arena, out};
}

/* ---- the cell as it comes ---- */

/* Printable ASCII, eight bytes at a time: neither controls nor DEL nor a byte of a longer character. */
static bool is_plain(Str text)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), high = ones << 7;
    size_t i = 0;
    for (uint64_t word; i + sizeof word <= text.n; i += sizeof word) {
        memcpy(&word, text.p + i, sizeof word);
        uint64_t del = word ^ (ones * 0x7F);
        if ((word | (word - ones * 0x20) | ((del - ones) & ~del)) & high)
            return false;
    }
    for (; i < text.n; i++) {
        if ((unsigned char)text.p[i] < 0x20 || (unsigned char)text.p[i] >= 0x7F)
            return false;
    }
    return true;
}

/* Cells that are split need a multiple of their size in memory, so their size is limited. */
static bool is_short_enough(const Field *field, Str cell)
{
    if (cell.n <= FIELD_PARTS_MAX || !(rules[field->column->type].flags & PARTS))
        return true;
    field_refuse(field, REJECT_TOO_LONG, "is %zu bytes long, a %s may have %d", cell.n,
                 field_type_name(field->column->type), FIELD_PARTS_MAX);
    return false;
}

static bool field_valid(const Field *field, Str cell)
{
    size_t bad;
    if (!utf8_valid(cell, &bad))
        field_refuse(field, REJECT_ENCODING, "is not valid UTF-8 (from byte %zu on)", bad + 1);
    else if (!utf8_stream_safe(cell))
        field_refuse(field, REJECT_INVALID, "%s", UTF8_MARKS_REASON);
    return !field->out->code && is_short_enough(field, cell);
}

/* Trimmed, and in normal form where the type wants it. */
static Str prepared(const Field *field, Str cell, bool plain)
{
    if (!plain) {
        cell = utf8_trim(cell);
        return rules[field->column->type].flags & TEXT_WORDS ? field_tidy(field, cell) : cell;
    }
    return cell.n && (cell.p[0] == ' ' || cell.p[cell.n - 1] == ' ') ? utf8_trim(cell) : cell;
}

/* ---- limits of the column ---- */

CleanContext field_own_context(const CleanContext *context)
{
    CleanContext own = *context;
    own.number = (NumberMark){MARK_AUTO, MARK_AUTO, NULL};
    return own;
}

const char *field_bound(const Column *column, const char *text, const CleanContext *context)
{
    if (!text || !rules[column->type].order)
        return NULL;
    Cleaned cleaned;
    CleanContext own = field_own_context(context);
    Field field = field_open(column, &own, &cleaned);
    rules[column->type].clean(&field, str_of(text));
    return cleaned.text; /* NULL: field_check has told that this bound is none */
}

static void check_range(const Field *field)
{
    const Column *column = field->column;
    FieldOrder *order = rules[column->type].order;
    const char *text = field->out->text;
    if (!order)
        return;
    const CleanContext *context = field->context;
    const char *min = context->min ? context->min : field_bound(column, column->min, context);
    const char *max = context->max ? context->max : field_bound(column, column->max, context);
    if (min && order(text, min) < 0)
        field_refuse(field, REJECT_RANGE, "is below the column's minimum, %s", column->min);
    else if (max && order(text, max) > 0)
        field_refuse(field, REJECT_RANGE, "is above the column's maximum, %s", column->max);
}

/* varchar(n) takes n characters; char(n) also prints n, with blanks at the end. */
static void check_length(const Field *field)
{
    const PgType *type = field->type;
    Str text = str_of(field->out->text);
    size_t limit = (size_t)type->length, n = text.n;
    if (n > limit)
        n = utf8_length(text);
    if (n > limit) {
        field_refuse(field, REJECT_TOO_LONG, "is %zu characters long, the column allows %zu", n, limit);
        return;
    }
    if (n < limit && type->base && strcmp(type->base, "character") == 0) {
        n = utf8_length(text);
        field_value(field, arena_printf(field->arena, "%s%*s", text.p, (int)(limit - n), ""));
    }
}

static void check_limits(const Field *field)
{
    if (!field->out->text)
        return;
    if (field->column->min || field->column->max)
        check_range(field);
    if (field->out->text && field->type->kind == PG_TEXT && field->type->length)
        check_length(field);
}

/* ---- one cell ---- */

static void clean_empty(const Field *field)
{
    if (field->column->type == FIELD_BOOLEAN)
        clean_unchecked(field);
    else
        field_value(field, NULL);
}

void field_clean(const Column *column, Str cell, const CleanContext *context, Cleaned *out)
{
    Field field = field_open(column, context, out);
    const struct Rule *rule = &rules[column->type];
    Str whole = cell;
    const char *alias = NULL;
    bool plain = is_plain(cell);
    if (plain ? !is_short_enough(&field, cell) : !field_valid(&field, cell))
        return;
    if (!column->from_database || column->type != FIELD_TEXT) /* text of a database stays as it is */
        cell = prepared(&field, cell, plain);
    if (cell.n == 0) {
        clean_empty(&field);
        return;
    }
    bool null = field_is_null(context, cell);
    bool aliased = !null && !(rule->flags & OWN_ALIASES) && field_alias(&field, cell, &alias);
    if (null || (aliased && !alias)) {
        clean_empty(&field);
        field_changed(&field, cell, out->text);
        return;
    }
    Str original = cell;
    if (aliased)
        cell = prepared(&field, str_of(alias), is_plain(str_of(alias)));
    CleanContext own;
    if (aliased) {
        own = field_own_context(context);
        field.context = &own;
    }
    rule->clean(&field, !aliased && column->type == FIELD_LINK ? whole : cell);
    field.context = context;
    if (column->type != FIELD_LINK)
        check_limits(&field);
    if (aliased && !out->code)
        field_changed(&field, original, out->text);
}

void field_clean_link(const Column *column, Str ids, Str names, const CleanContext *context, Cleaned *out)
{
    Field field = field_open(column, context, out);
    if (field_valid(&field, ids) && field_valid(&field, names))
        clean_link_cells(&field, ids, names);
}

size_t field_link_names(const Column *column, Str cell, const CleanContext *context, Str **names)
{
    Cleaned cleaned;
    Field field = field_open(column, context, &cleaned);
    return field_valid(&field, cell) ? link_cell_names(&field, cell, names) : 0;
}
