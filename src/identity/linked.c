/* linked.c - the rows that links can point at. */
#include <stdlib.h>

#include "artsync/former.h"
#include "artsync/natural.h"
#include "artsync/writer.h"
#include "plan_identity.h"

static bool add_row(void *ctx, const char *const *cells, int n, Err *err)
{
    (void)n;
    (void)err;
    link_index_add(ctx, cells[0], cells[1], cells[2], !id_is_airtable(cells[0]));
    return true;
}

/* One that was loaded before is loaded again only if its own table was written since: the code that writes
 * it drops the index. */
bool links_load(LinkIndex **links, Pg *pg, const Table *table, Err *err)
{
    bool ok = true;
    for (int c = 0; ok && c < table->n_columns; c++) {
        const Table *to = table->columns[c].to;
        if (!to || links[to->index])
            continue;
        Buf sql = {0};
        plan_links(&sql, to);
        links[to->index] = link_index_new();
        ok = pg_each(pg, sql.data, 0, NULL, add_row, links[to->index], err) &&
             former_identities(links[to->index], pg, to, err);
        buf_free(&sql);
    }
    return ok;
}

/* ---- the names of the export's records ---- */

typedef struct NameSink {
    LinkIndex *index;
    Cleaner *cleaner;
    int column; /* that names them */
} NameSink;

/* A record that is rejected keeps its name: its row, if it has one from before, is still the one that is meant. */
static bool note_name(void *ctx, const Record *record, Err *err)
{
    (void)err;
    const NameSink *names = ctx;
    const Value *name = &record->values[names->column];
    if (record->id && name->present && name->text)
        link_index_export_name(names->index, record->id, name->text);
    return true;
}

static bool put_cells(void *ctx, const RawRecord *record, Err *err)
{
    return cleaner_put(((NameSink *)ctx)->cleaner, record, err);
}

bool links_load_names(LinkIndex *index, const Table *to, const LinkExport *export, Err *err)
{
    if (!export->source || to->name_column < 0 || link_index_has_export(index))
        return true;
    link_index_export(index, export->synced);
    NameSink names = {.index = index, .column = to->name_column};
    const CleanerOptions options = {.table = to, .path = export->source->label};
    const RecordSink sink = {.ctx = &names, .put = note_name};
    Source source = *export->source; /* what was read of it last stays noted there */
    names.cleaner = cleaner_new(&options, NULL, &sink);
    bool ok = source_read(&source, put_cells, &names, err) ||
              err_context(err, "reading the names of %s, which links use", to->name);
    cleaner_free(names.cleaner);
    return ok;
}

bool links_fingerprint(Pg *pg, const Table *table, char **hash, Err *err)
{
    Buf all = {0};
    bool ok = true;
    buf_reserve(&all, 64);
    for (int c = 0; ok && c < table->n_columns; c++) {
        const Table *to = table->columns[c].to;
        if (!to)
            continue;
        Buf sql = {0};
        char *part = NULL;
        plan_links_fingerprint(&sql, to);
        ok = pg_value(pg, sql.data, 0, NULL, &part, err);
        if (ok)
            buf_printf(&all, "%s%s", all.len ? "," : "", part);
        free(part);
        buf_free(&sql);
    }
    *hash = all.data;
    return ok;
}
