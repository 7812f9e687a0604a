/* rejects_csv.c - rejected records as a CSV to fix and replay: the source's own columns plus _reject_reason.
 *
 * Where all come from files with one header, their bytes are written as they are in the file. Else their columns are
 * merged by name. A record without the right number of fields cannot be split into columns: it is listed instead.
 */
#include <stdlib.h>

#include "artsync/cells.h"
#include "artsync/csv_writer.h"
#include "artsync/embed.h"
#include "artsync/file.h"
#include "artsync/hex.h"
#include "artsync/source.h"
#include "rejects.h"

static const char reason_header[] = "_reject_reason", own_prefix[] = "_reject_";

typedef struct Export {
    AtomicFile *file;
    CsvWriter *writer;
    CsvDialect dialect; /* the table's; a delimiter that is found out is that of the first header */
    bool merge;    /* by name; else the records' bytes as they are */
    StringList columns; /* with merge: the union of all headers, in order of appearance */
    int cap;
    Arena arena; /* columns */
    RejectsWritten *written;
} Export;

/* One record under its header, cell by cell. */
typedef struct Parsed {
    Arena arena;
    Str *header, *cells;
    int n_header, n_cells;
    int n_records;
} Parsed;

static Str *copy_cells(Arena *arena, const RawRecord *record)
{
    Str *cells = arena_alloc(arena, sizeof *cells * (size_t)(record->n_cells + 1));
    for (int i = 0; i < record->n_cells; i++)
        cells[i] = (Str){arena_strn(arena, record->cells[i].p, record->cells[i].n), record->cells[i].n};
    return cells;
}

static bool take_record(void *ctx, const RawRecord *record, Err *err)
{
    (void)err;
    Parsed *parsed = ctx;
    if (record->position.number == 0) {
        parsed->header = copy_cells(&parsed->arena, record);
        parsed->n_header = record->n_cells;
    } else {
        parsed->cells = copy_cells(&parsed->arena, record);
        parsed->n_cells = record->n_cells;
        parsed->n_records++;
    }
    return true;
}

static void add_bytes(Buf *out, const char *bytea)
{
    Arena arena = {0};
    Str bytes = bytea_read(bytea, &arena);
    buf_add(out, bytes.p, bytes.n);
    arena_free(&arena);
}

static bool is_own(Str header)
{
    return header.n >= sizeof own_prefix - 1 && memcmp(header.p, own_prefix, sizeof own_prefix - 1) == 0;
}

/* Header and record together are a little file of their own. */
static bool parse(const char *header, const char *source, Parsed *parsed, Err *err)
{
    Buf bytes = {0};
    Err why = {0};
    add_bytes(&bytes, header);
    buf_char(&bytes, '\n');
    add_bytes(&bytes, source);
    bool ok = source_parse(buf_view(&bytes), "the rejected record", take_record, parsed, &why);
    if (!ok && (why.code == ERR_INTERRUPTED || why.code == ERR_TERMINATED))
        err_set(err, why.code, why.hint, "%s", why.message);
    err_clear(&why);
    buf_free(&bytes);
    return ok;
}

/* ---- what columns there are ---- */

static int column_of(const Export *export, Str name)
{
    for (int i = 0; i < export->columns.n; i++)
        if (str_eq(str_of(export->columns.items[i]), name))
            return i;
    return -1;
}

static bool add_columns(void *ctx, const RawRecord *header, Err *err)
{
    (void)err;
    Export *export = ctx;
    for (int i = 0; i < header->n_cells && header->position.number == 0; i++) {
        if (is_own(header->cells[i])) {
            export->merge = true; /* a replayed file: its old reasons must not be beside the new ones */
            continue;
        }
        if (column_of(export, header->cells[i]) >= 0)
            continue;
        ARRAY_RESERVE(export->columns.items, export->columns.n, export->cap);
        export->columns.items[export->columns.n++] = arena_strn(&export->arena, header->cells[i].p, header->cells[i].n);
    }
    return true;
}

/* The header's own delimiter: with another one than the writer's its records' bytes cannot be written as they are. */
static void note_delimiter(Export *export, Buf *header)
{
    static const char *const names[] = {",", ";", "\t", "|"};
    size_t skip;
    char own = csv_delimiter_of(buf_view(header), &skip);
    bool found_out = export->dialect.delimiter && strcmp(export->dialect.delimiter, CSV_AUTO) == 0;
    for (size_t i = 0; found_out && i < sizeof names / sizeof names[0]; i++)
        if (names[i][0] == own)
            export->dialect.delimiter = names[i];
    if (own != (export->dialect.delimiter ? export->dialect.delimiter[0] : ','))
        export->merge = true;
}

static bool read_headers(Cli *cli, const char *const *params, Export *export, Buf *header, Err *err)
{
    PgRows *rows = NULL;
    Err why = {0};
    if (!pg_query(cli->pg, sql_query("rejects_headers"), 3, params, &rows, err))
        return false;
    export->merge = pg_count(rows) > 1;
    for (int r = 0; r < pg_count(rows); r++) {
        buf_clear(header);
        add_bytes(header, pg_get(rows, r, 0));
        note_delimiter(export, header);
        if (!source_parse(buf_view(header), "the header", add_columns, export, &why))
            err_clear(&why); /* its records will be listed as ones that cannot be written */
    }
    pg_rows_free(rows);
    return true;
}

/* ---- writing ---- */

/* This cell is all the information that the person who fixes the file has. */
static void write_reason(Export *export, const char *const *cells)
{
    Buf text = {0};
    if (cells[REJECT_COLUMN])
        buf_str(&text, cells[REJECT_COLUMN]);
    if (cells[REJECT_VALUE] && *cells[REJECT_VALUE])
        buf_printf(&text, "%s\"%s\"", text.len ? " " : "", cells[REJECT_VALUE]);
    buf_printf(&text, "%s%s", text.len ? ": " : "", cells[REJECT_REASON]);
    csv_write_note(export->writer, text.data);
    buf_free(&text);
}

static bool write_header(Export *export, const Buf *header, Err *err)
{
    size_t skip;
    Str own = buf_view(header);
    csv_delimiter_of(own, &skip);
    if (!export->merge)
        csv_write_bytes(export->writer, (Str){own.p + skip, own.n - skip});
    for (int i = 0; export->merge && i < export->columns.n; i++)
        csv_write_cell(export->writer, export->columns.items[i]);
    csv_write_cell(export->writer, reason_header);
    return csv_write_end(export->writer, err);
}

static void write_merged(Export *export, const Parsed *parsed)
{
    for (int c = 0; c < export->columns.n; c++) {
        Str cell = STR("");
        for (int i = 0; i < parsed->n_header; i++)
            if (str_eq(parsed->header[i], str_of(export->columns.items[c])))
                cell = parsed->cells[i];
        csv_write_cell(export->writer, cell.p);
    }
}

static bool list_unwritten(Export *export, const char *const *cells, Err *err)
{
    Buf line = {0};
    for (int i = 0; i < REJECT_CELLS; i++)
        cells_add(&line, cells[i]);
    bool ok = spool_add(export->written->unwritten, line.data, err);
    buf_free(&line);
    return ok;
}

static bool write_reject(void *ctx, const char *const *cells, int n, Err *err)
{
    (void)n;
    Export *export = ctx;
    Parsed parsed = {0};
    bool whole = cells[REJECT_HEADER] && parse(cells[REJECT_HEADER], cells[REJECT_SOURCE], &parsed, err) &&
                 parsed.n_records == 1 && parsed.n_cells == parsed.n_header;
    bool ok = err->code == ERR_NONE;
    if (ok && whole) {
        Buf bytes = {0};
        if (export->merge) {
            write_merged(export, &parsed);
        } else {
            add_bytes(&bytes, cells[REJECT_SOURCE]);
            csv_write_bytes(export->writer, buf_view(&bytes));
        }
        write_reason(export, cells);
        Err lacking = {0};
        whole = csv_write_end(export->writer, &lacking);
        err_clear(&lacking);
        export->written->written += whole;
        buf_free(&bytes);
        ok = atomic_file_ok(export->file, err);
    }
    if (ok && !whole)
        ok = list_unwritten(export, cells, err);
    arena_free(&parsed.arena);
    return ok;
}

bool rejects_write_csv(Cli *cli, const char *const params[4], const char *path, bool replace, RejectsWritten *written,
                       Err *err)
{
    const Table *table = base_table(cli->base, params[2]);
    Export export = {.written = written, .dialect = table ? table->csv : (CsvDialect){0}};
    Buf header = {0};
    bool ok =
        read_headers(cli, params, &export, &header, err) && atomic_file_begin(&export.file, path, 0666, replace, err);
    if (ok) {
        export.writer = csv_writer_new(atomic_file_stream(export.file), &export.dialect, err);
        ok = export.writer && write_header(&export, &header, err) &&
             pg_each(cli->pg, sql_query("rejects_list"), 4, params, write_reject, &export, err);
        csv_writer_free(export.writer);
    }
    if (ok && written->written > 0)
        cli->committed = ok = atomic_file_commit(export.file, err);
    else
        atomic_file_abort(export.file);
    buf_free(&header);
    free(export.columns.items);
    arena_free(&export.arena);
    return ok;
}
