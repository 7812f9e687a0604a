/* type_boolean.c - what exports write for yes and no; 1 and 0 in a column of integers. */
#include "field.h"

static const char *const words[][2] = {
    {"checked", "t"}, {"unchecked", "f"}, {"true", "t"}, {"false", "f"}, {"yes", "t"}, {"no", "f"}, {"1", "t"},
    {"0", "f"},       {"y", "t"},         {"n", "f"},    {"t", "t"},     {"f", "f"},   {"on", "t"}, {"off", "f"},
};

static bool same_word(Str cell, const char *word)
{
    for (size_t i = 0; i < cell.n; i++) {
        char c = cell.p[i] >= 'A' && cell.p[i] <= 'Z' ? (char)(cell.p[i] | 0x20) : cell.p[i];
        if (word[i] == '\0' || c != word[i])
            return false;
    }
    return word[cell.n] == '\0';
}

/* As the column's type prints it. */
static const char *boolean_text(const Field *field, bool yes)
{
    return field->type->kind == PG_INTEGER ? (yes ? "1" : "0") : yes ? "t" : "f";
}

void clean_unchecked(const Field *field) { field_value(field, boolean_text(field, false)); }

void clean_boolean(const Field *field, Str cell)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (same_word(cell, words[i][0])) {
            field_value(field, boolean_text(field, words[i][1][0] == 't'));
            return;
        }
    }
    field_refuse(field, REJECT_INVALID, "is neither checked, true, yes nor 1 (or unchecked, false, no, 0 or empty)");
}
