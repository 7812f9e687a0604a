/* What docs/REFERENCE.md has to say about base.json and errors, as lines of cells between tabs: tests/reference.py puts them there.
 *
 *     key   OBJECT  KEY  required|optional  TYPES  MEANS     TYPES: of columns that may have it; "all"
 *     type  TYPE  KINDS                               KINDS: PostgreSQL types that can hold it
 *     refusal COLUMN TYPES WHY                        COLUMN: a PostgreSQL type; TYPES: fields that it cannot hold
 *     error CODE  STATUS                              as JSON has it, and the exit status
 */
#include <stdio.h>
#include <stdlib.h>

#include "artsync/base.h"
#include "artsync/base_keys.h"
#include "artsync/field_refusals.h"

static void print_types(unsigned mask)
{
    unsigned all = (1u << FIELD_COUNT) - 1;
    mask = mask ? mask & all : all;
    bool most = __builtin_popcount(mask) > FIELD_COUNT / 2;
    const char *between = most ? "all but " : "";
    for (int type = 0; type < FIELD_COUNT; type++)
        if (mask != all && ((mask >> type & 1) == 0) == most) {
            printf("%s%s", between, field_type_name((FieldType)type));
            between = ", ";
        }
    printf("%s", mask == all ? "all" : "");
}

static void print_keys(const KeyList *list);

/* The keys of every object inside a value of this shape. */
static void print_below(const JsonShape *shape)
{
    if (!shape)
        return;
    if (shape->kind == SHAPE_OBJECT)
        print_keys(shape->keys);
    print_below(shape->item);
    print_below(shape->other);
}

#define REFUSAL_ROW(kind, end, shown, fields, why) {shown, fields, why},

static void print_refusals(void)
{
    static const struct {
        const char *column;
        unsigned fields;
        const char *why;
    } rows[] = {FIELD_REFUSALS(REFUSAL_ROW)};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        printf("refusal\t%s\t", rows[i].column);
        const char *between = "";
        for (int type = 0; rows[i].fields != ANY_FIELD && type < FIELD_COUNT; type++)
            if (rows[i].fields >> type & 1) {
                printf("%s%s", between, field_type_name((FieldType)type));
                between = ", ";
            }
        printf("%s\t%s\n", rows[i].fields == ANY_FIELD ? "any" : "", rows[i].why);
    }
}

/* Once, also those of an object that may be in several places. */
static void print_keys(const KeyList *list)
{
    static const KeyList *printed[20];
    static size_t n;
    for (size_t i = 0; i < n; i++)
        if (printed[i] == list)
            return;
    if (n == sizeof printed / sizeof printed[0])
        abort();
    printed[n++] = list;
    for (size_t i = 0; i < list->n; i++) {
        const JsonKey *key = &list->keys[i];
        printf("key\t%s\t%s\t%s\t", list->object, key->name, key->required ? "required" : "optional");
        print_types(key->types);
        printf("\t%s\n", key->means);
    }
    for (size_t i = 0; i < list->n; i++)
        print_below(list->keys[i].shape);
}

int main(void)
{
    print_keys(&base_key_list);
    for (int type = 0; type < FIELD_COUNT; type++) {
        const char *between = "";
        printf("type\t%s\t", field_type_name((FieldType)type));
        for (int kind = 0; type != FIELD_LINK && kind < PG_OTHER; kind++)
            if (field_accepts((FieldType)type, (PgKind)kind)) {
                printf("%s%s", between, pg_kind_names((PgKind)kind));
                between = ", ";
            }
        printf("%s\n", type == FIELD_LINK ? "as the primary key of the linked table" : "");
    }
    print_refusals();
    for (int code = ERR_NONE + 1; code < ERR_COUNT; code++)
        printf("error\t%s\t%d\n", err_name((ErrCode)code), (int)err_status((ErrCode)code));
    return 0;
}
