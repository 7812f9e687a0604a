/* base.json: any bytes give a base or at least one problem, never a crash, and a base can be read twice alike.
 * Seeds: sql/art/base.json, tests/bases/<name>/base.json. */
#include <stdint.h>
#include <stdlib.h>

#include "artsync/base.h"
#include "artsync/clean.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What `base check` does with a base that has problems. */
static void check_draft(const uint8_t *data, size_t size)
{
    Problems problems = {0};
    Base *base = base_draft((const char *)data, size, "base.json", &problems);
    for (int i = 0; i < base->n_tables; i++)
        for (int k = 0; k < base->tables[i].n_columns; k++)
            field_check(base, &base->tables[i].columns[k], &problems);
    base_free(base);
    problems_free(&problems);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_draft(data, size);
    Problems problems = {0};
    Base *base = base_parse((const char *)data, size, "base.json", &problems);
    if ((base == NULL) != (problems.n > 0))
        abort();
    if (base) {
        Base *again = base_parse((const char *)data, size, "base.json", &problems);
        if (!again || again->n_tables != base->n_tables)
            abort();
        for (int i = 0; i < base->n_tables; i++) {
            const Table *table = &base->tables[i];
            if (table->fingerprint != again->tables[i].fingerprint || base_table(base, table->name) != table)
                abort();
            for (int k = 0; k < table->n_columns; k++) /* linked tables come first */
                if (table->columns[k].to && table->columns[k].to->index >= table->index)
                    abort();
        }
        base_free(again);
        base_free(base);
    }
    problems_free(&problems);
    return 0;
}
