/* field_check.c - the settings of a column, judged by the rules that will clean its cells. */
#include "field.h"

typedef struct Check {
    const Base *base;
    const Column *column;
    Problems *problems;
    CleanContext context;
} Check;

/* "base.json: table editions: column size: min" */
static const char *place(const Check *check, const char *key)
{
    for (int t = 0; t < check->base->n_tables; t++) {
        const Table *table = &check->base->tables[t];
        for (int c = 0; c < table->n_columns; c++) {
            if (&table->columns[c] == check->column)
                return arena_printf(check->context.arena, "%s: table %s: column %s: %s", check->base->origin,
                                    table->name, check->column->name, key);
        }
    }
    return arena_printf(check->context.arena, "%s: column %s: %s", check->base->origin, check->column->name, key);
}

/* What `text` cleans to; NULL, and a problem, if it does not. `column` may lack settings that are judged elsewhere. */
static const char *judge(const Check *check, const Column *column, const char *key, const char *text)
{
    Cleaned cleaned;
    field_clean(column, str_of(text), &check->context, &cleaned);
    if (!cleaned.code && cleaned.text)
        return cleaned.text;
    problems_add(check->problems, place(check, key), NULL, "\"%s\" %s", text,
                 cleaned.code ? cleaned.reason : "counts as an empty cell");
    return NULL;
}

static void check_bounds(const Check *check)
{
    const Column *column = check->column;
    if (!field_order(column->type)) /* told with the key */
        return;
    Column bare = *column; /* a bound is judged by its type, not by itself or the other one */
    bare.min = bare.max = NULL;
    bare.n_aliases = 0;
    const char *min = column->min ? judge(check, &bare, "min", column->min) : NULL;
    const char *max = column->max ? judge(check, &bare, "max", column->max) : NULL;
    if (min && max && field_order(column->type)(min, max) > 0)
        problems_add(check->problems, place(check, "min"), NULL, "%s is above max, %s", column->min, column->max);
}

enum { ALIAS_PROBLEMS = 20 };

/* Choices and aliases' targets end up in the column: they have to fit it. (A list's are elements, not whole cells.) */
static void check_words(const Check *check)
{
    const Column *column = check->column;
    if (column->type == FIELD_LINK || column->type == FIELD_LIST)
        return;
    for (int i = 0; i < column->choices.n; i++) {
        judge(check, column, "choices", column->choices.items[i]);
        arena_reset(check->context.arena);
    }
    int enough = check->problems->n + ALIAS_PROBLEMS; /* each compares with every choice */
    for (int i = 0; i < column->n_aliases && check->problems->n < enough; i++) {
        if (column->aliases[i].to)
            judge(check, column, "aliases", column->aliases[i].to);
        arena_reset(check->context.arena);
    }
}

bool field_check(const Base *base, const Column *column, Problems *problems)
{
    Arena arena = {0};
    DateOrder order = base->date_order == DATE_DMY ? DATE_DMY : DATE_MDY;
    Check check = {base, column, problems, {.base = base, .date_order = order, .arena = &arena}};
    int before = problems->n;
    if (!column->name || column->type == FIELD_COUNT) /* of a draft: told already */
        return false;
    if (column->min || column->max)
        check_bounds(&check);
    if (column->default_value && *column->default_value)
        judge(&check, column, "default", column->default_value);
    check_words(&check);
    arena_free(&arena);
    return problems->n == before;
}
