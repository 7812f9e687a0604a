/* source.c - what holds for every kind of source. */
#include "artsync/source.h"

#include <stdlib.h>

#include "kinds.h"

struct SourceReread {
    const SourceKind *kind;
    void *own; /* the kind's */
};

Source source_at(const Table *table, const char *location)
{
    const SourceKind *kind = source_kind_of(table, location);
    const char *label = kind->label ? kind->label(location) : NULL, *slash = strrchr(location, '/');
    return (Source){.kind = kind,
                    .table = table,
                    .location = location,
                    .label = label ? label : location,
                    .name = label ? label : slash ? slash + 1 : location};
}

bool source_find(const Table *table, const SourcePlaces *places, Arena *arena, Source *source, Err *err)
{
    if (table->from.database) {
        *source = source_at(table, table->from.name);
        source->name = source->location;
        source->databases = places->databases;
        return true;
    }
    const char *location = arena_printf(arena, "%s/%s", places->folder, table->file);
    const SourceKind *kind = source_kind_of(table, location);
    bool ok = !kind->find || kind->find(table, places->folder, arena, &location, err) ||
              err_context(err, "%s", table->name);
    *source = source_at(table, location);
    return ok;
}

bool source_check(const Source *source, Err *err) { return source->kind->check(source, err); }

bool source_fingerprint(Source *source, Err *err)
{
    return source->kind->fingerprint(source, source->fingerprint, err);
}

bool source_size(const Source *source, int64_t *bytes, Err *err) { return source->kind->size(source, bytes, err); }

int64_t source_reached(const Source *source, SourceLocator locator)
{
    return source->kind->reached ? source->kind->reached(locator) : 0;
}

bool source_read(Source *source, RawSink *sink, void *ctx, Err *err)
{
    char hash[SHA256_HEX];
    if (!source->kind->read(source, sink, ctx, hash, err))
        return false;
    if (source->fingerprint[0] && strcmp(hash, source->fingerprint) != 0)
        return err_set(err, ERR_CSV, "let the export finish, then sync again", "%s: the file changed while it was read",
                       source->label);
    return true;
}

SourceReread *source_reread_begin(const Source *source, Err *err)
{
    void *own = source->kind->reread_begin(source, err);
    if (!own)
        return NULL;
    SourceReread *reread = mem_alloc(sizeof *reread);
    *reread = (SourceReread){source->kind, own};
    return reread;
}

bool source_reread(SourceReread *reread, SourceLocator locator, Buf *bytes, Err *err)
{
    return reread->kind->reread(reread->own, locator, bytes, err);
}

bool source_reread_end(const SourceReread *reread, Err *err) { return reread->kind->reread_end(reread->own, err); }

void source_reread_free(SourceReread *reread)
{
    if (!reread)
        return;
    reread->kind->reread_free(reread->own);
    free(reread);
}

bool source_parse(Str bytes, const char *name, RawSink *sink, void *ctx, Err *err)
{
    return source_kind_of(NULL, name)->parse(bytes, name, sink, ctx, err);
}
