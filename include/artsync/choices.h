/* choices.h - the words of settings: modes, phases, conflicts, limits. */
#ifndef ARTSYNC_CHOICES_H
#define ARTSYNC_CHOICES_H

#include <stdbool.h>
#include <stdint.h>

typedef enum SyncMode { SYNC_INCREMENTAL, SYNC_MERGE, SYNC_FULL } SyncMode;
typedef enum OnConflict { CONFLICT_BY_PHASE, CONFLICT_EXPORT, CONFLICT_DATABASE, CONFLICT_REJECT } OnConflict;
typedef enum Phase { PHASE_PARALLEL, PHASE_PRIMARY, PHASE_ARCHIVE } Phase;

/* "incremental" ..., "export" ..., "parallel" ...; the parsers return false for an unknown name. */
const char *sync_mode_name(SyncMode mode);
bool sync_mode_parse(const char *name, SyncMode *mode);
bool on_conflict_parse(const char *name, OnConflict *choice);
const char *phase_name(Phase phase);
bool phase_parse(const char *name, Phase *phase);

/* A limit of records: a number, or a percentage, which never applies below 10 records. */
typedef struct Limit {
    double value;
    bool percent;
} Limit;

bool limit_parse(const char *text, Limit *limit); /* "25" or "2.5%" */
bool limit_exceeded(Limit limit, int64_t count, int64_t of);

#endif
