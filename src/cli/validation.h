/* validation.h - checks and parity in one: what `validate` reports and what a phase move depends on. */
#ifndef ARTSYNC_CLI_VALIDATION_H
#define ARTSYNC_CLI_VALIDATION_H

#include "artsync/check.h"
#include "artsync/clock.h"
#include "artsync/parity.h"
#include "private.h"

typedef struct Validation {
    Checks checks; /* loaded by the caller */
    Parity parity;
    const char *export_dir; /* NULL: no parity */
    Phase phase;
    char at[CLOCK_UTC]; /* ISO 8601, UTC */
} Validation;

/* Run the checks and, with `export_dir`, parity in the read-only transaction that is open. */
bool validation_run(Cli *cli, const char *export_dir, Validation *v, Err *err);
bool validation_failed(const Validation *v);
void validation_free(Validation *v);

/* Its members: at, version, base, database, phase, checks, parity; for people the checks, the comparison, the
 * verdict. */
void validation_write(Report *report, const Cli *cli, const Validation *v);

/* The checks, run or only listed. */
void report_checks(Report *report, const Checks *checks, bool ran);
/* How much a check matters to the reader: 0 it could not be run, 1 an error, 2 a warning, 3 fine. */
int check_rank(const Check *check);
/* A row of a check's sample as people read it: column names only where they are needed. */
const char *check_sample_words(const Base *base, const char *packed, Arena *arena);
/* The comparison; with `quiet` people are not told that nothing differs. */
void report_parity(Report *report, const char *export_dir, const Parity *parity, bool quiet);

#endif
