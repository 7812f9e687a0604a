/* type_choice.c - one of the column's choices: exactly, then without case, then by alias. Without choices: any text. */
#include "field.h"

const char *field_choices(const Field *field)
{
    const StringList *choices = &field->column->choices;
    Buf buf = {0};
    for (int i = 0; i < choices->n; i++) {
        if (buf.len + strlen(choices->items[i]) > 200) {
            buf_str(&buf, ", ...");
            break;
        }
        buf_printf(&buf, "%s%s", i ? ", " : "", choices->items[i]);
    }
    const char *text = arena_str(field->arena, buf_view(&buf).p);
    buf_free(&buf);
    return text;
}

bool field_choose(const Field *field, Str text, const char **value)
{
    if (!field->column->choices.n) {
        if (!field_alias(field, text, value))
            *value = field_keep(field, text);
        return true;
    }
    *value = field_choice(field, text);
    if (*value)
        return true;
    if (!field_alias(field, text, value))
        return false;
    if (*value)
        *value = field_choice(field, str_of(*value));
    return true;
}

void clean_choice(const Field *field, Str cell)
{
    const char *value;
    if (!field_choose(field, cell, &value)) {
        field_refuse(field, REJECT_INVALID, "is not one of the choices: %s", field_choices(field));
        return;
    }
    bool whole = value && field->type->kind == PG_BOOLEAN;
    if (whole)
        clean_boolean(field, str_of(value));
    else
        field_value(field, value);
    if (!value || !str_eq(cell, str_of(value)))
        field_changed(field, cell, value);
}
