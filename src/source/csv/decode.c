/* Bytes of another encoding as UTF-8, block by block: as much as the reader asks for, so memory is two blocks. */
#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

enum { CHARACTER = 64 /* space for what one step of iconv writes at least */ };

struct CsvDecoder {
    iconv_t to_utf8;
    const char *encoding;
    CsvReadFn *read;
    void *ctx;
    char *raw; /* `n` bytes that were read and not decoded, from `at` on */
    size_t at, n, chunk, skip;
    int64_t offset; /* in the file, of raw[at] */
    bool eof, flushed;
    int failure;          /* errno of the character at `offset`, once what is before it was given out */
    char made[CHARACTER]; /* for who asks for less than a character */
    size_t made_at, made_n;
};

CsvDecoder *csv_decoder_new(const char *encoding, size_t skip, size_t chunk, CsvReadFn *read, void *ctx, Err *err)
{
    iconv_t to_utf8 = iconv_open("UTF-8", encoding);
    if (to_utf8 == (iconv_t)-1) {
        err_set(err, ERR_CONFIG, "iconv -l lists the encodings of this machine",
                "this machine cannot convert files from the encoding %s: %s", encoding, strerror(errno));
        return NULL;
    }
    CsvDecoder *d = mem_alloc(sizeof *d);
    *d = (CsvDecoder){.to_utf8 = to_utf8, .encoding = encoding, .read = read, .ctx = ctx, .skip = skip, .chunk = chunk};
    d->raw = mem_grow(NULL, chunk + CHARACTER, 1);
    return d;
}

void csv_decoder_free(CsvDecoder *d)
{
    if (!d)
        return;
    iconv_close(d->to_utf8);
    free(d->raw);
    free(d);
}

/* One more block behind the bytes that are left of a character. */
static bool fill(CsvDecoder *d, Err *err)
{
    if (d->n)
        memmove(d->raw, d->raw + d->at, d->n);
    d->at = 0;
    ssize_t n = d->read(d->ctx, d->raw + d->n, d->chunk, err);
    if (n < 0)
        return false;
    d->eof = n == 0;
    d->n += (size_t)n;
    size_t mark = d->skip < d->n ? d->skip : d->n;
    d->at = mark;
    d->n -= mark;
    d->skip -= mark;
    d->offset += (int64_t)mark;
    return true;
}

/* As much as goes into `to`. What iconv says: 0, or E2BIG (no more goes in), EINVAL (the last character has no end
 * yet), EILSEQ (what comes is no character), or another errno. */
static int convert(CsvDecoder *d, char **to, size_t *space)
{
    char *from = d->raw + d->at;
    size_t left = d->n;
    errno = 0;
    size_t outcome = d->n ? iconv(d->to_utf8, &from, &left, to, space)
                          : iconv(d->to_utf8, NULL, NULL, to, space); /* what it has kept for the next character */
    int why = outcome == (size_t)-1 ? errno : 0;
    d->at = (size_t)(from - d->raw);
    d->offset += (int64_t)(d->n - left);
    d->n = left;
    return why;
}

static bool fail(const CsvDecoder *d, Err *err)
{
    long long byte = (long long)d->offset + 1;
    if (d->failure == EILSEQ)
        return err_set(err, ERR_CSV, "is the encoding in base.json the file's?", "byte %lld is no character of %s",
                       byte, d->encoding);
    if (d->failure == EINVAL)
        return err_set(err, ERR_CSV, "is the file complete?",
                       "it ends in the middle of a character of %s, at byte %lld", d->encoding, byte);
    return err_set(err, ERR_IO, NULL, "byte %lld cannot be converted from %s: %s", byte, d->encoding,
                   strerror(d->failure));
}

/* One step: false: nothing more comes before more is asked for, or at all. */
static bool step(CsvDecoder *d, char **to, size_t *space, Err *err)
{
    if (d->n == 0 && !d->eof)
        return fill(d, err);
    if (d->flushed)
        return false;
    bool last = d->n == 0;
    int why = convert(d, to, space);
    if (why == EINVAL && !d->eof && d->n < CHARACTER)
        return fill(d, err);
    d->flushed = last && why == 0;
    if (why != 0 && why != E2BIG)
        d->failure = why;
    return why == 0 && !last;
}

/* Into `made`, for a reader that takes a few bytes at a time. */
static bool make_character(CsvDecoder *d, Err *err)
{
    char *to = d->made;
    size_t space = CHARACTER;
    while (to == d->made && !d->failure && step(d, &to, &space, err))
        ;
    d->made_at = 0;
    d->made_n = (size_t)(to - d->made);
    return err->code == ERR_NONE;
}

static ssize_t give_made(CsvDecoder *d, char *to, size_t space)
{
    size_t n = d->made_n < space ? d->made_n : space;
    memcpy(to, d->made + d->made_at, n);
    d->made_at += n;
    d->made_n -= n;
    return (ssize_t)n;
}

ssize_t csv_decoder_read(void *decoder, char *to, size_t space, Err *err)
{
    CsvDecoder *d = decoder;
    if (d->made_n)
        return give_made(d, to, space);
    char *end = to;
    size_t left = space;
    while (left >= CHARACTER && !d->failure && step(d, &end, &left, err))
        ;
    if (err->code != ERR_NONE)
        return -1;
    if (end > to)
        return end - to;
    if (space < CHARACTER && !d->failure && !make_character(d, err))
        return -1;
    if (d->made_n)
        return give_made(d, to, space);
    if (d->failure) {
        fail(d, err);
        return -1;
    }
    return 0;
}
