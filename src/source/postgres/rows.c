/* rows.c - the rows of a table or query, read once by COPY into a private file. */
#include <errno.h>
#include <stdlib.h>

#include "artsync/embed.h"
#include "artsync/file.h"
#include "artsync/progress.h"
#include "artsync/utf8.h"
#include "internal.h"

enum { PROGRESS_EVERY = 10000, FILE_BUFFER = 256 * 1024 };

/* ---- which columns ---- */

static bool wants(const StringList *headers, Str column, Arena *arena)
{
    Str folded = utf8_fold(column, arena);
    for (int i = 0; i < headers->n; i++)
        if (str_eq(utf8_fold(str_of(headers->items[i]), arena), folded))
            return true;
    return false;
}

/* Does the mapping need this column of the source? What it does not need is neither read nor kept. */
static bool is_needed(const Table *table, const char *name, Arena *arena)
{
    Str column = str_of(name);
    if (wants(&table->id_headers, column, arena))
        return true;
    for (int i = 0; i < table->n_columns; i++)
        if (wants(&table->columns[i].headers, column, arena) || wants(&table->columns[i].id_headers, column, arena))
            return true;
    for (int i = 0; i < table->n_skips; i++)
        if (wants(&(StringList){&table->skips[i].header, 1}, column, arena))
            return true;
    return false;
}

static bool no_table(const Pg *pg, const TableSource *from, Err *err)
{
    return err_set(err, ERR_MISSING, "correct \"source\" in base.json, or let the role see the table",
                   "there is no table %s.%s in %s", from->schema, from->table, pg_describe(pg));
}

static bool select_table(Pg *pg, const Table *table, Buf *sql, Err *err)
{
    PgRows *columns = NULL;
    const TableSource *from = &table->from;
    Arena arena = {0};
    if (!pg_query(pg, sql_query("source_columns"), 2, (const char *[]){from->schema, from->table}, &columns, err))
        return false;
    bool ok = pg_count(columns) > 0 || no_table(pg, from, err);
    int n = 0;
    for (int i = 0; ok && i < pg_count(columns); i++) {
        if (!is_needed(table, pg_get(columns, i, 0), &arena))
            continue;
        buf_str(sql, n++ ? ", s." : "SELECT s.");
        sql_ident(sql, pg_get(columns, i, 0));
    }
    buf_str(sql, n ? " FROM " : "SELECT * FROM "); /* none: the header says which there are */
    if (ok)
        sql_name(sql, from->schema, from->table);
    buf_str(sql, " AS s");
    if (from->where)
        buf_printf(sql, " WHERE (%s\n)", from->where); /* the line's end: behind a comment */
    pg_rows_free(columns);
    arena_free(&arena);
    return ok;
}

static void select_query(const Table *table, Buf *sql)
{
    Str query = utf8_trim(str_of(table->from.query));
    while (query.n && (query.p[query.n - 1] == ';' || query.p[query.n - 1] == '\n' || query.p[query.n - 1] == ' '))
        query.n--;
    buf_add(sql, query.p, query.n);
    buf_char(sql, '\n'); /* behind a comment */
}

bool rows_select(Pg *pg, const Table *table, Buf *sql, Err *err)
{
    if (table->from.query)
        select_query(table, sql);
    return table->from.query || select_table(pg, table, sql, err);
}

/* ---- reading ---- */

typedef struct Fetch {
    const Source *source;
    Rows *rows;
    Sha256 *hash;
    int64_t n; /* rows, the header counted */
} Fetch;

static bool fail_write(Err *err)
{
    return err_set(err, ERR_IO, "set TMPDIR to a folder with more free space",
                   "cannot write the rows that were read to a temporary file in %s: %s", file_temporary_folder(),
                   strerror(errno));
}

static bool put(void *ctx, const char *bytes, size_t n, Err *err)
{
    Fetch *fetch = ctx;
    if (fwrite(bytes, 1, n, fetch->rows->file) != n)
        return fail_write(err);
    sha256_add(fetch->hash, bytes, n);
    fetch->rows->size += (int64_t)n;
    if (fetch->n++ % PROGRESS_EVERY == 0)
        progress_read(fetch->rows->size, fetch->n);
    return true;
}

/* A table or column that is not there is a wrong setting here, and no schema of artsync's. Returns false, always. */
static bool source_misnamed(Err *err)
{
    if (err->code == ERR_SCHEMA)
        err->code = ERR_CONFIG;
    return false;
}

/* A query that writes, or locks rows, is a wrong setting, too. Returns false, always. */
static bool source_writes(Err *err)
{
    if (strcmp(err->sqlstate, "25006") != 0)
        return false;
    Err cause = *err;
    *err = (Err){0};
    err_set(err, ERR_CONFIG, "a source is only read: take out what writes or locks rows", "%s", cause.message);
    err_sqlstate(err, cause.sqlstate);
    err_clear(&cause);
    return false;
}

static bool copy(Fetch *fetch, Pg *pg, const char *select, Err *err)
{
    Buf sql = {0};
    buf_printf(&sql, "COPY (%s) TO STDOUT (FORMAT csv, HEADER)", select);
    bool ok = pg_copy_out(pg, sql.data, put, fetch, err);
    buf_free(&sql);
    if (ok && fflush(fetch->rows->file) != 0)
        ok = fail_write(err);
    if (!ok)
        source_writes(err);
    if (!ok && fetch->n > 0)
        return err_context(err, "%s: after %lld rows", fetch->source->location, (long long)fetch->n - 1);
    return ok || source_misnamed(err) || err_context(err, "%s", fetch->source->location);
}

bool rows_fetch(const Source *source, Rows **out, Err *err)
{
    Database *database = database_of(source, err);
    Rows *rows = *out = database ? rows_of(source) : NULL;
    if (!rows || rows->file)
        return rows != NULL;
    Buf select = {0};
    Fetch fetch = {.source = source, .rows = rows, .hash = sha256_new()};
    bool ok = database_begin(database, err) && ((rows_select(database->pg, source->table, &select, err) &&
                                                 identity_check(source, database, select.data, err)) ||
                                                err_context(err, "%s", source->location));
    rows->size = 0;
    progress_table(source->location);
    progress_reading(0);
    ok = ok && (rows->file = file_temporary(err)) && setvbuf(rows->file, NULL, _IOFBF, FILE_BUFFER) == 0 &&
         copy(&fetch, database->pg, select.data, err);
    if (ok)
        sha256_end(fetch.hash, rows->sha256);
    else
        sha256_free(fetch.hash);
    if (!ok && rows->file) {
        fclose(rows->file);
        rows->file = NULL;
    }
    buf_free(&select);
    return ok;
}
