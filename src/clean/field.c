/* field.c - what the types answer with, and the comparisons that they share: null tokens, aliases, choices. */
#include "field.h"

#include "artsync/utf8.h"

/* ---- answers ---- */

void field_refuse(const Field *field, const char *code, const char *format, ...)
{
    Buf reason = {0};
    va_list args;
    va_start(args, format);
    buf_vprintf(&reason, format, args);
    va_end(args);
    field->out->code = code;
    field->out->reason = arena_str(field->arena, buf_view(&reason).p);
    field->out->text = NULL;
    buf_free(&reason);
}

void field_warn(const Field *field, const char *warning)
{
    if (!field->out->warning) /* the first one: one cell, one warning */
        field->out->warning = warning;
}

void field_changed(const Field *field, Str from, const char *to)
{
    field->out->from = field_keep(field, from);
    field->out->to = to;
}

/* ---- what a cell may mean ---- */

bool field_is_null(const CleanContext *context, Str cell)
{
    const StringList *tokens = context->base ? &context->base->null_tokens : NULL;
    for (int i = 0; tokens && i < tokens->n; i++) {
        const char *token = tokens->items[i];
        if (cell.n && *token == *cell.p && str_eq(str_of(token), cell))
            return true;
    }
    return false;
}

/* ---- comparing without case ---- */

/* Most pairs differ in their first ASCII letters: only the others are folded as Unicode. */
static bool may_equal(Str a, const char *b)
{
    for (size_t i = 0; i < a.n; i++) {
        unsigned char x = (unsigned char)a.p[i], y = (unsigned char)b[i];
        if (x <= ' ' || x >= 0x80 || y <= ' ' || y >= 0x80)
            return y != '\0';
        x = x >= 'A' && x <= 'Z' ? x | 0x20 : x;
        y = y >= 'A' && y <= 'Z' ? y | 0x20 : y;
        if (x != y)
            return false;
    }
    return true;
}

/* A text that is compared with many others: folded once, when it is first needed. */
typedef struct Sought {
    const Field *field;
    Str text, folded; /* folded.p is NULL before */
} Sought;

static bool same_folded(Sought *sought, const char *other)
{
    if (!may_equal(sought->text, other))
        return false;
    if (!sought->folded.p)
        sought->folded = utf8_fold(sought->text, sought->field->arena);
    return str_eq(sought->folded, utf8_fold(str_of(other), sought->field->arena));
}

static bool same_exactly(Sought *sought, const char *other) { return str_eq(sought->text, str_of(other)); }

/* The two comparisons of aliases and choices, the strict one first. */
static bool (*const sames[])(Sought *, const char *) = {same_exactly, same_folded};

bool field_alias(const Field *field, Str cell, const char **to)
{
    const Column *column = field->column;
    Sought sought = {.field = field, .text = cell};
    for (size_t look = 0; column->n_aliases && look < sizeof sames / sizeof *sames; look++) {
        for (int i = 0; i < column->n_aliases; i++) {
            if (sames[look](&sought, column->aliases[i].from)) {
                *to = column->aliases[i].to;
                return true;
            }
        }
    }
    return false;
}

const char *field_choice(const Field *field, Str text)
{
    const StringList *choices = &field->column->choices;
    Sought sought = {.field = field, .text = text};
    for (size_t look = 0; look < sizeof sames / sizeof *sames; look++) {
        for (int i = 0; i < choices->n; i++) {
            if (sames[look](&sought, choices->items[i]))
                return choices->items[i];
        }
    }
    return NULL;
}
