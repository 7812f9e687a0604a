/* type_list.c - several values in one cell (multi-select): joined by commas, quoted where one holds a comma. */
#include "field.h"

#include "artsync/utf8.h"

/* One element by the column's choices and aliases; *value is NULL for one that counts as empty. */
static bool clean_element(const Field *field, Str element, const char **value)
{
    if (field_is_null(field->context, element)) {
        *value = NULL;
    } else if (!field_choose(field, element, value)) {
        field->out->element = field_keep(field, element);
        field_refuse(field, REJECT_INVALID, "has an element that is not one of the choices: %s", field_choices(field));
        return false;
    }
    if ((!*value || !str_eq(element, str_of(*value))) && !field->out->from)
        field_changed(field, element, *value);
    return true;
}

/* ---- text[] as PostgreSQL prints it, taken apart again ---- */

/* One element from *at on, quoted or not, up to the comma or brace behind it. False: there is an array in the array. */
static bool take_element(const Field *field, Str text, size_t *at, Str *element, bool *null)
{
    char *out = arena_alloc(field->arena, text.n - *at + 1);
    size_t n = 0, i = *at;
    bool quoted = text.p[i] == '"';
    if (text.p[i] == '{')
        return false;
    for (i += quoted; i < text.n && (quoted ? text.p[i] != '"' : text.p[i] != ',' && text.p[i] != '}'); i++) {
        i += text.p[i] == '\\' && i + 1 < text.n;
        out[n++] = text.p[i];
    }
    out[n] = '\0';
    *element = (Str){out, n};
    *null = !quoted && n == 4 && memcmp(out, "NULL", 4) == 0;
    *at = i + quoted;
    return true;
}

/* -1: it is no array of one dimension. NULL elements are left out. */
static int64_t split_array(const Field *field, Str text, Str **elements)
{
    size_t at = 1, n = 0;
    *elements = arena_alloc(field->arena, (text.n + 1) * sizeof **elements);
    while (at < text.n && text.p[at] != '}') {
        bool null;
        if (!take_element(field, text, &at, &(*elements)[n], &null))
            return -1;
        n += !null;
        if (null)
            field_warn(field, "elements that are NULL were left out");
        at += at < text.n && text.p[at] == ',';
    }
    return (int64_t)n;
}

/* A cell of a database is an array; "[0:1]={a,b}" is one that does not begin at 1. */
static bool is_array(const Column *column, Str *cell)
{
    if (!column->from_database || !cell->n || cell->p[cell->n - 1] != '}')
        return false;
    const char *equals = cell->p[0] == '[' ? memchr(cell->p, '=', cell->n) : NULL;
    if (equals && equals[1] == '{')
        *cell = (Str){equals + 1, cell->n - (size_t)(equals + 1 - cell->p)};
    return cell->p[0] == '{';
}

static void clean_array(const Field *field, Str cell)
{
    Str *elements;
    int64_t n = split_array(field, cell, &elements);
    for (int64_t i = 0; i < n; i++) {
        const char *value;
        if (!clean_element(field, utf8_trim(elements[i]), &value))
            return;
        elements[i] = str_of(value ? value : "");
    }
    if (n < 0)
        field_refuse(field, REJECT_INVALID, "is an array of arrays: a list has one dimension");
    else
        field_value(field, array_text(elements, (size_t)n, field->arena));
}

void clean_list(const Field *field, Str cell)
{
    Str *elements;
    if (is_array(field->column, &cell)) {
        clean_array(field, cell);
        return;
    }
    size_t n = link_split(NULL, cell, field->arena, &elements), kept = 0;
    for (size_t i = 0; i < n; i++) {
        const char *value;
        if (!clean_element(field, utf8_trim(elements[i]), &value))
            return;
        if (value)
            elements[kept++] = str_of(value);
    }
    bool json = field->type->kind == PG_JSON || field->type->kind == PG_JSONB;
    field_value(field, !kept ? NULL : json ? json_array_text(elements, kept, field->arena)
                                           : array_text(elements, kept, field->arena));
}
