/* One file through the rules of its table: which records there are, who they are, what their columns hold.
 *
 * The order of the rules: width, skip, id, the raw hash and the question whether the record is known
 * unchanged, and only then the cells. A record is rejected for the first thing that is wrong with it.
 */
#include <stdio.h>
#include <stdlib.h>

#include "artsync/hash.h"
#include "artsync/utf8.h"
#include "internal.h"

enum { ID_MAX = 255 };

static CleanContext *contexts_of(Cleaner *c)
{
    const LinkIndex *const *links = c->options.links;
    CleanContext *contexts = mem_alloc(sizeof *contexts * (size_t)(c->table->n_columns + 1));
    for (int i = 0; i < c->table->n_columns; i++) {
        const Column *column = &c->table->columns[i];
        CleanContext context = {.base = c->table->base,
                                .date_order = c->options.date_order,
                                .links = links && column->to ? links[column->to->index] : NULL,
                                .arena = &c->bounds,
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
    c->hashed = mem_alloc(sizeof *c->hashed * (size_t)(2 * c->table->n_columns + 1));
    c->derive = mem_alloc(sizeof *c->derive * (size_t)(c->table->n_columns + 1));
    c->marked = mem_alloc(sizeof *c->marked * (size_t)(c->table->n_columns + 1));
    c->shown = mem_alloc(2 * (size_t)(c->table->n_columns + 1));
    c->contexts = contexts_of(c);
    cleaner_open_encoding(c);
    return c;
}

void cleaner_free(Cleaner *c)
{
    if (!c)
        return;
    for (int i = 0; i < c->table->n_columns; i++)
        regfree(&c->derive[i]); /* zeroed where nothing was compiled */
    binding_free(&c->binding);
    charset_close(c->charset);
    arena_free(&c->arena);
    arena_free(&c->bounds);
    buf_free(&c->bytes);
    free(c->derive);
    free(c->contexts);
    free(c->hashed);
    free(c->marked);
    free(c->shown);
    free(c->values);
    free(c->path);
    free(c);
}

/* ---- the header ---- */

/* Which headers are there decides what a record says, and so does the order of dates: both are in the seed. */
static void prepare_hash(Cleaner *c)
{
    const Binding *b = &c->binding;
    Buf *bytes = &c->bytes;
    buf_char(bytes, (char)('0' + c->options.date_order));
    buf_char(bytes, b->id >= 0 ? '1' : '0');
    if (b->id >= 0)
        c->hashed[c->n_hashed++] = (Hashed){.cell = b->id};
    for (int i = 0; i < c->table->n_columns; i++) {
        bool attachments = c->table->columns[i].type == FIELD_ATTACHMENTS;
        buf_char(bytes, (char)('0' + (b->cells[i] >= 0) + 2 * (b->ids[i] >= 0)));
        if (b->cells[i] >= 0)
            c->hashed[c->n_hashed++] = (Hashed){.cell = b->cells[i],
                                                .attachments = attachments,
                                                .links = b->ids[i] < 0 ? c->contexts[i].links : NULL};
        if (b->ids[i] >= 0)
            c->hashed[c->n_hashed++] = (Hashed){.cell = b->ids[i]};
        const Column *column = &c->table->columns[i];
        if (b->cells[i] >= 0 && field_is_number(column->type) && column->mark == MARK_AUTO)
            c->marked[c->n_marked++] = i;
    }
    c->seed = hash64(buf_view(bytes), c->table->fingerprint);
}

static bool compile_patterns(Cleaner *c, Err *err)
{
    for (int i = 0; i < c->table->n_columns; i++) {
        const Column *column = &c->table->columns[i];
        if (column->derive.from < 0)
            continue;
        int fault = regcomp(&c->derive[i], column->derive.pattern, REG_EXTENDED);
        if (fault == REG_ESPACE)
            mem_exhausted();
        if (fault != 0) {
            c->derive[i] = (regex_t){0};
            return err_set(err, ERR_CONFIG, NULL, "%s: column %s: the pattern \"%s\" cannot be used", c->table->name,
                           column->name, column->derive.pattern);
        }
    }
    return true;
}

static bool put_header(Cleaner *c, const RawRecord *header, Err *err)
{
    c->bound = true;
    if (!binding_make(&c->binding, c->table, c->path, header, c->report, err) || !compile_patterns(c, err))
        return false;
    prepare_hash(c);
    return true;
}

/* ---- the raw hash ----
 *
 * artsync.state_<table>.raw: did the record's mapped cells change? XXH3-64 over, for each cell that counts,
 *
 *     SIZE   CONTENTS
 *     4      n, the number of bytes that follow, in the machine's byte order
 *     n      the cell's bytes as they are in the file, not trimmed; of attachments their file names alone, as PostgreSQL
 *            prints text[] (attachment_names); of a link by name, where the names of the linked table's export are known,
 *            followed by the id of the record that carries the name: another record of that name is another link
 *
 * The cells: the id's, if the file has its header; then per column of base.json, in that order, its own cell and its cell
 * of record ids, where their headers are there. The seed is XXH3-64, seeded with the table's fingerprint (the mapping with
 * the columns' types and CLEANING_VERSION; base_fingerprint.c), over one byte each, an ASCII digit:
 *
 *     SIZE   CONTENTS
 *     1      the order of dates: DateOrder
 *     1      1: the file has a header of the id, else 0
 *     1 each per column: 1 if its own header is there, plus 2 if the header of its record ids is
 *
 * For each number that does not show its decimal mark (1.500), in a column that finds it out and read with a comma or not at
 * all because the column has both marks: once more XXH3-64, seeded with the hash so far, over the column's number in base.json
 * (from 0, decimal) and 'c' or 'm'.
 *
 * A ragged record (too few or too many cells) is all its cells, each with a NUL behind it, under the same seed.
 */

static Str with_record(Cleaner *c, const LinkIndex *links, Str name)
{
    const char *id = link_export_id(links, name);
    size_t n = strlen(id);
    char *both = arena_alloc(&c->arena, name.n + n + 1);
    memcpy(both, name.p, name.n);
    memcpy(both + name.n, id, n);
    return (Str){both, name.n + n};
}

/* The order does not depend on the file's: base.json's. Lengths keep neighbours apart. This runs for every record of
 * every file, so all cells go into one buffer and are hashed at once. */
static uint64_t raw_hash(Cleaner *c)
{
    size_t size = 0;
    for (int i = 0; i < c->n_hashed; i++) {
        Hashed *part = &c->hashed[i];
        part->text = c->raw->cells[part->cell];
        if (part->attachments && part->text.n)
            part->text = str_of(attachment_names(part->text, &c->arena));
        else if (part->links && part->text.n && link_index_has_export(part->links))
            part->text = with_record(c, part->links, part->text);
        size += sizeof(uint32_t) + part->text.n;
    }
    buf_clear(&c->bytes);
    buf_reserve(&c->bytes, size);
    char *to = c->bytes.data;
    for (int i = 0; i < c->n_hashed; i++) {
        Str text = c->hashed[i].text;
        uint32_t n = (uint32_t)text.n;
        memcpy(to, &n, sizeof n);
        if (n)
            memcpy(to + sizeof n, text.p, n);
        to += sizeof n + n;
    }
    return hash64((Str){c->bytes.data, size}, c->seed);
}

/* How doubtful numbers are read is found out when the first one comes: most files have none. */
static bool find_marks(Cleaner *c, Err *err)
{
    if (c->marks_known || !c->options.marks)
        return true;
    NumberMark *marks = arena_alloc(&c->bounds, sizeof *marks * (size_t)(c->table->n_columns + 1));
    c->marks_known = true;
    if (!c->options.marks(c->options.marks_ctx, marks, err))
        return false;
    for (int i = 0; i < c->n_marked; i++)
        c->contexts[c->marked[i]].number = marks[c->marked[i]];
    return true;
}

/* The mark by which a doubtful number is read belongs to what the record says. */
static bool add_marks(Cleaner *c, uint64_t *raw, Err *err)
{
    for (int i = 0; i < c->n_marked; i++) {
        int column = c->marked[i];
        if (!cell_is_doubtful(&c->table->columns[column], c->raw->cells[c->binding.cells[column]]))
            continue;
        if (!find_marks(c, err))
            return false;
        const NumberMark *mark = &c->contexts[column].number;
        char bytes[16];
        int n = snprintf(bytes, sizeof bytes, "%d%c", column, mark->mixed ? 'm' : 'c');
        if (mark->mixed || mark->doubtful == MARK_COMMA)
            *raw = hash64((Str){bytes, (size_t)n}, *raw);
    }
    return true;
}

/* ---- who it is ---- */

/* Printable ASCII, as ids are: valid and trimmed. */
static bool is_plain(Str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] <= ' ' || text.p[i] > '~')
            return false;
    return true;
}

static bool read_id(Cleaner *c)
{
    Str id = cleaner_content(c, c->binding.id);
    const char *column = c->table->id_column;
    if (id.n == 0)
        return cleaner_reject(c, REJECT_NO_ID, column, NULL, "is empty: the record has no id");
    if (!is_plain(id) && !utf8_valid(id, NULL))
        return cleaner_reject(c, REJECT_ENCODING, column, cleaner_shown(c, id), "is not valid UTF-8");
    const char *code, *reason;
    if (!cleaner_encodes(c, id, 0, &code, &reason))
        return cleaner_reject(c, code, column, cleaner_shown(c, id), reason);
    if (utf8_length(id) > ID_MAX)
        return cleaner_reject(c, REJECT_TOO_LONG, column, cleaner_shown(c, id), "is longer than 255 characters");
    c->record.id = cleaner_kept(c, id);
    return true;
}

/* Airtable's: rec and 14 letters or digits. */
static bool is_record_id(Str text)
{
    if (text.n != 17 || memcmp(text.p, "rec", 3) != 0)
        return false;
    for (size_t i = 3; i < text.n; i++)
        if (!((text.p[i] >= '0' && text.p[i] <= '9') || (text.p[i] >= 'a' && text.p[i] <= 'z') ||
              (text.p[i] >= 'A' && text.p[i] <= 'Z')))
            return false;
    return true;
}

/* Cells that are missing or too many shift the ones behind them. The id counts as read only if, of all places where
 * it may have been put, exactly one holds an Airtable id: a wrong id would do harm, none does not. */
static void read_shifted_id(Cleaner *c)
{
    int id = c->binding.id, shift = c->raw->n_cells - c->binding.n_headers;
    if (id < 0)
        return;
    int first = shift < 0 ? id + shift : id, last = shift < 0 ? id : id + shift, found = 0;
    for (int i = first < 0 ? 0 : first; i <= last && i < c->raw->n_cells; i++) {
        Str text = utf8_trim(c->raw->cells[i]);
        if (is_record_id(text)) {
            found++;
            c->record.id = cleaner_kept(c, text);
        }
    }
    if (found != 1)
        c->record.id = NULL;
}

/* Without an id: the natural key's values, before the rest is cleaned. They are looked at quietly, since clean_columns
 * comes by again, unless the record ends here. False: it is rejected. */
static bool read_natural_key(Cleaner *c)
{
    for (int i = 0; i < c->table->n_natural_key; i++) {
        const Column *column = &c->table->columns[c->table->natural_key[i]];
        c->quiet = true;
        bool ok = cleaner_column(c, column);
        c->quiet = false;
        if (ok && c->values[column->index].text)
            continue;
        cleaner_column(c, column);
        if (ok || strcmp(c->record.reject.code, REJECT_REQUIRED) == 0)
            cleaner_reject(c, REJECT_NO_ID, column->name, NULL,
                           "is empty: without an id the record needs its natural key");
        return false;
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
    if (c->binding.id >= 0)
        read_id(c); /* an id that cannot be read is not reported here */
    return !c->sink.skipped || c->sink.skipped(c->sink.ctx, &c->raw->position, c->record.id, empty, err);
}

static bool put_ragged(Cleaner *c, Err *err)
{
    Buf *bytes = &c->bytes;
    buf_clear(bytes);
    for (int i = 0; i < c->raw->n_cells; i++)
        buf_add(bytes, c->raw->cells[i].p, c->raw->cells[i].n + 1);
    c->record.raw = hash64(buf_view(bytes), c->seed);
    read_shifted_id(c);
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

static bool put_record(Cleaner *c, Err *err)
{
    if (c->raw->n_cells != c->binding.n_headers)
        return put_ragged(c, err);
    bool empty = is_empty(c);
    if (empty || is_ruled_out(c))
        return put_skipped(c, empty, err);
    c->record.raw = raw_hash(c);
    if (!add_marks(c, &c->record.raw, err))
        return false;
    if (c->binding.id >= 0 ? !read_id(c) : !read_natural_key(c))
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
    if (!c->bound)
        return put_header(c, record, err);
    if (c->options.headers_only)
        return true;
    c->raw = record;
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
    const bool *shown = &c->shown[2 * column];
    return shown[0] == shown[1] ? MARK_AUTO : shown[1] ? MARK_COMMA : MARK_POINT;
}

bool cleaner_has_id(const Cleaner *c) { return c->binding.id >= 0; }

bool cleaner_links_by_name(const Cleaner *c, int column)
{
    return c->table->columns[column].to && c->binding.cells[column] >= 0 && c->binding.ids[column] < 0;
}

uint64_t cleaner_rules(const Cleaner *c)
{
    const char decided = (char)('0' + c->options.date_order);
    return hash64((Str){&decided, 1}, c->table->fingerprint);
}

StringList cleaner_unmapped(const Cleaner *c) { return c->binding.unmapped; }
