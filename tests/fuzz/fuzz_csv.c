/* Any bytes as a CSV file: no crash, and what is read does not depend on where chunks end. Every record's place must
 * hold the bytes that it was read from. */
#include <stdlib.h>

#include "../../src/source/csv/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct Sum {
    Str bytes;
    uint64_t hash;
    int64_t number, end;
} Sum;

static void must(bool ok)
{
    if (!ok)
        abort();
}

static bool add(void *ctx, const RawRecord *record, Err *err)
{
    Sum *sum = ctx;
    const SourcePosition *place = &record->position;
    (void)err;
    must(place->number == sum->number++ && place->locator.start >= sum->end && place->locator.length > 0);
    sum->end = place->locator.start + place->locator.length;
    must((size_t)sum->end <= sum->bytes.n);
    must((size_t)sum->end == sum->bytes.n || sum->bytes.p[sum->end] == '\n' || sum->bytes.p[sum->end] == '\r');
    sum->hash = hash64((Str){(const char *)place, sizeof *place}, sum->hash);
    for (int i = 0; i < record->n_cells; i++) {
        must(record->cells[i].p[record->cells[i].n] == '\0');
        sum->hash = hash64(record->cells[i], sum->hash);
    }
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    size_t chunk = data[0] % 61 + 1;
    Str bytes = {(const char *)data + 1, size - 1};
    Sum whole = {.bytes = bytes}, pieces = {.bytes = bytes};
    Err a = {0}, b = {0};
    bool ok = csv_read_bytes(bytes, "fuzz", add, &whole, &a);
    must(ok == csv_read_chunks(bytes, "fuzz", chunk, add, &pieces, &b));
    must(whole.hash == pieces.hash && whole.number == pieces.number);
    must(a.code == b.code && (ok || strcmp(a.message, b.message) == 0));
    err_clear(&a);
    err_clear(&b);
    return 0;
}
