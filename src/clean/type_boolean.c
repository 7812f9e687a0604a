/* type_boolean.c - what exports write for yes and no; 1 and 0 in a column of integers. */
#include "field.h"

/* As the column's type prints it. */
static const char *boolean_text(const Field *field, bool yes)
{
    return field->type->kind == PG_INTEGER ? (yes ? "1" : "0") : yes ? "t" : "f";
}

void clean_unchecked(const Field *field) { field_value(field, boolean_text(field, false)); }

void clean_boolean(const Field *field, Str cell)
{
    bool yes;
    if (boolean_word(cell, &yes))
        field_value(field, boolean_text(field, yes));
    else
        field_refuse(field, REJECT_INVALID,
                     "is neither checked, true, yes nor 1 (or unchecked, false, no, 0 or empty)");
}
