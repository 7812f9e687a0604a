/* load.c - the first load of an empty table: COPY straight into table and state, keys added back afterwards.
 *
 * Whatever the database refuses on the way, the savepoint undoes all of it and the table goes the ordinary way, where
 * single records can be refused.
 */
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "artsync/embed.h"
#include "artsync/file.h"
#include "artsync/progress.h"
#include "internal.h"
#include "plan_load.h"

enum {
    LOAD_BIG = 4 * 1024 * 1024, /* bytes of a file from which on keys are worth dropping */
    SPOOL_BUFFER = 256 * 1024
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

bool load_is_possible(const TableRun *run)
{
    return record_index_empty(run->index) && !run->table->updates_only && run->table->n_id_parts == 0 &&
           !run->table->catalog->has_foreign_triggers;
}

static bool begin(void **writer, TableRun *run, const void *options, Err *err)
{
    Load *load = *writer = mem_alloc(sizeof *load);
    const Table *table = run->table;
    Pg *pg = run->pg;
    load->run = run;
    load->options = *(const LoadOptions *)options;
    load->stage = load->options.stage;
    load->options.fresh[table->index] = true;
    int64_t size = 0;
    char *now = NULL;
    bool ok = source_size(run->source, &size, err) && layouts_load(&load->layouts, pg, table, err) &&
              pg_value(pg, sql_query("now"), 0, NULL, &now, err) &&
              pg_savepoint(pg, "artsync_load", err);
    bool drops = table->catalog->owned && size >= LOAD_BIG;
    load->begun = ok;
    ok = ok && (!drops || load_keys_drop(&load->keys, load, err)) && spool_file(&load->later.state, err) &&
         spool_file(&load->later.rejects, err);
    if (ok) {
        load->line.tail = metadata_tail(table, now, &load->arena);
        load->line.slots = arena_alloc(&load->arena, sizeof *load->line.slots * (size_t)(load->layouts.n_slots + 1));
    }
    free(now);
    return ok;
}

static void free_load(void *writer)
{
    Load *load = writer;
    if (!load)
        return;
    load_unique_free(load->unique);
    load_keys_free(load->keys);
    layouts_free(&load->layouts);
    buf_free(&load->line.bytes);
    arena_free(&load->arena);
    arena_free(&load->scratch);
    if (load->later.state)
        fclose(load->later.state);
    if (load->later.rejects)
        fclose(load->later.rejects);
    free(load);
}

/* ---- records ---- */

static bool start_copy(Load *load, Err *err)
{
    const Table *table = load->run->table;
    Buf sql = {0};
    plan_load_rows(&sql, table, load->run->header.present);
    layouts_read_under(&load->layouts, load->run->header.rules);
    load->copying = layouts_current(&load->layouts, load->run->pg, &load->line.layout, err) &&
                    pg_path_database(load->run->pg, err) && pg_copy_in(load->run->pg, sql.data, err);
    buf_free(&sql);
    return load->copying;
}

static void add_row(const Load *load, Buf *out, const Item *item)
{
    pg_copy_text(out, item->id);
    for (int c = 0; c < load->run->table->n_columns; c++)
        if (load->run->header.present[c]) {
            buf_char(out, '\t');
            pg_copy_text(out, item->values[c].text);
        }
    buf_str(out, load->line.tail);
}

/* Numbers of binary COPY into space that is there: this runs once a record and column. */
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
static void add_state(const Load *load, Buf *out, const Item *item)
{
    size_t id = strlen(item->id), cols;
    const Table *table = load->run->table;
    int n = load->layouts.n_slots;
    for (int c = 0; c < table->n_columns; c++)
        load->line.slots[c] = facts_first_slot(&table->columns[c], &item->values[c]);
    buf_reserve(out, 2 + (4 + id) + (4 + 8) + (4 + state_room(n)) + (4 + 4) + (4 + 8) + (4 + 1) + (4 + 1));
    char *to = out->data + out->len;
    to = be16(to, 7);
    to = mempcpy(be32(to, (uint32_t)id), item->id, id);
    to = be64(be32(to, 8), item->raw);
    cols = state_pack(to + 4, load->line.slots, n);
    to = be32(to, (uint32_t)cols) + cols;
    to = be32(be32(to, 4), (uint32_t)load->line.layout);
    to = be64(be32(to, 8), (uint64_t)load->stage->log_id);
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

static bool put_reject(Load *load, const Item *item, Reject reject, Err *err)
{
    buf_clear(&load->line.bytes);
    stage_reject(load->stage, &load->line.bytes, &item->position, item->id, item->raw, reject, NULL, 0);
    load->later.n_rejects++;
    return write_spool(load->later.rejects, &load->line.bytes, err);
}

static bool put(void *writer, const Item *item, Err *err)
{
    Load *load = writer;
    if (item->reject.code)
        return put_reject(load, item, item->reject, err);
    if (!load->unique)
        load->unique = load_unique_new(load->run);
    arena_reset(&load->scratch);
    load_unique_prepare(load->unique, load->run->table, item);
    buf_clear(&load->line.bytes);
    add_row(load, &load->line.bytes, item);
    Reject duplicate = load_unique_add(load->unique, load->run->table, item, &load->scratch);
    if (duplicate.code)
        return put_reject(load, item, duplicate, err);
    if (!load->copying && !start_copy(load, err))
        return false;
    load->rows++;
    if (!pg_copy_put(load->run->pg, load->line.bytes.data, load->line.bytes.len, err))
        return false;
    buf_clear(&load->line.bytes);
    add_state(load, &load->line.bytes, item);
    return write_spool(load->later.state, &load->line.bytes, err);
}

/* ---- end ---- */

static bool copy_spool(Load *load, FILE *file, Err *err)
{
    char chunk[64 * 1024];
    size_t n;
    bool ok = fflush(file) == 0 || spool_full(err); /* rewind() would forget a failure */
    rewind(file);
    while (ok && (n = fread(chunk, 1, sizeof chunk, file)) > 0)
        ok = pg_copy_put(load->run->pg, chunk, n, err);
    if (ok && ferror(file))
        ok = err_set(err, ERR_IO, NULL, "cannot read a temporary file back");
    return ok;
}

static bool copy_state(Load *load, Err *err)
{
    static const char head[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", tail[] = "\377\377";
    Buf sql = {0};
    plan_load_state(&sql, load->run->table);
    Pg *pg = load->run->pg;
    bool ok = pg_copy_in(pg, sql.data, err) && pg_copy_put(pg, head, sizeof head - 1, err) &&
              copy_spool(load, load->later.state, err) && pg_copy_put(pg, tail, sizeof tail - 1, err) &&
              pg_copy_done(pg, load->rows, err);
    buf_free(&sql);
    return ok;
}

static bool stage_rejects(Load *load, Err *err)
{
    return load->later.n_rejects == 0 ||
           (stage_copy_in(load->stage, err) && copy_spool(load, load->later.rejects, err) &&
            pg_copy_done(load->run->pg, load->later.n_rejects, err));
}

static bool analyze(Load *load, Err *err)
{
    if (!load->keys)
        return true;
    Buf sql = {0};
    plan_load_analyze(&sql, load->run->table);
    bool ok = pg_write(load->run->pg, sql.data, NULL, err); /* it calls the functions of indexes */
    buf_free(&sql);
    return ok;
}

static bool finish(void *writer, Err *err)
{
    Load *load = writer;
    Pg *pg = load->run->pg;
    progress_phase("writing");
    if (load->copying && !(pg_copy_done(pg, load->rows, err) && pg_path_pinned(pg, err) && copy_state(load, err)))
        return false;
    const char *immediate = sql_query("constraints_immediate");
    progress_phase("indexes");
    /* deferred triggers first: while one waits to run, the table takes no keys */
    load->finished = (!load->keys || (pg_write(pg, immediate, NULL, err) && load_keys_make(load->keys, pg, err))) &&
                     pg_write(pg, immediate, NULL, err) && analyze(load, err) && pg_read_indexes(pg, err) &&
                     pg_release(pg, "artsync_load", err);
    if (!load->finished || !stage_rejects(load, err) ||
        !history_write(load->stage, load->run->counts, load->options.conflicts, NULL, err))
        return false;
    load->run->counts->created = load->rows;
    return true;
}

/* Whatever the database refused: the savepoint undoes all of it. */
static bool undo(void *writer, const Err *why, Err *err)
{
    Load *load = writer;
    if (!load->begun || load->finished || !(pg_refusal(why) || (why->code == ERR_DATABASE && why->sqlstate[0] == '\0')))
        return false;
    load->options.fresh[load->run->table->index] = false;
    load->stage->made = false;
    return pg_rollback_to(load->run->pg, "artsync_load", err);
}

const RecordWriter load_writer = {
    .name = "load", .begin = begin, .put = put, .finish = finish, .undo = undo, .free = free_load};
