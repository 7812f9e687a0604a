/* internal.h - between the parts of the CSV source: file.c knows files, form.c how they are written, decode.c other
 * encodings than UTF-8, reader.c records; read_ahead.c lets them run beside their caller.
 *
 * The bytes come through one function, so that a file and a text in memory take the same path and tests can choose
 * the size of a chunk.
 */
#ifndef ARTSYNC_CSV_INTERNAL_H
#define ARTSYNC_CSV_INTERNAL_H

#include <sys/stat.h>
#include <sys/types.h>

#include "csv.h"

/* Up to `space` bytes to `to`; 0 at the end, -1 with err set. */
typedef ssize_t CsvReadFn(void *ctx, char *to, size_t space, Err *err);

typedef struct CsvSource {
    const char *name; /* for messages */
    size_t chunk;     /* bytes asked for at once */
    bool tells_null;  /* an empty cell is NULL and "" is '' (record.h), as COPY writes them */
    bool has_bom;     /* as found at its opening; the first three bytes are no text then */
    bool may_have_bom; /* decoded: look whether they are one */
    char delimiter;   /* between the cells; 0: not known, so commas */
    CsvReadFn *read;
    void *ctx;
} CsvSource;

enum { CSV_CHUNK = 256 * 1024, CSV_HEAD = 4096, CSV_SAMPLE = 64 * 1024 };

/* Header and records of `source` to `sink`. */
bool csv_read_source(const CsvSource *source, RawSink *sink, void *ctx, Err *err);

/* The same, but `source` is read and split by a thread of its own, some blocks of records ahead of `sink`, which is
 * called in the caller's thread. The thread has ended when this returns. */
bool csv_read_ahead(const CsvSource *source, RawSink *sink, void *ctx, Err *err);

/* How many line ends a text has: CR, LF and CRLF each end a line, inside quotes as well. */
int64_t csv_count_lines(const char *text, size_t n);

/* The delimiter that a first line sep=; or "sep=;" names, as Excel writes it; 0: it is no such line. */
char csv_sep_line(Str line);

/* A header at `begin` whose cells are separated by `comma`, though no line before it says so: a locator below 0. */
#define CSV_NEEDS_SEP(comma, begin) (-((begin) * 256 + (unsigned char)(comma)))

/* ---- how a file is written (form.c) ---- */

typedef struct CsvForm {
    const char *encoding; /* for the report; NULL: the whole file has to be looked at (csv_form_settle) */
    const char *decode;   /* what iconv calls it; NULL: the bytes are taken as they are, as UTF-8 */
    size_t skip;          /* bytes of its byte order mark */
    char delimiter;       /* 0: not known yet */
} CsvForm;

/* "UTF-8", "UTF-16" or "UTF-32" for the names of these, and which order of bytes the name says: 'L', 'B', or 0.
 * NULL: another encoding. */
const char *csv_encoding_family(const char *name, char *order);

/* By the first CSV_HEAD bytes of a file, and the mapping of `table` (NULL: none). ERR_CSV: it is no file of text, or
 * plainly written in another way than the mapping says; the hint is the key to add. */
bool csv_form_begin(CsvForm *form, const Table *table, Str head, const char *name, Err *err);

/* What is not ASCII in a file: counted chunk by chunk, the same wherever chunks end. */
typedef struct CsvLetters {
    int64_t utf8;    /* runs of bytes that are UTF-8 */
    int64_t other;   /* runs that are not */
    unsigned char held[4]; /* an unfinished character at the end of a chunk */
    size_t n_held;
    bool in_run, run_is_bad;
} CsvLetters;
void csv_letters_add(CsvLetters *letters, Str bytes);
void csv_letters_end(CsvLetters *letters);

/* What is open after csv_form_begin: by the letters of the whole file, and its first bytes (CSV_SAMPLE of them, or all:
 * `whole`). */
bool csv_form_settle(CsvForm *form, const Table *table, const CsvLetters *letters, Str sample, bool whole,
                     const char *name, Err *err);

/* Its half for what is between the cells (delimiter.c): by the first bytes as UTF-8. */
bool csv_settle_delimiter(CsvForm *form, const Table *table, Str text, const char *name, Err *err);
Str csv_first_line(Str text); /* that is not blank */

/* A CsvReadFn over a Str, which becomes what is left. */
ssize_t csv_read_memory(void *ctx, char *to, size_t space, Err *err);

/* ---- other encodings than UTF-8 (decode.c) ---- */

typedef struct CsvDecoder CsvDecoder;

/* Bytes from `read` as UTF-8. NULL: this machine has no such conversion. */
CsvDecoder *csv_decoder_new(const char *encoding, size_t skip, size_t chunk, CsvReadFn *read, void *ctx, Err *err);
ssize_t csv_decoder_read(void *decoder, char *to, size_t space, Err *err); /* a CsvReadFn */
void csv_decoder_free(CsvDecoder *decoder); /* accepts NULL */

/* ---- files (file.c) ---- */

/* Are these two looks at the same file, unchanged? And what to say if not. Returns false, always. */
CsvMark csv_mark(const struct stat *info);
bool csv_same_mark(CsvMark a, CsvMark b);
bool csv_fail_changed(const char *path, int64_t byte, Err *err); /* `byte`: as far as it was read; 0: not known */

/* A descriptor of the source's file, for reading; -1: errno says why. */
int csv_open(const Source *source);

/* csv_read_bytes with a chunk of one's choice. */
bool csv_read_chunks(Str bytes, const char *name, size_t chunk, RawSink *sink, void *ctx, Err *err);

/* The same bytes in another encoding. */
bool csv_decode_chunks(Str bytes, const char *encoding, size_t chunk, RawSink *sink, void *ctx, Err *err);

/* ---- which file (find.c, stdin.c) ---- */

bool csv_find(const Table *table, const char *folder, Arena *arena, const char **location, Err *err);

/* Nothing of that name is there: which one may be meant? Returns false, always. */
bool csv_fail_missing(const char *path, Err *err);

/* Standard input is a source, too: CSV_STDIN is its location. It is read to its end once and kept in a private file. */
#define CSV_STDIN "-"
bool csv_is_stdin(const char *location);
int csv_stdin(Err *err); /* the file's descriptor, which stays open; -1: err says why */

#endif
