/* Any bytes as a CSV file in another encoding: no crash, what is read does not depend on where chunks end, every cell
 * is UTF-8; and what a file shows of its form is the same wherever chunks end. */
#include <stdlib.h>

#include "../../src/source/csv/internal.h"
#include "artsync/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const encodings[] = {"UTF-16LE",   "UTF-16BE",    "windows-1252", "UTF-32LE",
                                        "UTF-7",      "SHIFT-JIS",   "ISO-2022-JP",  "GB18030",
                                        "BIG5-HKSCS", "ISO-2022-KR", "EUC-JISX0213"};

typedef struct Sum {
    uint64_t hash;
    int64_t number;
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
    must(place->number == sum->number++ && place->locator.length > 0);
    sum->hash = hash64((Str){(const char *)place, sizeof *place}, sum->hash);
    for (int i = 0; i < record->n_cells; i++) {
        must(record->cells[i].p[record->cells[i].n] == '\0' && utf8_valid(record->cells[i], NULL));
        sum->hash = hash64(record->cells[i], sum->hash);
    }
    return true;
}

static void decode(Str bytes, const char *encoding, size_t chunk)
{
    Sum whole = {0}, pieces = {0};
    Err a = {0}, b = {0};
    bool ok = csv_decode_chunks(bytes, encoding, 4096, add, &whole, &a);
    must(ok == csv_decode_chunks(bytes, encoding, chunk, add, &pieces, &b));
    must(whole.hash == pieces.hash && whole.number == pieces.number);
    must(a.code == b.code && (ok || strcmp(a.message, b.message) == 0));
    err_clear(&a);
    err_clear(&b);
}

static void look(Str bytes, size_t chunk)
{
    static const char *names[] = {"ID", "Name"};
    static Column columns[] = {{.name = "name", .headers = {&names[1], 1}}};
    const Table table = {
        .name = "t", .columns = columns, .n_columns = 1, .id_headers = {names, 1}, .csv = {CSV_AUTO, CSV_AUTO}};
    CsvLetters whole = {0}, pieces = {0};
    csv_letters_add(&whole, bytes);
    for (size_t at = 0; at < bytes.n; at += chunk)
        csv_letters_add(&pieces, (Str){bytes.p + at, bytes.n - at < chunk ? bytes.n - at : chunk});
    csv_letters_end(&whole);
    csv_letters_end(&pieces);
    must(whole.utf8 == pieces.utf8 && whole.other == pieces.other);
    must((whole.other == 0) == utf8_valid(bytes, NULL));
    CsvForm form;
    Err err = {0};
    if (csv_form_begin(&form, &table, bytes, "fuzz", &err) &&
        csv_form_settle(&form, &table, &whole, bytes, true, "fuzz", &err))
        must(form.encoding && form.delimiter);
    err_clear(&err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    size_t chunk = data[0] % 61 + 1;
    const char *encoding = encodings[data[1] % (sizeof encodings / sizeof encodings[0])];
    Str bytes = {(const char *)data + 2, size - 2};
    decode(bytes, encoding, chunk);
    look(bytes, chunk);
    return 0;
}
