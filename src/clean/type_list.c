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

void clean_list(const Field *field, Str cell)
{
    Str *elements;
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
