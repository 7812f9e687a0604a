/* Any bytes as the export of a table with a column of every type: no crash, and every record that reaches the sink is
 * one that the engine can work with. */
#include <stdlib.h>

#include "artsync/clean.h"
#include "../../src/source/csv/csv.h"
#include "artsync/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char base_json[] =
    "{\"name\":\"fuzz\",\"schema\":\"public\",\"date_order\":\"mdy\",\"null_tokens\":[\"#ERROR!\",\"NaN\"],\"tables\":["
    "{\"table\":\"parents\",\"file\":\"p.csv\",\"id\":{\"column\":\"rid\",\"headers\":[\"I\"],\"natural_key\":["
    "\"name\"]},"
    "\"columns\":[{\"column\":\"name\",\"headers\":[\"N\"],\"type\":\"text\"}]},"
    "{\"table\":\"rows\",\"file\":\"r.csv\","
    "\"id\":{\"column\":\"rid\",\"headers\":[\"I\"],\"natural_key\":[\"name\"]},\"skip\":{\"N\":[\"-\"]},\"columns\":["
    "{\"column\":\"name\",\"headers\":[\"N\"],\"type\":\"text\",\"required\":true},"
    "{\"column\":\"a\",\"headers\":[\"A\"],\"type\":\"integer\",\"derive\":{\"from\":\"name\",\"pattern\":\" - "
    "([0-9]+)$\"}},"
    "{\"column\":\"b\",\"headers\":[\"B\"],\"type\":\"decimal\",\"min\":0,\"default\":\"1\"},"
    "{\"column\":\"c\",\"headers\":[\"C\"],\"type\":\"currency\"},"
    "{\"column\":\"d\",\"headers\":[\"D\"],\"type\":\"percent\"},"
    "{\"column\":\"e\",\"headers\":[\"E\"],\"type\":\"boolean\"},"
    "{\"column\":\"f\",\"headers\":[\"F\"],\"type\":\"date\",\"on_invalid\":\"null\"},"
    "{\"column\":\"g\",\"headers\":[\"G\"],\"type\":\"datetime\"},"
    "{\"column\":\"h\",\"headers\":[\"H\"],\"type\":\"duration\"},"
    "{\"column\":\"j\",\"headers\":[\"J\"],\"type\":\"choice\",\"choices\":[\"x\",\"y\"],\"aliases\":{\"z\":\"x\","
    "\"w\":null}},"
    "{\"column\":\"k\",\"headers\":[\"K\"],\"type\":\"list\"},"
    "{\"column\":\"l\",\"headers\":[\"L\"],\"type\":\"attachments\"},"
    "{\"column\":\"m\",\"headers\":[\"M\"],\"type\":\"link\",\"to\":\"parents\",\"id_headers\":[\"MI\"]},"
    "{\"column\":\"o\",\"headers\":[\"O\"],\"type\":\"json\"}]}]}";

/* Put in front of the input unless it has a header itself (a first byte of 0xFF). */
static const char header[] = "I,N,A,B,C,D,E,F,G,H,J,K,L,M,MI,O\n";

static void must(bool ok)
{
    if (!ok)
        abort();
}

static bool known(void *ctx, const Record *record, bool *unchanged, Err *err)
{
    (void)ctx;
    (void)err;
    must(record->id || record->values[0].text);
    *unchanged = record->raw % 16 == 0;
    return true;
}

static bool put(void *ctx, const Record *record, Err *err)
{
    const Table *table = ctx;
    (void)err;
    if (record->reject.code) {
        must(record->reject.reason != NULL);
        must(!record->reject.value || utf8_valid(str_of(record->reject.value), NULL));
        return true;
    }
    for (int i = 0; i < table->n_columns; i++) {
        const Value *value = &record->values[i];
        must(value->present == (value->hash != 0) && (value->present || !value->text));
        must(!value->text || utf8_valid(str_of(value->text), NULL));
        must(!table->columns[i].required || value->text);
    }
    return true;
}

static const Table *the_table(void)
{
    static Base *base; /* made once; the fuzzer's process ends with it */
    if (!base) {
        Problems problems = {0};
        base = base_parse(base_json, sizeof base_json - 1, "fuzz", &problems);
        must(base != NULL);
    }
    return base_table(base, "rows");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static LinkIndex *parents;
    if (!parents) {
        parents = link_index_new();
        link_index_add(parents, "recAAAAAAAAAAAAAA", "North", "1", false);
        link_index_add(parents, "recBBBBBBBBBBBBBB", "Ghost, \"clone\"", "2", true);
        link_index_add(parents, "recCCCCCCCCCCCCCC", "north ", "3", false);
    }
    const Table *table = the_table();
    const LinkIndex *links[2] = {table->index == 1 ? parents : NULL, table->index == 0 ? parents : NULL};
    bool own_header = size && data[0] == 0xFF;
    Buf csv = {0};
    buf_str(&csv, own_header ? "" : header);
    buf_add(&csv, data + own_header, size - own_header);

    CleanerOptions options = {.table = table, .links = links, .date_order = DATE_MDY, .path = "fuzz"};
    RecordSink sink = {(void *)(uintptr_t)table, known, put, NULL};
    CleaningReport *report = cleaning_report_new();
    Cleaner *cleaner = cleaner_new(&options, report, &sink);
    Detector *detector = detector_new(table, "fuzz");
    DateOrder order;
    Err a = {0}, b = {0};
    if (csv_read_bytes(buf_view(&csv), "fuzz", cleaner_put, cleaner, &a))
        cleaner_finish(cleaner, &a);
    if (csv_read_bytes(buf_view(&csv), "fuzz", detector_put, detector, &b))
        detector_date_order(detector, &order, &b);
    must(a.code == ERR_NONE || (a.message && a.code != ERR_CONFIG));
    err_clear(&a);
    err_clear(&b);
    detector_free(detector);
    cleaner_free(cleaner);
    cleaning_report_free(report);
    buf_free(&csv);
    return 0;
}
