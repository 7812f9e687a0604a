/* load.c - the first load of an empty table: COPY straight into table and state, keys added back afterwards.
 *
 * Whatever the database refuses on the way, the savepoint undoes all of it and the table goes the ordinary way, where
 * single records can be refused.
 */
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "artsync/file.h"
#include "../sync/engine.h"

enum {
    LOAD_BIG = 4 * 1024 * 1024, /* bytes of a file from which on keys are worth dropping */
    SPOOL_BUFFER = 256 * 1024
};

struct Load {
    bool copying;      /* COPY into the table is under way */
    bool finished;     /* what comes now cannot be taken back alone */
    LoadUnique *unique;
    LoadKeys *keys;    /* that were dropped; NULL: none, the file is small or the tables are not ours */
    int64_t rows;
    const char *tail;  /* of every row: its metadata and the line's end */
    int layout;
    uint64_t *slots;   /* of the record under way */
    Buf line;
    FILE *state;       /* binary COPY of the state, unlinked */
    FILE *rejects;     /* text COPY of refused records for the stage, unlinked */
    int64_t n_rejects;
    Arena arena;
};

static bool spool_file(FILE **file, Err *err)
{
    *file = file_temporary(err);
    if (*file)
        setvbuf(*file, NULL, _IOFBF, SPOOL_BUFFER); /* a wish: without it there are only more calls */
    return *file != NULL;
}

/* ---- begin ---- */

/* The metadata that COPY has to write, the same for every row: the transaction's time, 1, or true. */
static const char *metadata_tail(const Table *table, const char *now, Arena *arena)
{
    static const char *const words[META_COUNT] = {[META_VERSION] = "1", [META_ACTIVE] = "t"};
    const char *tail = "";
    for (MetadataRole role = 0; role < META_COUNT; role++)
        if (plan_metadata_value(table, role))
            tail = arena_printf(arena, "%s\t%s", tail, words[role] ? words[role] : now);
    return arena_printf(arena, "%s\n", tail);
}

bool load_begin(TableRun *turn, int64_t file_size, Err *err)
{
    Run *run = turn->run;
    if (run->options->want_changes || !record_index_empty(turn->known))
        return true;
    Load *load = turn->load = mem_alloc(sizeof *load);
    bool drops = turn->table->catalog->owned && file_size >= LOAD_BIG;
    run->fresh[turn->table->index] = true;
    char *now = NULL;
    bool ok = pg_value(run->pg, "SELECT now()", 0, NULL, &now, err) &&
              layouts_current(&turn->layouts, run->pg, &load->layout, err) && pg_savepoint(run->pg, "artsync_load", err) &&
              (!drops || load_keys_drop(&load->keys, turn, err)) && spool_file(&load->state, err) &&
              spool_file(&load->rejects, err);
    if (ok)
        load->tail = metadata_tail(turn->table, now, &load->arena);
    load->slots = arena_alloc(&load->arena, sizeof *load->slots * (size_t)(turn->table->n_columns + 1));
    free(now);
    return ok;
}

void load_free(TableRun *turn)
{
    Load *load = turn->load;
    if (!load)
        return;
    load_unique_free(load->unique);
    load_keys_free(load->keys);
    buf_free(&load->line);
    arena_free(&load->arena);
    if (load->state)
        fclose(load->state);
    if (load->rejects)
        fclose(load->rejects);
    free(load);
    turn->load = NULL;
}

/* ---- records ---- */

static bool start_copy(TableRun *turn, Err *err)
{
    const Table *table = turn->table;
    Buf sql = {0};
    sql_expand(&sql, table, "COPY {table} ({id}");
    for (int c = 0; c < table->n_columns; c++)
        if (turn->present[c]) {
            buf_str(&sql, ", ");
            sql_ident(&sql, table->columns[c].name);
        }
    plan_metadata_names(&sql, table);
    buf_str(&sql, ") FROM STDIN");
    turn->load->copying = pg_path_database(turn->run->pg, err) && pg_copy_in(turn->run->pg, sql.data, err);
    buf_free(&sql);
    return turn->load->copying;
}

static void add_row(const TableRun *turn, Buf *out, const Item *item)
{
    pg_copy_text(out, item->id);
    for (int c = 0; c < turn->table->n_columns; c++)
        if (turn->present[c]) {
            buf_char(out, '\t');
            pg_copy_text(out, item->values[c].text);
        }
    buf_str(out, turn->load->tail);
}

/* Numbers of binary COPY into room that is there: this runs once a record and column. */
static char *be16(char *to, uint16_t v)
{
    v = htobe16(v);
    return mempcpy(to, &v, sizeof v);
}

static char *be32(char *to, uint32_t v)
{
    v = htobe32(v);
    return mempcpy(to, &v, sizeof v);
}

static char *be64(char *to, uint64_t v)
{
    v = htobe64(v);
    return mempcpy(to, &v, sizeof v);
}

/* The state's columns in binary COPY: record_id, raw, cols, layout, first_log, created, deactivated; each with its
 * length before it. */
static void add_state(const TableRun *turn, Buf *out, const Item *item)
{
    size_t id = strlen(item->id), cols;
    int n = turn->table->n_columns;
    for (int c = 0; c < n; c++)
        turn->load->slots[c] = item->values[c].present ? item->values[c].hash : 0;
    buf_reserve(out, 2 + (4 + id) + (4 + 8) + (4 + state_room(n)) + (4 + 4) + (4 + 8) + (4 + 1) + (4 + 1));
    char *to = out->data + out->len;
    to = be16(to, 7);
    to = mempcpy(be32(to, (uint32_t)id), item->id, id);
    to = be64(be32(to, 8), item->raw);
    cols = state_pack(to + 4, turn->load->slots, n);
    to = be32(to, (uint32_t)cols) + cols;
    to = be32(be32(to, 4), (uint32_t)turn->load->layout);
    to = be64(be32(to, 8), (uint64_t)turn->log_id);
    static const char created_not_deactivated[] = {0, 0, 0, 1, 1, 0, 0, 0, 1, 0};
    to = mempcpy(to, created_not_deactivated, sizeof created_not_deactivated);
    out->len = (size_t)(to - out->data);
}

static bool spool_full(Err *err)
{
    return err_set(err, ERR_IO, "set TMPDIR to a folder with more free space",
                   "cannot write a temporary file in %s: %s", file_temporary_folder(), strerror(errno));
}

static bool write_spool(FILE *file, const Buf *bytes, Err *err)
{
    return fwrite(bytes->data, 1, bytes->len, file) == bytes->len || spool_full(err);
}

static bool put_reject(TableRun *turn, const Item *item, Reject reject, Err *err)
{
    Load *load = turn->load;
    buf_clear(&load->line);
    stage_reject(turn, &load->line, &item->position, item->id, item->raw, reject, NULL, 0);
    load->n_rejects++;
    return write_spool(load->rejects, &load->line, err);
}

bool load_item(TableRun *turn, const Item *item, Err *err)
{
    Load *load = turn->load;
    if (item->reject.code)
        return put_reject(turn, item, item->reject, err);
    if (!load->unique)
        load->unique = load_unique_new(turn);
    arena_reset(&turn->scratch);
    load_unique_look(load->unique, turn, item);
    buf_clear(&load->line);
    add_row(turn, &load->line, item);
    Reject repeated = load_unique_claim(load->unique, turn, item, &turn->scratch);
    if (repeated.code)
        return put_reject(turn, item, repeated, err);
    if (!load->copying && !start_copy(turn, err))
        return false;
    load->rows++;
    if (!pg_copy_put(turn->run->pg, load->line.data, load->line.len, err))
        return false;
    buf_clear(&load->line);
    add_state(turn, &load->line, item);
    return write_spool(load->state, &load->line, err);
}

/* ---- end ---- */

static bool copy_spool(TableRun *turn, FILE *file, Err *err)
{
    char chunk[64 * 1024];
    size_t n;
    bool ok = fflush(file) == 0 || spool_full(err); /* rewind() would forget a failure */
    rewind(file);
    while (ok && (n = fread(chunk, 1, sizeof chunk, file)) > 0)
        ok = pg_copy_put(turn->run->pg, chunk, n, err);
    if (ok && ferror(file))
        ok = err_set(err, ERR_IO, NULL, "cannot read a temporary file back");
    return ok;
}

static bool copy_state(TableRun *turn, Err *err)
{
    static const char head[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", tail[] = "\377\377";
    Buf sql = {0};
    sql_expand(&sql, turn->table,
             "COPY {state} (record_id, raw, cols, layout, first_log, created, deactivated) FROM STDIN (FORMAT binary)");
    Pg *pg = turn->run->pg;
    bool ok = pg_copy_in(pg, sql.data, err) && pg_copy_put(pg, head, sizeof head - 1, err) &&
              copy_spool(turn, turn->load->state, err) && pg_copy_put(pg, tail, sizeof tail - 1, err) &&
              pg_copy_done(pg, turn->load->rows, err);
    buf_free(&sql);
    return ok;
}

static bool stage_rejects(TableRun *turn, Err *err)
{
    return turn->load->n_rejects == 0 ||
           (stage_copy_in(turn, err) && copy_spool(turn, turn->load->rejects, err) &&
            pg_copy_done(turn->run->pg, turn->load->n_rejects, err));
}

static bool analyze(TableRun *turn, Err *err)
{
    if (!turn->load->keys)
        return true;
    Buf sql = {0};
    sql_expand(&sql, turn->table, "ANALYZE {table}, {state} (record_id)");
    bool ok = pg_write(turn->run->pg, sql.data, NULL, err); /* it calls the functions of indexes */
    buf_free(&sql);
    return ok;
}

bool load_finish(TableRun *turn, Err *err)
{
    Load *load = turn->load;
    Pg *pg = turn->run->pg;
    if (load->copying && !(pg_copy_done(pg, load->rows, err) && pg_path_pinned(pg, err) && copy_state(turn, err)))
        return false;
    static const char immediate[] = "SET CONSTRAINTS ALL IMMEDIATE";
    /* deferred triggers first: while one waits to run, the table takes no keys */
    load->finished = (!load->keys || (pg_write(pg, immediate, NULL, err) && load_keys_make(load->keys, pg, err))) &&
                     pg_write(pg, immediate, NULL, err) && analyze(turn, err) && pg_read_indexes(pg, err) &&
                     pg_release(pg, "artsync_load", err);
    if (!load->finished || !stage_rejects(turn, err))
        return false;
    turn->counts->created = load->rows;
    return true;
}

bool load_should_fall_back(const TableRun *turn, const Err *err)
{
    return turn->load && !turn->load->finished && (pg_refusal(err) || (err->code == ERR_DATABASE && err->sqlstate[0] == '\0'));
}
