/* csv_writer.h - writing CSV as Airtable does: BOM, LF, minimal quoting, no newline at the end. */
#ifndef ARTSYNC_CSV_WRITER_H
#define ARTSYNC_CSV_WRITER_H

#include <stdio.h>

#include "artsync/mem.h"

typedef struct CsvWriter CsvWriter;

/* Writes to `out`, which stays the caller's; errors show at the caller's fflush/close. */
CsvWriter *csv_writer_new(FILE *out);
void csv_write_cell(CsvWriter *writer, const char *text); /* NULL writes an empty cell */
void csv_write_bytes(CsvWriter *writer, Str raw);         /* cells that are CSV already, as they are */
void csv_write_end(CsvWriter *writer);                    /* ends the record */
void csv_writer_free(CsvWriter *writer);

/* Quote one element inside a cell, Airtable's way: only if it holds a comma, quote or line break. */
void csv_quote_element(Buf *out, const char *text);

#endif
