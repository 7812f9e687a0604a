/* mask.c - the kinds of "mask": another text in place of the real one, the same for the same text. One function each.
 *
 * What is chosen by chance comes from HMAC-SHA256 under ARTSYNC_MASK_KEY, so that only who has the key can tell, by
 * trying, which text a mask is of. */
#include "artsync/hash.h"
#include "artsync/utf8.h"
#include "edits.h"

/* A text that is to be masked, and the stream of bytes that belongs to it. */
typedef struct Masking {
    const Column *column;
    Str key, text; /* the text is trimmed, in normal form and not empty */
    size_t limit;  /* characters that the column holds; 0: any number */
    Arena *arena;
    unsigned char block[HMAC_BYTES], counter;
    int used; /* bytes of the block */
} Masking;

typedef Str MaskFn(Masking *masking);

/* ---- chance ---- */

static void next_block(Masking *m)
{
    Buf message = {0};
    buf_char(&message, (char)m->counter++);
    buf_add(&message, m->text.p, m->text.n);
    hmac_sha256(m->key, buf_view(&message), m->block);
    buf_free(&message);
    m->used = 0;
}

/* A number below `n`, each as likely: bytes beyond the largest multiple of n are left out. */
static unsigned below(Masking *m, unsigned n)
{
    unsigned most = 256 - 256 % n;
    for (;;) {
        if (m->used == HMAC_BYTES || m->counter == 0)
            next_block(m);
        unsigned byte = m->block[m->used++];
        if (byte < most)
            return byte % n;
    }
}

/* `n` characters out of the first `kinds` of these. */
static char *draw(Masking *m, size_t n, unsigned kinds)
{
    static const char symbols[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    char *out = arena_alloc(m->arena, n + 1);
    for (size_t i = 0; i < n; i++)
        out[i] = symbols[below(m, kinds)];
    return out;
}

enum { LETTERS = 62, SMALL_LETTERS = 36 };

static size_t at_most(const Masking *m, size_t n) { return m->limit && m->limit < n ? m->limit : n; }

/* ---- the kinds ---- */

static Str mask_null(Masking *m)
{
    (void)m;
    return STR("");
}

/* Short, middle or long as the text was; as many characters as keep texts apart, also a million of them. */
static Str mask_hash(Masking *m)
{
    enum { SHORT = 8, MIDDLE = 32, OF_MIDDLE = 20, OF_LONG = 40 };
    size_t length = utf8_length(m->text), n = length <= SHORT ? SHORT : length <= MIDDLE ? OF_MIDDLE : OF_LONG;
    return str_of(draw(m, at_most(m, n), LETTERS));
}

/* An address that looks like one and reaches no person: example.com is reserved for examples. */
static Str mask_email(Masking *m)
{
    static const char domain[] = "@example.com";
    enum { LOCAL = 13, DOMAIN = sizeof domain - 1 };
    size_t n = at_most(m, LOCAL + DOMAIN);
    if (n <= DOMAIN)
        return str_of(draw(m, n, SMALL_LETTERS));
    return str_of(arena_printf(m->arena, "%s%s", draw(m, n - DOMAIN, SMALL_LETTERS), domain));
}

/* Other digits in the same places; letters become x. */
static Str mask_phone(Masking *m)
{
    char *out = arena_alloc(m->arena, m->text.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < m->text.n; i++) {
        unsigned char c = (unsigned char)m->text.p[i];
        if (c >= '0' && c <= '9')
            out[n++] = (char)('0' + below(m, 10));
        else if (strchr("+-()/. ", c))
            out[n++] = (char)c;
        else if ((c & 0xC0) != 0x80) /* one for each character, however many bytes it has */
            out[n++] = 'x';
    }
    return (Str){out, n};
}

/* An invented name. */
static Str mask_name(Masking *m)
{
    static const char *const first[] = {"Alex",   "Ari",   "Bela",  "Blake", "Casey",  "Charlie", "Chris", "Dana",
                                        "Ellis",  "Frankie", "Gale", "Harper", "Jamie", "Jordan",  "Jules", "Kai",
                                        "Kim",    "Lane",  "Lee",   "Logan", "Marley", "Max",     "Morgan", "Nikita",
                                        "Noa",    "Pat",   "Quinn", "Robin", "Sam",    "Sasha",   "Toni",  "Valery"};
    static const char *const last[] = {"Acre",  "Ash",   "Bank",  "Birch", "Brook", "Cliff", "Cove",  "Dale",
                                       "Elm",   "Fen",   "Field", "Ford",  "Glen",  "Grove", "Heath", "Hill",
                                       "Holt",  "Lake",  "Lea",   "Marsh", "Mead",  "Mill",  "Moor",  "Oak",
                                       "Park",  "Pond",  "Reed",  "Ridge", "Shore", "Stone", "Vale",  "Wood"};
    enum { NAMES = sizeof first / sizeof *first };
    _Static_assert(sizeof first == sizeof last, "as many of both");
    const char *given = first[below(m, NAMES)], *family = last[below(m, NAMES)];
    const char *whole = arena_printf(m->arena, "%s %s", given, family);
    const char *fits = m->limit && strlen(whole) > m->limit ? given : whole;
    return (Str){fits, at_most(m, strlen(fits))};
}

/* Stars, but for the last characters. A text that is no longer than those is all stars. */
static Str mask_keep(Masking *m)
{
    size_t length = utf8_length(m->text), keep = (size_t)m->column->mask.number;
    size_t stars = length > keep ? length - keep : length, at = m->text.n;
    for (size_t left = length - stars; left > 0; left--)
        for (at--; ((unsigned char)m->text.p[at] & 0xC0) == 0x80; at--)
            ;
    Buf out = {0};
    for (size_t i = 0; i < stars; i++)
        buf_char(&out, '*');
    buf_add(&out, m->text.p + at, m->text.n - at);
    Str made = {arena_strn(m->arena, out.data, out.len), out.len};
    buf_free(&out);
    return made;
}

static MaskFn *const functions[MASK_KINDS] = {
    [MASK_NULL] = mask_null,   [MASK_HASH] = mask_hash, [MASK_EMAIL] = mask_email,
    [MASK_PHONE] = mask_phone, [MASK_NAME] = mask_name, [MASK_KEEP] = mask_keep,
};

Str mask_apply(const Column *column, Str cell, const char *key, Arena *arena)
{
    if (column->mask.kind == MASK_NULL)
        return STR("");
    Masking m = {.column = column, .key = key ? str_of(key) : STR(""), .arena = arena};
    m.text = utf8_trim(utf8_nfc(cell, arena));
    m.limit = column->catalog && column->catalog->type.length > 0 ? (size_t)column->catalog->type.length : 0;
    return m.text.n ? functions[column->mask.kind](&m) : STR("");
}
