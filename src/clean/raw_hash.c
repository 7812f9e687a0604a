/* raw_hash.c - did the record's mapped cells change?
 *
 * artsync.state_<table>.raw: XXH3-64 over, for each cell that counts,
 *
 *     SIZE   CONTENTS
 *     4      n, the number of bytes that follow, in the machine's byte order; all bits set for '' of a
 *            database
 *     n      the cell's bytes as they are in the file, not trimmed; of attachments their file names alone, as
 *            PostgreSQL prints text[] (attachment_names); of a link by name, where the names of the linked table's
 *            export are known, followed by the id of the record that carries the name: another
 *            record of that name is another link. Where no record carries the whole cell, but one of the names
 *            in it (its alias; unquoted; an element of a list), followed per name by 0x1F and that id, if any
 *
 * The cells: the id's, if the file has its header; then per column of base.json, in that order, its own cell and its
 * cell of record ids, where their headers are there. The seed is XXH3-64, with seed 0, over one byte each, an ASCII
 * digit:
 *
 *     SIZE   CONTENTS
 *     1      1: the file has a header of the id, else 0
 *     1 each per column: 1 if its own header is there, plus 2 if the header of its record ids is
 *
 * For each number that does not show its decimal mark (1.500), in a column that finds it out and read with a comma or
 * not at all because the column has both marks: once more XXH3-64, seeded with the hash so far, over the column's
 * number in base.json (from 0, decimal) and 'c' or 'm'.
 *
 * A ragged record (too few or too many cells) is all its cells, each with a NUL behind it, under the same seed.
 *
 * At last XOR with cleaner_rules: under other rules the record is read again. A reject is kept without that
 * (rejects.c).
 */
#include <stdlib.h>

#include "artsync/hash.h"
#include "internal.h"

/* Which headers are there decides what a record says. */
void raw_hash_prepare(RawHash *hash, const Binding *b, const CleanContext *contexts)
{
    const Table *table = b->table;
    Buf *bytes = &hash->bytes;
    hash->parts = mem_alloc(sizeof *hash->parts * (size_t)(2 * table->n_columns + 1));
    buf_char(bytes, b->id >= 0 ? '1' : '0');
    if (b->id >= 0)
        hash->parts[hash->n++] = (Hashed){.cell = b->id};
    for (int i = 0; i < table->n_columns; i++) {
        buf_char(bytes, (char)('0' + (b->cells[i] >= 0) + 2 * (b->ids[i] >= 0)));
        if (b->cells[i] >= 0)
            hash->parts[hash->n++] = (Hashed){.cell = b->cells[i],
                                              .attachments = table->columns[i].type == FIELD_ATTACHMENTS,
                                              .link = b->ids[i] < 0 && contexts[i].links ? &table->columns[i] : NULL,
                                              .context = &contexts[i]};
        if (b->ids[i] >= 0)
            hash->parts[hash->n++] = (Hashed){.cell = b->ids[i]};
    }
    hash->seed = hash64(buf_view(bytes), 0);
}

void raw_hash_free(RawHash *hash)
{
    free(hash->parts);
    buf_free(&hash->bytes);
}

static Str joined(Str cell, Str ids, Arena *arena)
{
    char *both = arena_alloc(arena, cell.n + ids.n + 1);
    memcpy(both, cell.p, cell.n);
    memcpy(both + cell.n, ids.p, ids.n);
    return (Str){both, cell.n + ids.n};
}

/* The cell is taken apart as the link's type does it: a name may be quoted, an alias, or in a list. */
static Str with_records(const Hashed *part, Arena *arena)
{
    const LinkIndex *links = part->context->links;
    const char *whole = link_export_id(links, part->text);
    if (*whole)
        return joined(part->text, str_of(whole), arena);
    Str *names = NULL;
    size_t n = field_link_names(part->link, part->text, part->context, &names);
    Buf ids = {0};
    for (size_t i = 0; i < n; i++)
        buf_printf(&ids, "\x1F%s", link_export_id(links, names[i]));
    Str text = ids.len > n ? joined(part->text, buf_view(&ids), arena) : part->text;
    buf_free(&ids);
    return text;
}

/* The order does not depend on the file's: base.json's. Lengths keep neighbours apart. This runs for every record of
 * every file, so all cells go into one buffer and are hashed at once. */
uint64_t raw_hash_record(RawHash *hash, const RawRecord *record, Arena *arena)
{
    size_t size = 0;
    for (int i = 0; i < hash->n; i++) {
        Hashed *part = &hash->parts[i];
        part->text = record->cells[part->cell];
        if (part->attachments && part->text.n)
            part->text = str_of(attachment_names(part->text, arena));
        else if (part->link && part->text.n && link_index_has_export(part->context->links))
            part->text = with_records(part, arena);
        size += sizeof(uint32_t) + part->text.n;
    }
    buf_clear(&hash->bytes);
    buf_reserve(&hash->bytes, size);
    char *to = hash->bytes.data;
    for (int i = 0; i < hash->n; i++) {
        Str text = hash->parts[i].text;
        uint32_t n = (uint32_t)text.n, told = raw_is_empty_text(text) ? UINT32_MAX : n;
        memcpy(to, &told, sizeof told);
        if (n)
            memcpy(to + sizeof n, text.p, n);
        to += sizeof n + n;
    }
    return hash64((Str){hash->bytes.data, size}, hash->seed);
}

uint64_t raw_hash_ragged(RawHash *hash, const RawRecord *record)
{
    buf_clear(&hash->bytes);
    for (int i = 0; i < record->n_cells; i++)
        buf_add(&hash->bytes, record->cells[i].p, record->cells[i].n + 1);
    return hash64(buf_view(&hash->bytes), hash->seed);
}
