/* csv_writer.h - writing CSV as Airtable does, or as base.json says that a table's file is written: BOM where the
 * encoding is one of Unicode's, LF, minimal quoting, no newline at the end. */
#ifndef ARTSYNC_CSV_WRITER_H
#define ARTSYNC_CSV_WRITER_H

#include <stdbool.h>
#include <stdio.h>

#include "artsync/base.h"
#include "artsync/err.h"
#include "artsync/mem.h"

typedef struct CsvWriter CsvWriter;

/* Writes to `out`, which stays the caller's; errors show at the caller's fflush/close. `dialect` (NULL: commas and
 * UTF-8) is the table's; what it leaves open or finds out (CSV_AUTO) is commas and UTF-8, which is read back. NULL:
 * this machine cannot write the encoding (ERR_CONFIG). */
CsvWriter *csv_writer_new(FILE *out, const CsvDialect *dialect, Err *err);
void csv_write_cell(CsvWriter *writer, const char *text); /* NULL writes an empty cell */
void csv_write_bytes(CsvWriter *writer, Str raw);         /* cells that are CSV with this delimiter already */
void csv_write_note(CsvWriter *writer, const char *text); /* a cell for people: "?" for what the encoding lacks */

/* Ends the record. False: nothing of it was written, since the encoding lacks a character of it (ERR_REFUSED). */
bool csv_write_end(CsvWriter *writer, Err *err);
void csv_writer_free(CsvWriter *writer); /* accepts NULL */

/* What separates the cells of a header's original bytes, as a log keeps them, and how many bytes in front say so. */
char csv_delimiter_of(Str original, size_t *skip);

/* Quote one element inside a cell, Airtable's way: only if it holds a comma, quote or line break. */
void csv_quote_element(Buf *out, const char *text);

#endif
