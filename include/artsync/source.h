/* source.h - where records come from: a file of an export today, another database or an interface later.
 *
 * A source gives the records of one table, as cells of text under a header. Nothing outside src/source knows what kind
 * it is. A kind is one row of kinds.c and a folder beside csv/: implementing it means the functions of SourceKind below
 * and nothing else.
 *
 * Ownership: a Source is plain data that its user keeps; it holds neither a descriptor nor a connection between two
 * calls, so that a run may wait for another one in between. What source_reread_begin returns is the one exception.
 * What the sources of a run share, connections to databases and the rows that were read from them, belongs to a
 * SourceDatabases.
 */
#ifndef ARTSYNC_SOURCE_H
#define ARTSYNC_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "artsync/err.h"
#include "artsync/hash.h"
#include "artsync/mem.h"
#include "artsync/pg.h"
#include "artsync/record.h"

typedef struct SourceKind SourceKind;

/* Whatever a kind has to remember of the content that it read, to tell later that it is still there. */
typedef struct SourceMark {
    uint64_t words[8];
} SourceMark;

typedef struct SourceDatabases SourceDatabases;

typedef struct Source {
    const SourceKind *kind;
    const Table *table;              /* whose records they are: how they are written is in its mapping */
    const char *location;            /* the file's path, or database and table */
    const char *label;               /* what messages call it: the location, too, but for standard input */
    const char *name;                /* short and lasting, for the log: the file's name without its folder */
    SourceDatabases *databases;      /* what is read of a database is kept there; NULL: none can be reached */
    char encoding[48];               /* how it is written, where it may be written in more than one way: found by */
    char delimiter[2];               /* source_fingerprint, or source_read without it; "": not known */
    char fingerprint[SHA256_HEX];    /* of the content, by source_fingerprint; "": not asked yet */
    SourceMark mark;                 /* of the content that source_read gave last */
} Source;

/* ---- using one ---- */

/* The source of a table's records at `location`, which must live as long as the result. Looks at nothing yet. */
Source source_at(const Table *table, const char *location);

/* Where the sources of a base's tables are. */
typedef struct SourcePlaces {
    const char *folder;         /* of the export; NULL: only what is named is read */
    SourceDatabases *databases; /* NULL: none can be reached */
} SourcePlaces;

/* The source of a table's records, as base.json says where they are. Where several may be meant, it looks which one is:
 * ERR_MISSING if there is none, ERR_CONFIG if it cannot be told. Else that there is one is for source_check. *source is
 * set in any case; strings are made in `arena`. */
bool source_find(const Table *table, const SourcePlaces *places, Arena *arena, Source *source, Err *err);

/* Is it there, and of a kind that can be read? So that a run that cannot work ends before it waits for anything; reads
 * no record. Errors: ERR_MISSING, ERR_IO, ERR_CSV with what it is instead. */
bool source_check(const Source *source, Err *err);

/* SHA-256 of the whole content into source->fingerprint: the same content has the same one, wherever it lies. */
bool source_fingerprint(Source *source, Err *err);

/* Roughly how many bytes source_read will have to read: for decisions about speed, never about correctness. */
bool source_size(const Source *source, int64_t *bytes, Err *err);

/* How many of those bytes lie before the end of the record at `locator`; 0: the kind does not know. */
int64_t source_reached(const Source *source, SourceLocator locator);

/* Header and every record, in order, to `sink`, whose caller is this thread. Stops where sink fails. If the content's
 * fingerprint was taken before, other content is ERR_CSV, also if it changes while it is read. */
bool source_read(Source *source, RawSink *sink, void *ctx, Err *err);

/* The original bytes of single records that source_read gave last. An error (ERR_CSV) once the content is not the same
 * any more: source_reread_begin and source_reread_end look at that, so that bytes read between the two are those that
 * were there before. source_reread_free accepts NULL. */
typedef struct SourceReread SourceReread;
SourceReread *source_reread_begin(const Source *source, Err *err); /* NULL: err says why */
bool source_reread(SourceReread *reread, SourceLocator locator, Buf *bytes, Err *err); /* replaces what is in `bytes` */
bool source_reread_end(const SourceReread *reread, Err *err);
void source_reread_free(SourceReread *reread);

/* Header and one record from their original bytes, as a log keeps them, to `sink`; `name` represents them in
 * messages. */
bool source_parse(Str bytes, const char *name, RawSink *sink, void *ctx, Err *err);

/* ---- databases as sources (postgres/) ----
 *
 * A table's "source" names a setting that holds the connection string. All tables of one database are read in one
 * transaction, READ ONLY and REPEATABLE READ: they show one moment. Rows are read once, by COPY into a private
 * temporary file, before anything is written; so a run reads what it read first, however often it asks.
 */

/* The connection string that a setting holds, or NULL. */
typedef const char *SourceSetting(void *ctx, const char *key);

/* `target`, which may be NULL, is the database that is written to: a source that is the mapped table itself is refused.
 */
SourceDatabases *source_databases_new(SourceSetting *setting, void *ctx, Pg *target);
/* Ends the transactions and forgets what was read; a later read sees the databases as they are then. Accepts NULL. */
void source_databases_end(SourceDatabases *databases);
void source_databases_free(SourceDatabases *databases); /* accepts NULL */

/* ---- implementing one ---- */

struct SourceKind {
    const char *name;
    bool without_lines; /* its records are rows: none is on a line that people could look at */
    /* What messages and the log call a location that is no path; NULL, also its result's: a path. */
    const char *(*label)(const char *location);
    /* Is a location of this form this kind's? Must look at the table's mapping (NULL: not known) and the text alone:
     * there may be nothing there, and a log asks with a source's short name. The last row of kinds.c has none: it
     * takes what is left. */
    bool (*takes)(const Table *table, const char *location);
    /* Where the table's records are, in the export folder or elsewhere; NULL: in the folder under the name Table.file.
     * Nothing under that name is no error yet; nothing that fits a pattern is ERR_MISSING. *location is set in any
     * case. */
    bool (*find)(const Table *table, const char *folder, Arena *arena, const char **location, Err *err);
    /* Is source->location this kind's, and can it be read? Must not keep anything open, nor read further than it has
     * to. */
    bool (*check)(const Source *source, Err *err);
    /* Must read all of the content and may not depend on anything else (names, times). ERR_CSV if it changes
     * meanwhile. */
    bool (*fingerprint)(Source *source, char hash[SHA256_HEX], Err *err);
    bool (*size)(const Source *source, int64_t *bytes, Err *err);
    int64_t (*reached)(SourceLocator locator); /* bytes up to a record's end, for the progress line; NULL: not known */
    /* Every record once, with its position; cells are valid until `sink` returns. The hash (as fingerprint's) and
     * source->mark, which it sets, are of exactly the bytes that the records came from. Must call sink in the caller's
     * thread only. */
    bool (*read)(Source *source, RawSink *sink, void *ctx, char hash[SHA256_HEX], Err *err);
    /* Original bytes by the locators that `read` gave; must refuse where source->mark is of other content. */
    void *(*reread_begin)(const Source *source, Err *err);
    bool (*reread)(void *reread, SourceLocator locator, Buf *bytes, Err *err);
    bool (*reread_end)(const void *reread, Err *err);
    void (*reread_free)(void *reread);
    /* Bytes of a header and one record, which begin where a record begins. */
    bool (*parse)(Str bytes, const char *name, RawSink *sink, void *ctx, Err *err);
};

#endif
