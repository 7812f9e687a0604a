/* base.json: "transform" and "mask" of a column. Also read from options, so the text of one alone can be read. */
#include <stdlib.h>

#include "base_build.h"

#define STEP_ROW(NAME, name, arguments, form) [STEP_##NAME] = {name, arguments, form},
static const struct {
    const char *name;
    int arguments;
    const char *form;
} steps[STEP_KINDS] = {TRANSFORM_STEPS(STEP_ROW)};

#define MASK_ROW(NAME, name, number, keyed, form) [MASK_##NAME] = {name, number, keyed, form},
static const struct {
    const char *name;
    bool number, keyed;
    const char *form;
} masks[MASK_KINDS] = {MASKS(MASK_ROW)};

enum { NUMBER_MAX = 1000 };

/* ---- parts between colons ---- */

/* The next part of `*text`, up to a colon that has no backslash before it; \: is a colon, \\ a backslash. *text is then
 * behind the colon, or NULL at the end. */
static const char *next_part(const char **text, Arena *arena)
{
    char *part = arena_alloc(arena, strlen(*text) + 1), *to = part;
    const char *p = *text;
    for (; *p && *p != ':'; p++) {
        p += *p == '\\' && (p[1] == ':' || p[1] == '\\');
        *to++ = *p;
    }
    *text = *p ? p + 1 : NULL;
    return part;
}

/* A whole number from 1 on; 0: something else. */
static int number_of(const char *text)
{
    char *end;
    long n = *text >= '1' && *text <= '9' ? strtol(text, &end, 10) : 0;
    return n >= 1 && n <= NUMBER_MAX && *end == '\0' ? (int)n : 0;
}

/* ---- transform ---- */

static const char *list_forms(Arena *arena, bool of_masks)
{
    const char *forms[STEP_KINDS + MASK_KINDS];
    int n = 0;
    for (int i = 0; i < STEP_KINDS && !of_masks; i++)
        forms[n++] = steps[i].form;
    for (int i = MASK_NONE + 1; i < MASK_KINDS && of_masks; i++)
        forms[n++] = masks[i].form;
    return list_words(arena, forms, n);
}

const char *transform_parse(const char *text, Arena *arena, TransformStep *step)
{
    const char *rest = text, *name = next_part(&rest, arena);
    int kind = 0, n = 0;
    *step = (TransformStep){0};
    while (kind < STEP_KINDS && strcmp(steps[kind].name, name) != 0)
        kind++;
    if (kind == STEP_KINDS)
        return arena_printf(arena, "\"%s\" is not one of %s", name, list_forms(arena, false));
    step->kind = (StepKind)kind;
    while (rest && n < steps[kind].arguments)
        step->arguments[n++] = next_part(&rest, arena);
    if (rest || n < steps[kind].arguments)
        return arena_printf(arena, "must have the form %s; write a colon that belongs to a text as \\:",
                            steps[kind].form);
    if (n > 0 && !*step->arguments[0])
        return arena_printf(arena, "%s needs a text that is not empty", steps[kind].name);
    if (kind == STEP_SPLIT && !(step->number = number_of(step->arguments[1])))
        return arena_printf(arena, "\"%s\" is not a number of a part; the first is 1", step->arguments[1]);
    return NULL;
}

const char *transform_form(const TransformStep *step, Arena *arena)
{
    Buf out = {0};
    buf_str(&out, steps[step->kind].name);
    for (int i = 0; i < steps[step->kind].arguments; i++) {
        buf_char(&out, ':');
        for (const char *p = step->arguments[i]; *p; p++) {
            if (*p == ':' || *p == '\\')
                buf_char(&out, '\\');
            buf_char(&out, *p);
        }
    }
    const char *copy = arena_str(arena, out.data);
    buf_free(&out);
    return copy;
}

void read_transform(const Node *value, void *target)
{
    Column *column = target;
    int n = node_array(value), i = 0;
    if (n == 0)
        return;
    Arena *arena = value->doc->arena;
    TransformStep *all = arena_alloc(arena, (size_t)n * sizeof *all);
    for (const cJSON *json = value->json->child; json; json = json->next) {
        Node item = node_item(value, i++, json, NULL);
        const char *text = node_text(&item);
        const char *wrong = text ? transform_parse(text, arena, &all[column->n_transform]) : NULL;
        if (wrong)
            node_problem(&item, NULL, "%s", wrong);
        column->n_transform += text && !wrong;
    }
    column->transform = all;
}

/* ---- mask ---- */

const char *mask_parse(const char *text, Arena *arena, Mask *mask)
{
    const char *rest = text, *name = next_part(&rest, arena);
    int kind = MASK_NONE + 1;
    *mask = (Mask){0};
    while (kind < MASK_KINDS && strcmp(masks[kind].name, name) != 0)
        kind++;
    if (kind == MASK_KINDS)
        return arena_printf(arena, "\"%s\" is not one of %s", name, list_forms(arena, true));
    if ((rest != NULL) != masks[kind].number || (rest && !(mask->number = number_of(rest))))
        return arena_printf(arena, "must have the form %s%s", masks[kind].form,
                            masks[kind].number ? ", N a whole number from 1 on" : "");
    mask->kind = (MaskKind)kind;
    return NULL;
}

const char *mask_form(const Mask *mask, Arena *arena)
{
    const char *name = masks[mask->kind].name;
    return masks[mask->kind].number ? arena_printf(arena, "%s:%d", name, mask->number) : name;
}

void read_mask(const Node *value, void *target)
{
    Column *column = target;
    const char *text = node_text(value);
    const char *wrong = text ? mask_parse(text, value->doc->arena, &column->mask) : NULL;
    if (wrong)
        node_problem(value, NULL, "%s", wrong);
}

/* A mask makes another text of the cell before its type reads it, so that only text can hold it, and what compares with
 * real values never applies. */
void check_mask(const Node *node, const Column *column)
{
    static const char *const compared[] = {"aliases", "derive", NULL};
    Node mask = node_get(node, "mask");
    if (column->mask.kind == MASK_NONE)
        return;
    if (column->mask.kind != MASK_NULL && column->type != FIELD_TEXT)
        node_problem(&mask, "for other types there is \"null\"", "the mask %s is for text",
                     masks[column->mask.kind].form);
    if (column->mask.kind == MASK_NULL && column->required && !column->default_value)
        node_problem(&mask, "give it a \"default\", or another mask", "a required column cannot be masked by NULL");
    for (int i = 0; compared[i]; i++) {
        Node key = node_get(node, compared[i]);
        if (key.json)
            node_problem(&key, NULL, "makes no sense for a column with \"mask\"");
    }
}

/* ---- the key ---- */

void base_set_mask_key(Base *base, const char *key)
{
    base->mask_key = key && *key ? arena_str(&base->arena, key) : NULL;
    for (int i = 0; i < base->n_tables; i++)
        table_fingerprint(&base->tables[i]);
}

bool base_require_mask_key(const Base *base, Err *err)
{
    for (int t = 0; t < base->n_tables && !base->mask_key; t++)
        for (int c = 0; c < base->tables[t].n_columns; c++) {
            const Column *column = &base->tables[t].columns[c];
            if (masks[column->mask.kind].keyed)
                return err_set(err, ERR_CONFIG,
                               "set ARTSYNC_MASK_KEY, in the environment or in .env, to a long random text and keep it",
                               "%s: table %s, column %s: the mask \"%s\" needs a key", base->origin,
                               base->tables[t].name, column->name, masks[column->mask.kind].name);
        }
    return true;
}
