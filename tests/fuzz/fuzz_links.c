/* Any bytes as a linked-record cell and, each behind a NUL, the names of the rows it may mean.
 * tests/fuzz/seeds.c writes such inputs from tests/cases/link.cases. */
#include <stdio.h>
#include <stdlib.h>

#include "artsync/clean.h"
#include "artsync/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
    if (!ok)
        abort();
}

static LinkIndex *index_of(const char *text, const char *end)
{
    LinkIndex *index = link_index_new();
    char key[16];
    for (int n = 0; text < end && n < 100; n++, text += strlen(text) + 1) {
        snprintf(key, sizeof key, "%d", n);
        link_index_add(index, n % 3 ? key : NULL, text, key, n % 2);
    }
    return index;
}

static void check_split(const LinkIndex *index, Str cell, Arena *arena)
{
    Str *elements;
    size_t commas = 0, n = link_split(index, cell, arena, &elements);
    Link link;
    for (size_t i = 0; i < cell.n; i++)
        commas += cell.p[i] == ',';
    must(n <= commas + 1);
    for (size_t i = 0; i < n; i++)
        must(elements[i].n && elements[i].p[elements[i].n] == '\0' && utf8_trim(elements[i]).n);
    if (index && link_by_name(index, cell, &link) != LINK_NONE)
        must(n == 1); /* a whole known name is one element */
}

static void check_field(const LinkIndex *index, Str ids, Str names, bool first, Arena *arena)
{
    Base base = {0};
    Column column = {.name = "cell", .type = FIELD_LINK, .multiple_first = first};
    CleanContext context = {.base = &base, .date_order = DATE_MDY, .links = index, .arena = arena};
    Cleaned out;
    Str *elements;
    field_clean_link(&column, ids, names, &context, &out);
    if (out.code)
        must(out.reason && !out.text && /* the whole cell is refused only for its bytes or its marks */
             (out.element || strcmp(out.code, REJECT_ENCODING) == 0 || strcmp(out.code, REJECT_INVALID) == 0));
    else
        must(utf8_valid(names, NULL) && (out.text || link_split_ids(ids, arena, &elements) == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    Arena arena = {0};
    Str *ids;
    char *text = malloc(size);
    must(text != NULL);
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    Str cell = {text, strlen(text)};
    LinkIndex *index = index_of(text + cell.n + 1, text + size);
    check_split(NULL, cell, &arena);
    check_split(index, cell, &arena);
    size_t n = link_split_ids(cell, &arena, &ids);
    must(n <= cell.n);
    check_field(index, STR(""), cell, data[0] & 1, &arena);
    check_field(index, n ? ids[0] : STR("x"), cell, data[0] & 1, &arena);
    check_field(index, cell, cell, data[0] & 1, &arena);
    check_field(NULL, cell, cell, data[0] & 1, &arena);
    link_index_free(index);
    free(text);
    arena_free(&arena);
    return 0;
}
