/* Through iconv: its conversions have the characters of PostgreSQL's, which a test compares one by one. */
#include "artsync/charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "artsync/utf8.h"

enum { LAST_REMEMBERED = 0xFFFF, UNKNOWN = 0, HAS, LACKS };

struct Charset {
    iconv_t to;
    bool single; /* a byte a character: two of them are a letter and its accent, which the server does not make of
                    one */
    unsigned char known[LAST_REMEMBERED + 1]; /* per code point: UNKNOWN, HAS, LACKS */
};

static const struct {
    const char *postgres, *iconv; /* iconv NULL: every character goes in */
} names[] = {
    {"UTF8", NULL},
    {"SQL_ASCII", NULL},
    {"LATIN1", "ISO-8859-1"},
    {"LATIN2", "ISO-8859-2"},
    {"LATIN3", "ISO-8859-3"},
    {"LATIN4", "ISO-8859-4"},
    {"LATIN5", "ISO-8859-9"},
    {"LATIN6", "ISO-8859-10"},
    {"LATIN7", "ISO-8859-13"},
    {"LATIN8", "ISO-8859-14"},
    {"LATIN9", "ISO-8859-15"},
    {"LATIN10", "ISO-8859-16"},
    {"ISO_8859_5", "ISO-8859-5"},
    {"ISO_8859_6", "ISO-8859-6"},
    {"ISO_8859_7", "ISO-8859-7"},
    {"ISO_8859_8", "ISO-8859-8"},
    {"WIN1250", "CP1250"},
    {"WIN1251", "CP1251"},
    {"WIN1252", "CP1252"},
    {"WIN1253", "CP1253"},
    {"WIN1254", "CP1254"},
    {"WIN1255", "CP1255"},
    {"WIN1256", "CP1256"},
    {"WIN1257", "CP1257"},
    {"WIN1258", "CP1258"},
    {"WIN866", "CP866"},
    {"WIN874", "CP874"},
    {"KOI8R", "KOI8-R"},
    {"KOI8U", "KOI8-U"},
    {"EUC_JP", "EUC-JP-MS"},
    {"EUC_CN", "EUC-CN"},
    {"EUC_KR", "EUC-KR"},
    {"EUC_TW", "EUC-TW"},
    {"EUC_JIS_2004", "EUC-JISX0213"},
};

/* Characters that iconv's conversion has and PostgreSQL's has not. */
static const struct {
    const char *postgres;
    int32_t points[12];
} lacking[] = {
    {"WIN1258", {0x0340, 0x0341}},
    {"EUC_JP", {0xA2, 0xA3, 0xAC, 0x2014, 0x2016, 0x2212, 0x301C}},
    {"EUC_KR", {0x20A9}},
    {"EUC_TW", {0x4EA0}},
};

enum { PRIVATE_FIRST = 0xE000, PRIVATE_LAST = 0xF8FF, LAST_PLANE = 0xA2 };

static void note_lacking(Charset *charset, const char *name)
{
    for (size_t i = 0; i < sizeof lacking / sizeof lacking[0]; i++) {
        for (int k = 0; strcmp(lacking[i].postgres, name) == 0 && lacking[i].points[k]; k++)
            charset->known[lacking[i].points[k]] = LACKS;
    }
    for (int32_t point = PRIVATE_FIRST; point <= PRIVATE_LAST; point++)
        charset->known[point] = LACKS;
}

bool charset_open(Charset **out, const char *name, Err *err)
{
    *out = NULL;
    iconv_t to = (iconv_t)-1;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i].postgres, name) != 0)
            continue;
        if (!names[i].iconv)
            return true;
        to = iconv_open(names[i].iconv, "UTF-8");
    }
    if (to == (iconv_t)-1)
        return err_set(err, ERR_CONFIG,
                       "use a database with the encoding UTF8, or install iconv's conversions (gconv modules)",
                       "the database has the encoding %s, to which this machine cannot convert", name);
    Charset *charset = mem_alloc(sizeof *charset);
    charset->to = to;
    charset->single = strncmp(name, "EUC_", 4) != 0;
    note_lacking(charset, name);
    *out = charset;
    return true;
}

bool charset_is_known(const char *name)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:+()";
    if (!*name || name[strspn(name, letters)])
        return false;
    iconv_t from = iconv_open("UTF-8", name), to = iconv_open(name, "UTF-8");
    bool known = from != (iconv_t)-1 && to != (iconv_t)-1;
    if (from != (iconv_t)-1)
        iconv_close(from);
    if (to != (iconv_t)-1)
        iconv_close(to);
    return known;
}

void charset_close(Charset *charset)
{
    if (!charset)
        return;
    iconv_close(charset->to);
    free(charset);
}

static bool convert(Charset *charset, const char *bytes, size_t size)
{
    char in[8], converted[16], *from = in, *to = converted;
    size_t left = size, space = sizeof converted;
    memcpy(in, bytes, size);
    iconv(charset->to, NULL, NULL, NULL, NULL);
    /* more than 0 conversions that cannot be undone: another character would represent it */
    if (iconv(charset->to, &from, &left, &to, &space) != 0 ||
        iconv(charset->to, NULL, NULL, &to, &space) != 0) /* a letter waits for its accent */
        return false;
    size_t n = sizeof converted - space;
    if (n == 4 && (unsigned char)converted[1] > LAST_PLANE) /* EUC_TW: of the third plane PostgreSQL has a part */
        return false;
    return charset->single ? n == 1 && (unsigned char)converted[0] >= 0x80 : n > 1;
}

/* One character of more than one byte. */
static bool has(Charset *charset, int32_t point, const char *bytes, size_t size)
{
    if (point < 0 || point > LAST_REMEMBERED)
        return point >= 0 && convert(charset, bytes, size);
    unsigned char *known = &charset->known[point];
    if (*known == UNKNOWN)
        *known = convert(charset, bytes, size) ? HAS : LACKS;
    return *known == HAS;
}

bool charset_holds(Charset *charset, Str text, int32_t *lacks)
{
    for (size_t at = 0, size; charset && at < text.n; at += size) {
        bool hidden;
        size = 1;
        if ((unsigned char)text.p[at] < 0x80)
            continue;
        *lacks = utf8_next(text, at, &size, &hidden);
        if (!has(charset, *lacks, text.p + at, size))
            return false;
    }
    return true;
}

const char *charset_shown(Charset *charset, const char *text, Arena *arena)
{
    int32_t lacks;
    if (!text || charset_holds(charset, str_of(text), &lacks))
        return text;
    Buf shown = {0};
    Str rest = str_of(text);
    for (size_t at = 0, size; at < rest.n; at += size) {
        bool hidden;
        int32_t point = utf8_next(rest, at, &size, &hidden);
        if (charset_holds(charset, (Str){rest.p + at, size}, &lacks))
            buf_add(&shown, rest.p + at, size);
        else
            buf_printf(&shown, "U+%04X", (unsigned)(point < 0 ? 0xFFFD : point));
    }
    const char *kept = arena_strn(arena, shown.data, shown.len);
    buf_free(&shown);
    return kept;
}
