/* What is between the cells of a file: by a first line sep=;, by base.json, by its header and first records. */
#include <string.h>

#include "artsync/utf8.h"
#include "internal.h"

static const char delimiters[] = {',', ';', '\t', '|'};
enum { DELIMITERS = sizeof delimiters, SAMPLE_RECORDS = 100 };

static const char *delimiter_name(char delimiter)
{
    static const char *const names[] = {"commas", "semicolons", "tabs", "vertical bars (|)"};
    const char *found = memchr(delimiters, delimiter, DELIMITERS);
    return names[found ? found - delimiters : 0];
}

/* What one delimiter would make of the first records. */
typedef struct Split {
    const Table *table;
    int mapped, width, records, uneven;
} Split;

static bool names_header(const StringList *names, Str header, Str folded, Arena *arena)
{
    for (int i = 0; i < names->n; i++)
        if (str_eq(str_of(names->items[i]), header) || str_eq(utf8_fold(str_of(names->items[i]), arena), folded))
            return true;
    return false;
}

static bool is_mapped(const Table *table, Str header)
{
    Arena arena = {0};
    Str folded = utf8_fold(header, &arena);
    bool mapped = names_header(&table->id_headers, header, folded, &arena);
    for (int i = 0; !mapped && i < table->n_columns; i++)
        mapped = names_header(&table->columns[i].headers, header, folded, &arena) ||
                 names_header(&table->columns[i].id_headers, header, folded, &arena);
    arena_free(&arena);
    return mapped;
}

static bool count_cells(void *ctx, const RawRecord *record, Err *err)
{
    (void)err;
    Split *split = ctx;
    if (record->position.number == 0) {
        split->width = record->n_cells;
        for (int i = 0; i < record->n_cells; i++)
            split->mapped += is_mapped(split->table, record->cells[i]);
    } else {
        split->records++;
        split->uneven += record->n_cells != split->width;
    }
    return split->records < SAMPLE_RECORDS;
}

static bool is_better(const Split *a, const Split *b)
{
    if (a->mapped != b->mapped)
        return a->mapped > b->mapped;
    bool even_a = a->width > 1 && a->uneven == 0, even_b = b->width > 1 && b->uneven == 0;
    return even_a != even_b ? even_a : even_a && a->width > b->width;
}

static Split split_by(const Table *table, Str text, char delimiter)
{
    Split split = {.table = table};
    Str rest = text;
    Err fault = {0};
    CsvSource source = {.name = "", .chunk = text.n + 1, .delimiter = delimiter, .may_have_bom = true};
    source.read = csv_read_memory;
    source.ctx = &rest;
    if (!csv_read_source(&source, count_cells, &split, &fault) && fault.code != ERR_NONE)
        split.uneven++;
    err_clear(&fault);
    return split;
}

Str csv_first_line(Str text)
{
    if (text.n >= 3 && memcmp(text.p, "\xEF\xBB\xBF", 3) == 0)
        text = (Str){text.p + 3, text.n - 3};
    while (text.n && (*text.p == '\n' || *text.p == '\r'))
        text = (Str){text.p + 1, text.n - 1};
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] == '\n' || text.p[i] == '\r')
            return (Str){text.p, i};
    return text;
}

static bool fail_delimiter(const Table *table, char said, char found, const char *name, Err *err)
{
    Buf hint = {0};
    buf_printf(&hint, "add \"csv\": {\"delimiter\": \"%s\"} to the table %s in base.json",
               found == '\t' ? "\\t" : (char[]){found, '\0'}, table->name);
    err_set(err, ERR_CSV, hint.data, "%s: the cells are separated by %s, not by %s", name, delimiter_name(found),
            delimiter_name(said));
    buf_free(&hint);
    return false;
}

bool csv_settle_delimiter(CsvForm *form, const Table *table, Str text, const char *name, Err *err)
{
    const char *said = table->csv.delimiter;
    bool is_auto = said && strcmp(said, CSV_AUTO) == 0;
    form->delimiter = csv_sep_line(csv_first_line(text));
    if (form->delimiter)
        return true;
    char own = said && !is_auto ? said[0] : ',', best = own;
    Split most = split_by(table, text, own), own_split = most;
    for (int i = 0; i < DELIMITERS; i++) {
        if (delimiters[i] == own)
            continue;
        Split split = split_by(table, text, delimiters[i]);
        if (is_better(&split, &most)) {
            most = split;
            best = delimiters[i];
        }
    }
    form->delimiter = is_auto ? best : own;
    if (!is_auto && own_split.mapped == 0 && (most.mapped > 0 || (own_split.width <= 1 && most.width > 1)))
        return fail_delimiter(table, own, best, name, err);
    return true;
}
