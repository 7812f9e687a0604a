/* out.h - what people and scripts read on stdout: aligned tables, words for numbers and ages, JSON piece by piece.
 *
 * Text: everything is printed by out_print and text tables, which escape each string that they are given, so that no
 * byte of a name or value reaches a terminal as a command; only the format and the styles are artsync's own. Widths are
 * those of a terminal, not bytes. Colour only on a terminal. JSON: one object a run, printed as it grows, so that
 * memory stays bounded; always valid UTF-8, and what a terminal would act on is \uNNNN. Errors of stdout itself are
 * latched by stdio and looked at once, at the end (out_finish).
 */
#ifndef ARTSYNC_OUT_H
#define ARTSYNC_OUT_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "artsync/err.h"
#include "artsync/mem.h"
#include "artsync/style.h"

/* ---- the end ---- */

void out_setup(bool no_color);
/* Flush stdout and see whether all of it arrived: ERR_IO. *gone (may be NULL): the reader closed the pipe. */
bool out_finish(bool *gone, Err *err);

/* Columns of the terminal that `out` is; 0: it is none. */
size_t out_width(FILE *out);

/* A line of prose that is printed part by part: on a terminal it is broken at blanks, and what follows is indented a
 * little more than its beginning. From a command ("artsync ...") on it is left to the terminal, so that it can be
 * copied. */
typedef struct Line {
    size_t limit;          /* columns; 0: never broken */
    size_t column, indent; /* where the cursor is; the blanks that the line began with */
    bool begun, command;   /* other than blanks was printed; a command has begun */
    bool blank;            /* it ends in one */
} Line;

Line line_begin(FILE *out);
void line_print(FILE *out, Line *line, Style style, const char *text);

/* ---- words ---- */

const char *style_begin(Style style); /* "" where stdout is not coloured */
const char *style_end(Style style);
bool style_is(const char *text); /* is it, by its address, returned by one of the two? */

/* printf for people. Every %s is escaped as out_safe does it, except style_begin's and style_end's result: only the
 * format itself may move the cursor, break a line or colour. Knows %s with width and precision, %d, %lld, %zu, %%. */
void out_print(FILE *out, const char *format, ...) ART_PRINTF(2, 3);

/* Up to `max` characters, control characters and the like made visible. */
const char *out_safe(const char *text, size_t max, Arena *arena);
const char *out_count(int64_t n, Arena *arena);                            /* 8,400 */
const char *out_noun(int64_t n, const char *one, const char *many, Arena *arena); /* "1 record", "8,400 records" */
const char *out_duration(int64_t ms, Arena *arena);                        /* 12 ms, 1.4 s, 2 min 5 s, 3 h 10 min */
const char *out_age(int64_t seconds, Arena *arena);                        /* just now, 5 min ago, 3 h ago, 2 days
                                                                              ago */
const char *out_short_id(const char *sync_id, Arena *arena);               /* the first 8 characters */

/* ---- tables ---- */

typedef struct TextTable TextTable;

typedef enum ColumnFlag {
    COLUMN_LEFT = 0,
    COLUMN_RIGHT = 1,
    COLUMN_OPTIONAL = 2, /* not printed where every cell is empty or "0" */
} ColumnFlag;

TextTable *text_table_new(void);
void text_table_column(TextTable *table, const char *heading, unsigned flags);
void text_table_row(TextTable *table);
void text_table_cell(TextTable *table, Style style, const char *text); /* copied and made safe; NULL: empty */
void text_table_number(TextTable *table, Style style, int64_t n);      /* the style counts where n is not 0 */
/* As wide as the terminal at most, by breaking columns of text into lines; in a file or pipe a row is a line. */
void text_table_print(const TextTable *table, FILE *out);
void text_table_print_within(const TextTable *table, size_t limit, FILE *out); /* limit 0: none */
void text_table_free(TextTable *table); /* accepts NULL */

/* ---- JSON ---- */

typedef struct JsonOut {
    FILE *out;
    uint64_t filled; /* bit per depth: something was written there already */
    int depth;
} JsonOut;

/* A string of any bytes: what is not UTF-8 becomes U+FFFD. NULL gives null. */
cJSON *json_string(const char *text);
cJSON *json_string_or_null(const char *text); /* "" gives null, too */

void json_begin(JsonOut *json, FILE *out);                         /* { */
void json_end(JsonOut *json);                                      /* } and a newline */
void json_open(JsonOut *json, const char *key, char bracket);      /* '{' or '['; key NULL inside a list */
void json_close(JsonOut *json, char bracket);                      /* '}' or ']' */
void json_item(JsonOut *json, const char *key, cJSON *item);       /* printed and deleted */
void json_raw(JsonOut *json, const char *key, const char *text);   /* complete JSON already */
void json_text(JsonOut *json, const char *key, const char *text);
void json_number(JsonOut *json, const char *key, int64_t n);
void json_bool(JsonOut *json, const char *key, bool yes);
void json_null(JsonOut *json, const char *key);

/* {"code","message","hint","sqlstate"} */
cJSON *json_error(const Err *err);

#endif
