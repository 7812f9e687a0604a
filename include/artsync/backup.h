/* backup.h - all that artsync owns in one file, and its restore.
 *
 * A backup is an archive of pg_dump (custom format; pg_restore reads it as it is) with a manifest behind it: what is in
 * it, and for every table its rows and a checksum, taken in the snapshot that was dumped. A restore drops, makes,
 * fills and counts in one transaction, and commits only if every table is what the manifest says.
 *
 * Owners and privileges are not kept: what is restored belongs to the role that restores it.
 */
#ifndef ARTSYNC_BACKUP_H
#define ARTSYNC_BACKUP_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "artsync/base.h"
#include "artsync/err.h"
#include "artsync/hash.h"
#include "artsync/mem.h"
#include "artsync/pg.h"

typedef struct BackupTable {
    const char *schema, *name;
    int64_t rows;
    const char *checksum; /* the sum of a 64-bit hash of every row */
    bool business;        /* a table of the base, or sync_logs: its rows keep a restore from writing over it */
    int64_t oid;          /* in the database that was dumped; 0: read from a file */
} BackupTable;

typedef struct BackupObject { /* what a restore drops before, and what it takes out of the archive */
    const char *kind;         /* "view", "function", "type" */
    const char *name;         /* as SQL writes it */
    const char *schema;       /* NULL: an older backup, which did not say */
    int64_t oid;              /* in the database that was dumped */
} BackupObject;

typedef struct Manifest {
    const char *base, *database, *at; /* at: ISO 8601, UTC */
    int pg_major;                     /* of the pg_dump that wrote it */
    char sha256[SHA256_HEX];          /* of the archive, without the manifest */
    int64_t bytes;                    /* of the archive */
    BackupTable *tables;
    int n_tables;
    BackupObject *objects;
    int n_objects;
    Arena arena;
} Manifest;

/* Write a backup of the base's tables, views, sync_logs and schema artsync to `path` (0600): under a temporary name,
 * verified with pg_restore, flushed, renamed. `pg` must be idle; it only reads. ERR_REFUSED: the file is there. */
bool backup_write(Pg *pg, const Base *base, const char *path, bool replace, Manifest *out, Err *err);

/* The manifest of a backup, and whether the file is whole. ERR_REFUSED: artsync did not write it, or it is damaged. */
bool backup_open(const char *path, Manifest *out, Err *err);

/* Restore `path` as `manifest` (of backup_open) says. Rows in the base's tables are ERR_REFUSED unless `force`. */
bool backup_restore(Pg *pg, const Base *base, const char *path, const Manifest *manifest, bool force, Err *err);

/* ---- backups that are kept in a folder ---- */

/* How many days, weeks, months and years are kept, the newest backup of each; 0: none for that reason. */
enum { KEEP_DAYS, KEEP_WEEKS, KEEP_MONTHS, KEEP_YEARS, KEEP_UNITS };
typedef struct KeepRule {
    int n[KEEP_UNITS];
} KeepRule;

/* "7d,4w,12m"; false: it is no such rule. */
bool keep_parse(const char *text, KeepRule *rule);

/* Which of these times are kept: those that are the newest of their day, week, month or year, in the latest so many of
 * them that have a backup at all; the first always. In UTC; weeks begin on Monday. */
void keep_choose(const KeepRule *rule, const time_t *newest_first, int n, bool *kept);

/* BASE-DATABASE-YYYY-MM-DDTHHMMSSZ.backup; what cannot be in the name of a file is written as %XX. */
const char *backup_name(const char *base, const char *database, time_t at, Arena *arena);

/* Remove what the rule does not keep of the backups of that base and database, by name and by manifest; what is damaged
 * or of others is neither counted nor removed. The file called `newest`, which was just written, stays. */
bool backup_thin(const char *folder, const Manifest *written, const char *newest, const KeepRule *rule,
                 StringList *removed, Arena *arena, Err *err);

/* When the newest backup in the folder was made; 0: there is none. What is damaged or of another base is not counted,
 * nor is another database's; `database` NULL: any. */
time_t backup_newest(const char *folder, const char *base, const char *database);

void manifest_free(Manifest *manifest);

#endif
