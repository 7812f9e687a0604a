#include "artsync/utf8.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <utf8proc.h>

/* Most cells are plain ASCII: they are recognised eight bytes at a time and never reach utf8proc. */
static size_t ascii_prefix(Str text)
{
    size_t i = 0;
    for (uint64_t word; i + sizeof word <= text.n; i += sizeof word) {
        memcpy(&word, text.p + i, sizeof word);
        if (word & UINT64_C(0x8080808080808080))
            break;
    }
    while (i < text.n && (unsigned char)text.p[i] < 0x80)
        i++;
    return i;
}

/* The code point at `at` and its length; -1 and 1 for a byte that starts none. */
static int32_t decode(Str text, size_t at, size_t *size)
{
    utf8proc_int32_t point;
    utf8proc_ssize_t n =
        utf8proc_iterate((const utf8proc_uint8_t *)text.p + at, (utf8proc_ssize_t)(text.n - at), &point);
    *size = n > 0 ? (size_t)n : 1;
    return n > 0 ? point : -1;
}

bool utf8_valid(Str text, size_t *bad)
{
    size_t i = ascii_prefix(text);
    while (i < text.n) {
        size_t size;
        if (decode(text, i, &size) < 0) {
            if (bad)
                *bad = i;
            return false;
        }
        i += size;
        i += ascii_prefix((Str){text.p + i, text.n - i});
    }
    return true;
}

size_t utf8_length(Str text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++)
        n += ((unsigned char)text.p[i] & 0xC0) != 0x80;
    return n;
}

/* ---- white space ---- */

static bool is_space(int32_t point)
{
    if (point < 0x80)
        return point == ' ' || (point >= '\t' && point <= '\r');
    if (point == 0x85 || point == 0xFEFF)
        return true;
    utf8proc_category_t category = utf8proc_category(point);
    return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP;
}

/* The code point that ends right before `end`; -1 if the bytes there are none. */
static int32_t decode_before(Str text, size_t end, size_t *size)
{
    size_t start = end - 1;
    while (start > 0 && end - start < 4 && ((unsigned char)text.p[start] & 0xC0) == 0x80)
        start--;
    int32_t point = decode((Str){text.p, end}, start, size);
    return start + *size == end ? point : -1;
}

/* Printable ASCII but the blank. */
static bool is_graph(char c) { return c > ' ' && c < 0x7F; }

Str utf8_trim(Str text)
{
    size_t start = 0, end = text.n, size;
    if (end && is_graph(text.p[0]) && is_graph(text.p[end - 1])) /* as nearly all are */
        return text;
    while (start < end && is_space(decode(text, start, &size)))
        start += size;
    while (end > start && is_space(decode_before(text, end, &size)))
        end -= size;
    return (Str){text.p + start, end - start};
}

Str utf8_collapse(Str text, Arena *arena)
{
    char *out = arena_alloc(arena, text.n + 1);
    size_t n = 0, size;
    bool before = false;
    for (size_t at = 0; at < text.n; at += size) {
        bool space = is_space(decode(text, at, &size));
        if (!space) {
            memcpy(out + n, text.p + at, size);
            n += size;
        } else if (!before) {
            out[n++] = ' ';
        }
        before = space;
    }
    return (Str){out, n};
}

Str utf8_case(Str text, bool upper, Arena *arena)
{
    enum { LONGEST = 4 /* bytes of a character */, SHARP_S = 0xDF /* stays, as in PostgreSQL */ };
    char *out = arena_alloc(arena, text.n * LONGEST + 1);
    size_t n = 0, size;
    for (size_t at = 0; at < text.n; at += size) {
        int32_t point = decode(text, at, &size);
        if (!upper || point != SHARP_S)
            point = upper ? utf8proc_toupper(point) : utf8proc_tolower(point);
        n += (size_t)utf8proc_encode_char(point, (utf8proc_uint8_t *)out + n);
    }
    return (Str){out, n};
}

/* ---- normal forms ---- */

/* True where the bytes alone show that the text is NFC: nothing from U+0300 on, but for general punctuation (from
 * U+2010: dashes, curly quotes) and U+1F000..1FFFF (emoji), none of which compose or decompose. */
static bool surely_nfc(Str text)
{
    for (size_t i = ascii_prefix(text); i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (c < 0xCC)
            continue;
        bool punctuation =
            c == 0xE2 && i + 2 < text.n && (unsigned char)text.p[i + 1] == 0x80 && (unsigned char)text.p[i + 2] >= 0x90;
        bool emoji = c == 0xF0 && i + 1 < text.n && (unsigned char)text.p[i + 1] == 0x9F;
        if (!punctuation && !emoji)
            return false;
    }
    return true;
}

/* How many marks the character at hand adds to a run of marks, after its decomposition: *starts says whether the run
 * ends with it and begins anew. A character that is unassigned is no mark. */
static size_t count_marks(int32_t point, bool *starts)
{
    enum { LONGEST = 32 }; /* U+FDFA becomes 18 */
    utf8proc_int32_t parts[LONGEST];
    int boundary = 0;
    utf8proc_ssize_t n =
        utf8proc_decompose_char(point, parts, LONGEST, UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT, &boundary);
    size_t marks = 0;
    *starts = n <= 0 || n > LONGEST;
    for (utf8proc_ssize_t i = 0; i < n && i < LONGEST; i++) {
        bool mark = utf8proc_get_property(parts[i])->combining_class != 0;
        marks = mark ? marks + 1 : 0;
        *starts = *starts || !mark;
    }
    return marks;
}

bool utf8_stream_safe(Str text)
{
    if (text.n <= UTF8_MARKS || surely_nfc(text)) /* a mark has at least two bytes, or comes with its letter */
        return true;
    size_t run = 0;
    for (size_t i = ascii_prefix(text), size; i < text.n; i += size) {
        bool starts = true;
        int32_t point = decode(text, i, &size);
        size_t marks = point < 0x80 ? 0 : count_marks(point, &starts);
        run = starts ? marks : run + marks;
        if (run > UTF8_MARKS)
            return false;
    }
    return true;
}

static Str map(Str text, utf8proc_option_t options, Arena *arena)
{
    if (!utf8_stream_safe(text))
        return text;
    utf8proc_uint8_t *mapped = NULL;
    utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)text.p, (utf8proc_ssize_t)text.n, &mapped, options);
    if (n == UTF8PROC_ERROR_NOMEM || n == UTF8PROC_ERROR_OVERFLOW)
        mem_exhausted();
    if (n < 0) /* invalid UTF-8: nothing to normalise */
        return text;
    Str result = text;
    if ((size_t)n != text.n || memcmp(mapped, text.p, text.n) != 0)
        result = (Str){arena_strn(arena, (const char *)mapped, (size_t)n), (size_t)n};
    free(mapped);
    return result;
}

Str utf8_nfc(Str text, Arena *arena)
{
    return surely_nfc(text) ? text : map(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE, arena);
}

Str utf8_fold(Str text, Arena *arena)
{
    text = utf8_trim(text);
    char *out = arena_alloc(arena, text.n + 1);
    size_t n = 0;
    bool ascii = true, space = false;
    for (size_t i = 0, size; i < text.n; i += size) {
        unsigned char c = (unsigned char)text.p[i];
        int32_t point = c < 0x80 ? c : decode(text, i, &size);
        size = c < 0x80 ? 1 : size;
        if (is_space(point)) {
            if (!space)
                out[n++] = ' ';
            space = true;
            continue;
        }
        space = false;
        ascii = ascii && c < 0x80;
        for (size_t k = 0; k < size; k++, n++)
            out[n] = text.p[i + k] >= 'A' && text.p[i + k] <= 'Z' ? (char)(text.p[i + k] | 0x20) : text.p[i + k];
    }
    Str folded = {out, n};
    return ascii ? folded : map(folded, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD, arena);
}

/* ---- for people ---- */

/* What a terminal acts on or hides: control characters (C0, DEL, C1), line and paragraph separators, surrogates, bytes
 * that are no UTF-8, and every format character (Cf): marks and overrides of direction, U+061C, joiners, byte order
 * marks, tags. */
static bool is_hidden(int32_t point)
{
    if (point < 0xA0)
        return point < 0x20 || point >= 0x7F;
    switch (utf8proc_category(point)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return true;
    default:
        return false;
    }
}

int32_t utf8_next(Str text, size_t at, size_t *size, bool *hidden)
{
    int32_t point = decode(text, at, size);
    *hidden = is_hidden(point);
    return point;
}

bool utf8_shows(Str text)
{
    for (size_t i = 0, size; i < text.n; i += size) {
        if (is_hidden(decode(text, i, &size)))
            return false;
    }
    return true;
}

const char *utf8_printable(Str text, size_t max, Arena *arena)
{
    enum { DOTS = 3, ESCAPE = 4 }; /* "..." and "\xNN" */
    Buf buf = {0};
    size_t shown = 0, fits = 0; /* characters so far; bytes of buf that leave space for the dots */
    bool cut = false;
    buf_reserve(&buf, text.n + DOTS);
    for (size_t i = 0, size; i < text.n && !cut; i += size) {
        int32_t point = decode(text, i, &size);
        bool hidden = is_hidden(point);
        size_t need = hidden ? ESCAPE * size : 1;
        if (shown + DOTS <= max)
            fits = buf.len;
        if (shown + need > max) {
            cut = true;
            break;
        }
        for (size_t k = 0; hidden && k < size; k++)
            buf_printf(&buf, "\\x%02X", (unsigned)(unsigned char)text.p[i + k]);
        if (!hidden)
            buf_add(&buf, text.p + i, size);
        shown += need;
    }
    if (cut) {
        buf.len = fits;
        buf_str(&buf, "...");
    }
    const char *result = arena_strn(arena, buf_view(&buf).p, buf.len);
    buf_free(&buf);
    return result;
}

size_t utf8_width(Str text)
{
    size_t i = ascii_prefix(text), width = i;
    for (size_t size; i < text.n; i += size) {
        int32_t point = decode(text, i, &size);
        int columns = point < 0 ? 1 : utf8proc_charwidth(point);
        width += columns > 0 ? (size_t)columns : 0;
    }
    return width;
}

/* ---- distance ---- */

static size_t points_of(Str text, int32_t *points)
{
    size_t n = 0;
    for (size_t i = 0, size; i < text.n; i += size)
        points[n++] = decode(text, i, &size);
    return n;
}

static size_t least(size_t a, size_t b, size_t c)
{
    size_t ab = a < b ? a : b;
    return ab < c ? ab : c;
}

/* Levenshtein's, row by row; `row` has space for nb + 1. */
static size_t distance(const int32_t *a, size_t na, const int32_t *b, size_t nb, size_t *row, size_t limit)
{
    for (size_t j = 0; j <= nb; j++)
        row[j] = j;
    for (size_t i = 0; i < na; i++) {
        size_t corner = row[0], best = ++row[0];
        for (size_t j = 0; j < nb; j++) {
            size_t above = row[j + 1];
            row[j + 1] = least(above + 1, row[j] + 1, corner + (a[i] != b[j]));
            corner = above;
            best = row[j + 1] < best ? row[j + 1] : best;
        }
        if (best > limit)
            return limit + 1;
    }
    return row[nb] > limit ? limit + 1 : row[nb];
}

size_t utf8_distance(Str a, Str b, size_t limit)
{
    int32_t *points = mem_grow(NULL, a.n + b.n + 2, sizeof *points);
    size_t na = points_of(a, points), nb = points_of(b, points + a.n);
    size_t result = limit + 1;
    if ((na > nb ? na - nb : nb - na) <= limit) {
        size_t *row = mem_grow(NULL, nb + 1, sizeof *row);
        result = distance(points, na, points + a.n, nb, row, limit);
        free(row);
    }
    free(points);
    return result;
}
