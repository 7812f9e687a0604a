/* utf8.h - Unicode through utf8proc: validation, NFC, white space, case folding, lengths, distances. */
#ifndef ARTSYNC_UTF8_H
#define ARTSYNC_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "artsync/mem.h"

/* Valid UTF-8 without surrogates or code points over U+10FFFF; *bad (may be NULL) is the offset of the first fault. */
bool utf8_valid(Str text, size_t *bad);

/* Are there never more than UTF8_MARKS combining marks (non-starters) in a row, as in Unicode's Stream-Safe Text
 * Format? Counted in the decomposed form. To sort longer runs takes quadratic time, so such text is never normalized:
 * callers refuse it, with UTF8_MARKS_REASON. */
enum { UTF8_MARKS = 30 };
#define UTF8_MARKS_REASON "has more than 30 combining marks in a row"
bool utf8_stream_safe(Str text);

size_t utf8_length(Str text); /* code points; text must be valid */

/* Without leading and trailing Unicode white space (incl. NBSP, U+202F, U+FEFF); a view into `text`. */
Str utf8_trim(Str text);

/* NFC of valid UTF-8. Returns `text` itself where it is NFC already, or not stream-safe. */
Str utf8_nfc(Str text, Arena *arena);

/* For comparing without case: NFC, trimmed, runs of white space as one space, Unicode case folding. Always new memory
 * of `arena`, so that it may be kept. Text that is not UTF-8 or not stream-safe is folded as far as it is ASCII. */
Str utf8_fold(Str text, Arena *arena);

/* In lower or upper case, character by character. Valid UTF-8; made in `arena`. */
Str utf8_case(Str text, bool upper, Arena *arena);

/* Every run of Unicode white space as one blank. Valid UTF-8; made in `arena`. */
Str utf8_collapse(Str text, Arena *arena);

/* For people: the one function that all foreign text passes on its way to a terminal. Control characters (C1, too),
 * line separators, invalid bytes and all format characters (byte order marks, marks and overrides of direction,
 * joiners) as \xNN; longer than `max` characters: cut, with "..." as the last three of them. */
const char *utf8_printable(Str text, size_t max, Arena *arena);

/* The code point at `at` (-1 for a byte that starts none), its size in bytes, and whether utf8_printable escapes it. */
int32_t utf8_next(Str text, size_t at, size_t *size, bool *hidden);

/* True where utf8_printable would escape nothing. */
bool utf8_shows(Str text);

size_t utf8_width(Str text); /* columns on a terminal */

/* Edit distance in code points, for "did you mean"; limit + 1 as soon as it is above `limit`. */
size_t utf8_distance(Str a, Str b, size_t limit);

#endif
