/* transform.c - the steps of "transform": one function each. A step gets a cell that is not empty and valid UTF-8. */
#include "artsync/utf8.h"
#include "edits.h"

typedef Str StepFn(const TransformStep *step, Str cell, Arena *arena);

static Str trim(const TransformStep *step, Str cell, Arena *arena)
{
    (void)step, (void)arena;
    return utf8_trim(cell);
}

static Str lower(const TransformStep *step, Str cell, Arena *arena)
{
    (void)step;
    return utf8_case(cell, false, arena);
}

static Str upper(const TransformStep *step, Str cell, Arena *arena)
{
    (void)step;
    return utf8_case(cell, true, arena);
}

static Str digits(const TransformStep *step, Str cell, Arena *arena)
{
    (void)step;
    char *out = arena_alloc(arena, cell.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < cell.n; i++)
        if (cell.p[i] >= '0' && cell.p[i] <= '9')
            out[n++] = cell.p[i];
    return (Str){out, n};
}

static Str collapse_spaces(const TransformStep *step, Str cell, Arena *arena)
{
    (void)step;
    return utf8_collapse(cell, arena);
}

static bool begins(Str text, Str with) { return text.n >= with.n && memcmp(text.p, with.p, with.n) == 0; }

/* The text away from both ends, as often as it is there. */
static Str strip(const TransformStep *step, Str cell, Arena *arena)
{
    (void)arena;
    Str what = str_of(step->arguments[0]);
    while (begins(cell, what))
        cell = (Str){cell.p + what.n, cell.n - what.n};
    while (cell.n >= what.n && memcmp(cell.p + cell.n - what.n, what.p, what.n) == 0)
        cell.n -= what.n;
    return cell;
}

/* Where `what` begins at or behind `at`; the cell's end: nowhere. */
static size_t find(Str cell, size_t at, Str what)
{
    const char *found = memmem(cell.p + at, cell.n - at, what.p, what.n);
    return found ? (size_t)(found - cell.p) : cell.n;
}

static Str replace(const TransformStep *step, Str cell, Arena *arena)
{
    Str from = str_of(step->arguments[0]), to = str_of(step->arguments[1]);
    Buf out = {0};
    size_t at = 0;
    for (size_t next; (next = find(cell, at, from)) < cell.n; at = next + from.n) {
        buf_add(&out, cell.p + at, next - at);
        buf_add(&out, to.p, to.n);
    }
    buf_add(&out, cell.p + at, cell.n - at);
    Str made = {arena_strn(arena, buf_view(&out).p, out.len), out.len};
    buf_free(&out);
    return made;
}

static Str prefix(const TransformStep *step, Str cell, Arena *arena)
{
    const char *made = arena_printf(arena, "%s%s", step->arguments[0], arena_strn(arena, cell.p, cell.n));
    return str_of(made);
}

/* The part with that number, the first being 1; nothing where there are fewer. */
static Str split(const TransformStep *step, Str cell, Arena *arena)
{
    (void)arena;
    Str by = str_of(step->arguments[0]);
    size_t at = 0;
    for (int i = 1; i < step->number; i++) {
        size_t end = find(cell, at, by);
        if (end == cell.n)
            return STR("");
        at = end + by.n;
    }
    return (Str){cell.p + at, find(cell, at, by) - at};
}

static StepFn *const functions[STEP_KINDS] = {
    [STEP_TRIM] = trim,       [STEP_LOWER] = lower,
    [STEP_UPPER] = upper,     [STEP_DIGITS] = digits,
    [STEP_COLLAPSE_SPACES] = collapse_spaces, [STEP_STRIP] = strip,
    [STEP_REPLACE] = replace, [STEP_PREFIX] = prefix,
    [STEP_SPLIT] = split,
};

Str transform_apply(const Column *column, Str cell, Arena *arena)
{
    for (int i = 0; i < column->n_transform && utf8_trim(cell).n; i++)
        cell = functions[column->transform[i].kind](&column->transform[i], cell, arena);
    return cell;
}
