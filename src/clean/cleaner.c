/* One file through the rules of its table: which records there are, who they are, what their columns hold.
 *
 * The order of the rules: width, skip, id, the raw hash and the question whether the record is known
 * unchanged, and only then the cells. A record is rejected for the first thing that is wrong with it.
 */
#include <stdio.h>
#include <stdlib.h>

#include "artsync/hash.h"
#include "artsync/utf8.h"
#include "edits.h"
#include "internal.h"

static CleanContext *contexts_of(Cleaner *c)
{
    const LinkIndex *const *links = c->options.links;
    CleanContext *contexts = mem_alloc(sizeof *contexts * (size_t)(c->table->n_columns + 1));
    for (int i = 0; i < c->table->n_columns; i++) {
        const Column *column = &c->table->columns[i];
        CleanContext context = {.base = c->table->base,
                                .date_order = c->options.date_order,
                                .links = links && column->to ? links[column->to->index] : NULL,
                                .arena = &c->columns.arena,
                                .number = {.mark = column->mark}};
        context.min = field_bound(column, column->min, &context);
        context.max = field_bound(column, column->max, &context);
        context.arena = &c->arena;
        contexts[i] = context;
    }
    return contexts;
}

Cleaner *cleaner_new(const CleanerOptions *options, CleaningReport *report, const RecordSink *sink)
{
    Cleaner *c = mem_alloc(sizeof *c);
    c->options = *options;
    c->table = options->table;
    c->report = report;
    c->sink = *sink;
    c->path = mem_dup(options->path);
    c->values = mem_alloc(sizeof *c->values * (size_t)(c->table->n_columns + 1));
    c->columns.derive = mem_alloc(sizeof *c->columns.derive * (size_t)(c->table->n_columns + 1));
    c->marks.columns = mem_alloc(sizeof *c->marks.columns * (size_t)(c->table->n_columns + 1));
    c->marks.shown = mem_alloc(2 * (size_t)(c->table->n_columns + 1));
    c->columns.contexts = contexts_of(c);
    cleaner_open_encoding(c);
    return c;
}

void cleaner_free(Cleaner *c)
{
    if (!c)
        return;
    for (int i = 0; i < c->table->n_columns; i++)
        regfree(&c->columns.derive[i]); /* zeroed where nothing was compiled */
    binding_free(&c->binding);
    charset_close(c->encoding.charset);
    arena_free(&c->arena);
    arena_free(&c->columns.arena);
    raw_hash_free(&c->hash);
    free(c->columns.derive);
    free(c->columns.contexts);
    free(c->marks.columns);
    free(c->marks.shown);
    free(c->values);
    free(c->path);
    free(c);
}

/* ---- the header ---- */

/* Columns of numbers whose decimal mark is found out, as far as they have a cell. */
static void prepare_marks(Cleaner *c)
{
    for (int i = 0; i < c->table->n_columns; i++) {
        const Column *column = &c->table->columns[i];
        if (c->binding.cells[i] >= 0 && field_is_number(column->type) && column->mark == MARK_AUTO)
            c->marks.columns[c->marks.n++] = i;
    }
}

static bool compile_patterns(Cleaner *c, Err *err)
{
    for (int i = 0; i < c->table->n_columns; i++) {
        const Column *column = &c->table->columns[i];
        if (column->derive.from < 0)
            continue;
        int fault = regcomp(&c->columns.derive[i], column->derive.pattern, REG_EXTENDED);
        if (fault == REG_ESPACE)
            mem_exhausted();
        if (fault != 0) {
            c->columns.derive[i] = (regex_t){0};
            return err_set(err, ERR_CONFIG, NULL, "%s: column %s: the pattern \"%s\" cannot be used", c->table->name,
                           column->name, column->derive.pattern);
        }
    }
    return true;
}

static bool put_header(Cleaner *c, const RawRecord *header, Err *err)
{
    if (!binding_make(&c->binding, c->table, c->path, header, c->report, err) || !compile_patterns(c, err))
        return false;
    raw_hash_prepare(&c->hash, &c->binding, c->columns.contexts);
    prepare_marks(c);
    for (int i = 0; c->report && i < c->table->n_columns; i++)
        if (c->binding.cells[i] >= 0)
            cleaning_report_header(c->report, c->table, c->table->columns[i].name, header->cells[c->binding.cells[i]]);
    if (c->report && c->binding.id >= 0)
        cleaning_report_header(c->report, c->table, c->table->id_column, header->cells[c->binding.id]);
    return true;
}

/* How ambiguous numbers are read is found out when the first one comes: most files have none. */
static bool find_marks(Cleaner *c, Err *err)
{
    if (c->marks.known || !c->options.marks)
        return true;
    NumberMark *marks = arena_alloc(&c->columns.arena, sizeof *marks * (size_t)(c->table->n_columns + 1));
    c->marks.known = true;
    if (!c->options.marks(c->options.marks_ctx, marks, err))
        return false;
    for (int i = 0; i < c->marks.n; i++)
        c->columns.contexts[c->marks.columns[i]].number = marks[c->marks.columns[i]];
    return true;
}

/* The mark by which an ambiguous number is read belongs to what the record says. */
static bool add_marks(Cleaner *c, uint64_t *raw, Err *err)
{
    for (int i = 0; i < c->marks.n; i++) {
        int column = c->marks.columns[i];
        if (!cell_is_ambiguous(&c->table->columns[column], c->raw->cells[c->binding.cells[column]]))
            continue;
        if (!find_marks(c, err))
            return false;
        const NumberMark *mark = &c->columns.contexts[column].number;
        char bytes[16];
        int n = snprintf(bytes, sizeof bytes, "%d%c", column, mark->mixed ? 'm' : 'c');
        if (mark->mixed || mark->ambiguous == MARK_COMMA)
            *raw = hash64((Str){bytes, (size_t)n}, *raw);
    }
    return true;
}

/* ---- records ---- */

static bool clean_columns(Cleaner *c)
{
    for (int i = 0; i < c->table->n_columns; i++)
        if (!cleaner_column(c, &c->table->columns[i]))
            return false;
    return true;
}

static bool put(Cleaner *c, Err *err) { return c->sink.put(c->sink.ctx, &c->record, err); }

static bool is_ruled_out(const Cleaner *c)
{
    const Table *table = c->table;
    const Binding *b = &c->binding;
    for (int i = 0; i < table->n_skips; i++)
        if (b->skips[i] >= 0 && names_hold(&table->skips[i].values, utf8_trim(c->raw->cells[b->skips[i]])))
            return true;
    return false;
}

static bool is_empty(const Cleaner *c)
{
    const Table *table = c->table;
    const Binding *b = &c->binding;
    for (int i = 0; i < table->n_columns; i++)
        if (cleaner_content(c, b->cells[i]).n || cleaner_content(c, b->ids[i]).n)
            return false;
    return true;
}

static bool put_skipped(Cleaner *c, bool empty, Err *err)
{
    if (c->table->n_id_parts)
        cleaner_read_id_parts(c);
    else if (c->binding.id >= 0)
        cleaner_read_id(c); /* an id that cannot be read is not reported here */
    return !c->sink.skipped || c->sink.skipped(c->sink.ctx, &c->raw->position, c->record.id, empty, err);
}

static bool put_ragged(Cleaner *c, Err *err)
{
    c->record.raw = raw_hash_ragged(&c->hash, c->raw) ^ cleaner_rules(c);
    cleaner_read_shifted_id(c);
    int n = c->raw->n_cells;
    cleaner_reject(c, REJECT_FIELDS, NULL, NULL,
                   arena_printf(&c->arena, "has %d cell%s, the header has %d: is a quote or a comma missing?", n,
                                n == 1 ? "" : "s", c->binding.n_headers));
    return put(c, err);
}

/* The dates of records that are not cleaned still count: else a few bad cells among many unchanged records would look
 * like a wrong setting. */
static void note_unchanged_dates(Cleaner *c)
{
    for (int i = 0; i < c->table->n_columns; i++) {
        FieldType type = c->table->columns[i].type;
        int cell = c->binding.cells[i];
        if ((type != FIELD_DATE && type != FIELD_DATETIME) || cell < 0)
            continue;
        DateOrder order = date_order_hint(c->raw->cells[cell]);
        if (order != DATE_AUTO)
            evidence_add(&c->dates, (int)order, c->raw->position.line, c->raw->cells[cell]);
    }
}

/* The id, or the values that identify a record without one. False: it is rejected. */
static bool read_identity(Cleaner *c)
{
    if (c->table->n_id_parts)
        return cleaner_read_id_parts(c);
    return c->binding.id >= 0 ? cleaner_read_id(c) : cleaner_read_natural_key(c);
}

static bool put_record(Cleaner *c, Err *err)
{
    if (c->raw->n_cells != c->binding.n_headers)
        return put_ragged(c, err);
    bool empty = !c->options.of_rows && is_empty(c);
    if (empty || is_ruled_out(c))
        return put_skipped(c, empty, err);
    c->record.raw = raw_hash_record(&c->hash, c->raw, &c->arena);
    if (!add_marks(c, &c->record.raw, err))
        return false;
    c->record.raw ^= cleaner_rules(c);
    if (!read_identity(c))
        return put(c, err);
    bool unchanged = false;
    Record known = c->record;
    if (c->record.id)
        known.values = NULL;
    if (c->sink.known && !c->sink.known(c->sink.ctx, &known, &unchanged, err))
        return false;
    if (unchanged) {
        note_unchanged_dates(c);
        return true;
    }
    clean_columns(c); /* or rejected: the record says so itself */
    return put(c, err);
}

bool cleaner_put(void *cleaner, const RawRecord *record, Err *err)
{
    Cleaner *c = cleaner;
    if (!c->binding.table)
        return put_header(c, record, err);
    if (c->options.headers_only)
        return true;
    RawRecord edited;
    c->raw = edited_record(&c->binding, record, &edited, &c->arena);
    c->record = (Record){.position = record->position, .values = c->values};
    memset(c->values, 0, sizeof *c->values * (size_t)c->table->n_columns);
    bool ok = put_record(c, err);
    arena_reset(&c->arena);
    return ok;
}

bool cleaner_finish(Cleaner *c, Err *err)
{
    static const char *const names[2] = {"month first (mdy)", "day first (dmy)"};
    static const char *const hints[2] = {"set \"date_order\": \"mdy\" in base.json",
                                         "set \"date_order\": \"dmy\" in base.json"};
    DateOrder own = c->options.date_order, other = own == DATE_MDY ? DATE_DMY : DATE_MDY;
    if (c->dates.count[other] <= c->dates.count[own])
        return true;
    return err_set(
        err, ERR_CSV, hints[other],
        "%s: date_order is %s, but %lld dates only fit %s, such as \"%s\" in line %lld; %lld only fit the setting",
        c->path, names[own], (long long)c->dates.count[other], names[other], c->dates.cell[other],
        (long long)c->dates.line[other], (long long)c->dates.count[own]);
}

bool cleaner_has_column(const Cleaner *c, int column) { return binding_has(&c->binding, &c->table->columns[column]); }

DecimalMark cleaner_mark(const Cleaner *c, int column)
{
    const bool *shown = &c->marks.shown[2 * column];
    return shown[0] == shown[1] ? MARK_AUTO : shown[1] ? MARK_COMMA : MARK_POINT;
}

bool cleaner_has_id(const Cleaner *c) { return c->binding.id >= 0 || c->table->n_id_parts > 0; }

bool cleaner_links_by_name(const Cleaner *c, int column)
{
    return c->table->columns[column].to && c->binding.cells[column] >= 0 && c->binding.ids[column] < 0;
}

/* XXH3-64, seeded with the table's fingerprint (the mapping with the columns' types and CLEANING_VERSION;
 * base_fingerprint.c), over the order of dates: an ASCII digit, DateOrder. */
uint64_t cleaner_rules(const Cleaner *c)
{
    const char decided = (char)('0' + c->options.date_order);
    return hash64((Str){&decided, 1}, c->table->fingerprint);
}

StringList cleaner_unmapped(const Cleaner *c) { return c->binding.unmapped; }
