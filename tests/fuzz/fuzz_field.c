/* Any bytes as a cell of any type: a value that is UTF-8 and stays as it is when it is cleaned again, or a reason.
 * Input: type, column (bits 0-4: the PostgreSQL type, 5: dmy, 6: choices, aliases and null tokens, 7: narrow), cell.
 * tests/fuzz/seeds.c writes such inputs from tests/cases/. */
#include <stdlib.h>

#include "artsync/clean.h"
#include "artsync/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
    if (!ok)
        abort();
}

enum { DMY = 32, WORDS = 64, NARROW = 128 };

static const char *const tokens[] = {"#ERROR!", "NaN", "-"};
static const char *const choices[] = {"Small", "Extra Large", "a,b", "\xC3\x9Cnder"};
static const Alias aliases[] = {{"XL", "Extra Large"}, {"Unknown", NULL}, {"Port", "Harbour"}};

static CatalogColumn catalog_of(uint8_t how)
{
    bool narrow = how & NARROW;
    PgKind kind = (PgKind)(how & 31);
    CatalogColumn column = {.type = {.kind = kind, .base = "text"}};
    column.type.bytes = kind == PG_INTEGER ? (narrow ? 2 : 4) : kind == PG_FLOAT ? (narrow ? 4 : 8) : 0;
    column.type.length = kind == PG_TEXT && narrow ? 8 : 0;
    column.type.precision = kind == PG_NUMERIC && narrow ? 10 : 0;
    column.type.scale = kind == PG_NUMERIC && narrow ? 2 : -1;
    return column;
}

static bool is_stable(FieldType type) { return type != FIELD_LINK && type != FIELD_LIST && type != FIELD_ATTACHMENTS; }

static void check(const Column *column, Str cell, const CleanContext *context)
{
    Cleaned out, again;
    field_clean(column, cell, context, &out);
    if (out.code) {
        must(out.reason && *out.reason && !out.text && utf8_valid(str_of(out.reason), NULL));
        must(utf8_valid(cell, NULL) || strcmp(out.code, REJECT_ENCODING) == 0);
        return;
    }
    must(!out.reason && utf8_valid(cell, NULL));
    must(!(out.only_mdy && out.only_dmy));
    if (column->type == FIELD_ATTACHMENTS && out.text)
        must(strcmp(out.compare, attachment_names(cell, context->arena)) == 0);
    if (!out.text)
        return;
    must(utf8_valid(str_of(out.text), NULL));
    if (is_stable(column->type)) {
        field_clean(column, str_of(out.text), context, &again);
        must(!again.code && again.text && strcmp(again.text, out.text) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    Arena arena = {0};
    Base base = {.null_tokens = {NULL, 0}};
    CatalogColumn catalog = catalog_of(data[1]);
    Column column = {.name = "cell", .type = (FieldType)(data[0] % FIELD_COUNT)};
    CleanContext context = {
        .base = &base, .date_order = data[1] & DMY ? DATE_DMY : DATE_MDY, .arena = &arena};
    if (data[1] & WORDS) {
        base.null_tokens = (StringList){(const char **)(uintptr_t)tokens, 3};
        column.aliases = aliases;
        column.n_aliases = 3;
        if (column.type == FIELD_CHOICE || column.type == FIELD_LIST)
            column.choices = (StringList){(const char **)(uintptr_t)choices, 4};
    }
    if (field_accepts(column.type, catalog.type.kind))
        column.catalog = &catalog;
    char *cell = malloc(size - 1); /* of exactly the size that a cell has: its bytes and a NUL */
    must(cell != NULL);
    memcpy(cell, data + 2, size - 2);
    cell[size - 2] = '\0';
    check(&column, (Str){cell, strlen(cell)}, &context); /* the reader lets no NUL through */
    free(cell);
    arena_free(&arena);
    return 0;
}
