/* intake.h - between the files of src/identity: the sink that gives each cleaned record its row. */
#ifndef ARTSYNC_IDENTITY_INTAKE_H
#define ARTSYNC_IDENTITY_INTAKE_H

#include "artsync/former.h"
#include "artsync/natural.h"
#include "artsync/writer.h"

typedef struct Intake {
    TableRun *run;
    const RecordWriter *kind;
    void *writer;
    RecordIndex *rejected; /* records with bad cells, by id and raw hash: their repeats are skipped */
    Natural *natural;      /* natural keys of the rows, where the source or the rows lack Airtable's ids; else NULL */
    FormerIds former;      /* of the table itself, where the source has no ids */

    /* of the record that the cleaner asked about last: */
    int64_t asked;         /* its number */
    const char *identity;  /* its id; NULL: it has none */
    IndexedRecord *entry;  /* where the index keeps that id, good until the record is put; NULL: no id */
    Reject reject;         /* what is wrong with it */
    Arena arena;           /* its strings */
} Intake;

/* How dates and numbers of the source are to be read (marks.c). marks_of_numbers is the cleaner's; ctx is the
 * TableRun. */
bool marks_load(TableRun *run, Err *err);
bool marks_date_order(TableRun *run, DateOrder *order, Err *err);
bool marks_of_numbers(void *ctx, NumberMark *marks, Err *err);
void marks_note(TableRun *run, const Cleaner *cleaner);

RecordSink intake_sink(Intake *in);

/* After the header: how records without an Airtable id are recognized. */
bool intake_begin(Intake *in, Err *err);
void intake_free(Intake *in);

#endif
