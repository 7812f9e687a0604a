/* What is not ASCII in a file: how much of it is UTF-8. */
#include <string.h>

#include "artsync/utf8.h"
#include "internal.h"

static void end_run(CsvLetters *letters)
{
    if (letters->in_run)
        ++*(letters->run_is_bad ? &letters->other : &letters->utf8);
    letters->in_run = letters->run_is_bad = false;
}

/* How many bytes a character that begins with this one has; 1 for a byte that begins none. */
static size_t character_size(unsigned char c) { return c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1; }

static size_t ascii_length(const unsigned char *p, size_t n)
{
    size_t i = 0;
    for (uint64_t word; i + sizeof word <= n; i += sizeof word) {
        memcpy(&word, p + i, sizeof word);
        if (word & UINT64_C(0x8080808080808080))
            break;
    }
    while (i < n && p[i] < 0x80)
        i++;
    return i;
}

static void take_character(CsvLetters *letters, const unsigned char *p, size_t n)
{
    letters->in_run = true;
    if (n < 2 || !utf8_valid((Str){(const char *)p, n}, NULL))
        letters->run_is_bad = true;
}

/* Completes what the chunk before has left. Returns how many bytes of this one it took. */
static size_t take_held(CsvLetters *letters, const unsigned char *p, size_t n)
{
    size_t i = 0;
    while (letters->n_held && letters->n_held < character_size(letters->held[0])) {
        if (i == n)
            return i;
        if ((p[i] & 0xC0) != 0x80)
            break; /* it has no end */
        letters->held[letters->n_held++] = p[i++];
    }
    if (letters->n_held)
        take_character(letters, letters->held, letters->n_held);
    letters->n_held = 0;
    return i;
}

void csv_letters_add(CsvLetters *letters, Str bytes)
{
    const unsigned char *p = (const unsigned char *)bytes.p;
    size_t i = take_held(letters, p, bytes.n);
    while (i < bytes.n) {
        size_t plain = ascii_length(p + i, bytes.n - i);
        if (plain && !letters->n_held)
            end_run(letters);
        i += plain;
        if (i == bytes.n)
            return;
        letters->held[letters->n_held++] = p[i++];
        i += take_held(letters, p + i, bytes.n - i);
    }
}

void csv_letters_end(CsvLetters *letters)
{
    if (letters->n_held)
        take_character(letters, letters->held, letters->n_held);
    letters->n_held = 0;
    end_run(letters);
}
