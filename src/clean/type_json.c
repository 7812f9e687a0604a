/* type_json.c - JSON as jsonb prints it: keys by length, then bytes; the last of repeated keys; numbers with their
 * digits. Own code, since a value has to come out exactly as the server prints it, and libraries turn numbers into
 * doubles and end strings at \u0000. Nesting is bounded; \u0000 and half surrogate pairs are refused, as jsonb does. */
#include "artsync/ascii.h"
#include "field.h"

#include <stdlib.h>

enum { MAX_DEPTH = 64 };

typedef enum JsonKind { JSON_WORD, JSON_STRING, JSON_ARRAY, JSON_OBJECT } JsonKind; /* word: a number, true, null ... */

typedef struct Json Json;
struct Json {
    JsonKind kind;
    Str key;     /* inside an object */
    Str text;    /* word: as printed; string: its bytes */
    Json *first; /* array, object: the members, linked by `next` */
    Json *next;
    size_t n;
};

typedef struct Parser {
    Str text;
    size_t at;
    int depth;
    Arena *arena;
    const char *fault; /* why it is no JSON; the first one */
} Parser;

static bool fail(Parser *parser, const char *fault)
{
    if (!parser->fault)
        parser->fault = fault;
    return false;
}

static char peek(const Parser *parser) { return parser->at < parser->text.n ? parser->text.p[parser->at] : '\0'; }

static char peek_token(Parser *parser)
{
    while (peek(parser) == ' ' || peek(parser) == '\t' || peek(parser) == '\n' || peek(parser) == '\r')
        parser->at++;
    return peek(parser);
}

static bool expect(Parser *parser, char c)
{
    if (peek_token(parser) != c)
        return fail(parser, "is not valid JSON");
    parser->at++;
    return true;
}

/* ---- strings ---- */

static bool hex4(Parser *parser, unsigned *value)
{
    *value = 0;
    for (int i = 0; i < 4; i++) {
        char c = peek(parser), letter = (char)(c | 0x20);
        bool digit = ascii_digit(c);
        if (!digit && (letter < 'a' || letter > 'f'))
            return fail(parser, "is not valid JSON: \\u needs four hexadecimal digits");
        *value = *value * 16 + (unsigned)(digit ? c - '0' : letter - 'a' + 10);
        parser->at++;
    }
    return true;
}

static size_t put_utf8(char *out, unsigned point)
{
    size_t n = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = n; i-- > 1; point >>= 6)
        out[i] = (char)(0x80 | (point & 0x3F));
    out[0] = (char)(lead[n] | point);
    return n;
}

static bool unicode_escape(Parser *parser, char *out, size_t *n)
{
    unsigned point, low;
    if (!hex4(parser, &point))
        return false;
    if (point == 0)
        return fail(parser, "holds \\u0000, which PostgreSQL cannot store");
    if (point >= 0xD800 && point < 0xE000) {
        bool pair = point < 0xDC00 && peek(parser) == '\\';
        parser->at += pair;
        pair = pair && peek(parser) == 'u';
        parser->at += pair;
        if (!pair || !hex4(parser, &low) || low < 0xDC00 || low >= 0xE000)
            return fail(parser, "is not valid JSON: it has half of a surrogate pair");
        point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
    }
    *n += put_utf8(out + *n, point);
    return true;
}

static bool escape(Parser *parser, char *out, size_t *n)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    char c = peek(parser);
    const char *known = c ? strchr(from, c) : NULL;
    if (!known && c != 'u')
        return fail(parser, "is not valid JSON: unknown escape in a string");
    parser->at++;
    if (c == 'u')
        return unicode_escape(parser, out, n);
    out[(*n)++] = to[known - from];
    return true;
}

static bool parse_string(Parser *parser, Str *string)
{
    if (!expect(parser, '"'))
        return false;
    size_t end = parser->at, n = 0;
    while (end < parser->text.n && parser->text.p[end] != '"')
        end += 1 + (parser->text.p[end] == '\\');
    if (end >= parser->text.n)
        return fail(parser, "is not valid JSON: a string does not end");
    char *out = arena_alloc(parser->arena, end - parser->at + 1);
    while (parser->at < end) {
        char c = parser->text.p[parser->at++];
        if (c == '\\') {
            if (!escape(parser, out, &n))
                return false;
        } else if ((unsigned char)c < 0x20) {
            return fail(parser, "is not valid JSON: a control character inside a string");
        } else {
            out[n++] = c;
        }
    }
    parser->at = end + 1;
    *string = (Str){out, n};
    return true;
}

/* ---- words ---- */

static size_t digits(Parser *parser)
{
    size_t start = parser->at;
    while (peek(parser) >= '0' && peek(parser) <= '9')
        parser->at++;
    return parser->at - start;
}

/* JSON's own grammar first, then the digits as numeric prints them: 1e2 is 100, 1.50 stays 1.50. */
static bool parse_number(Parser *parser, Json *json)
{
    size_t start = parser->at;
    parser->at += peek(parser) == '-';
    bool zero = peek(parser) == '0';
    size_t whole = digits(parser);
    bool good = whole && !(zero && whole > 1);
    if (good && peek(parser) == '.') {
        parser->at++;
        good = digits(parser) > 0;
    }
    if (good && (peek(parser) | 0x20) == 'e') {
        parser->at++;
        parser->at += peek(parser) == '+' || peek(parser) == '-';
        good = digits(parser) > 0;
    }
    if (!good)
        return fail(parser, "is not valid JSON");
    Number number;
    char space[NUMBER_SPACE];
    if (number_read((Str){parser->text.p + start, parser->at - start}, false, &(NumberMark){MARK_POINT, 0, NULL}, space,
                    &number) != NUMBER_OK)
        return fail(parser, "holds a number with too many digits");
    json->text = str_of(number_text(&number, number.n_fraction, parser->arena));
    return true;
}

static bool parse_word(Parser *parser, Json *json)
{
    static const char *const words[] = {"true", "false", "null"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        Str word = str_of(words[i]);
        if (parser->text.n - parser->at >= word.n && memcmp(parser->text.p + parser->at, word.p, word.n) == 0) {
            parser->at += word.n;
            json->text = word;
            return true;
        }
    }
    return parse_number(parser, json);
}

/* ---- arrays and objects ---- */

static bool parse_value(Parser *parser, Json *json);

static bool parse_member(Parser *parser, Json *parent, Json *member)
{
    if (parent->kind == JSON_OBJECT && (!parse_string(parser, &member->key) || !expect(parser, ':')))
        return false;
    return parse_value(parser, member);
}

static bool parse_members(Parser *parser, Json *json, char close)
{
    if (++parser->depth > MAX_DEPTH)
        return fail(parser, "is nested too deeply");
    parser->at++;
    Json **end = &json->first;
    bool more = peek_token(parser) != close;
    while (more) {
        *end = arena_alloc(parser->arena, sizeof **end);
        if (!parse_member(parser, json, *end))
            return false;
        end = &(*end)->next;
        json->n++;
        more = peek_token(parser) == ',';
        parser->at += more;
    }
    parser->depth--;
    return expect(parser, close);
}

static bool parse_value(Parser *parser, Json *json)
{
    switch (peek_token(parser)) {
    case '{':
        json->kind = JSON_OBJECT;
        return parse_members(parser, json, '}');
    case '[':
        json->kind = JSON_ARRAY;
        return parse_members(parser, json, ']');
    case '"':
        json->kind = JSON_STRING;
        return parse_string(parser, &json->text);
    default:
        return parse_word(parser, json);
    }
}

/* ---- printing ---- */

static int order_keys(Str a, Str b)
{
    if (a.n != b.n)
        return a.n < b.n ? -1 : 1;
    return a.n ? memcmp(a.p, b.p, a.n) : 0;
}

typedef struct Member {
    const Json *json;
    size_t position; /* to tell the last of repeated keys */
} Member;

static int order_members(const void *a, const void *b)
{
    const Member *x = a, *y = b;
    int order = order_keys(x->json->key, y->json->key);
    return order ? order : (x->position > y->position) - (x->position < y->position);
}

static void print_string(Buf *out, Str text)
{
    static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
    buf_char(out, '"');
    for (size_t i = 0; i < text.n; i++) {
        const char *known = strchr(from, text.p[i]);
        if (known)
            buf_printf(out, "\\%c", to[known - from]);
        else if ((unsigned char)text.p[i] < 0x20)
            buf_printf(out, "\\u%04x", (unsigned)text.p[i]);
        else
            buf_char(out, text.p[i]);
    }
    buf_char(out, '"');
}

/* `canonical`: numbers without zeros at the end, so that 1.50 and 1.5 come out the same, as they are to jsonb. */
typedef struct Printer {
    Buf out;
    Arena *arena;
    bool canonical;
} Printer;

static void print(Printer *printer, const Json *json);

static void print_object(Printer *printer, const Json *json)
{
    Buf *out = &printer->out;
    Member *members = arena_alloc(printer->arena, (json->n + 1) * sizeof *members);
    size_t n = 0;
    for (const Json *member = json->first; member; member = member->next, n++)
        members[n] = (Member){member, n};
    qsort(members, n, sizeof *members, order_members);
    buf_char(out, '{');
    bool comma = false;
    for (size_t i = 0; i < n; i++) {
        if (i + 1 < n && order_keys(members[i].json->key, members[i + 1].json->key) == 0)
            continue;
        buf_str(out, comma ? ", " : "");
        comma = true;
        print_string(out, members[i].json->key);
        buf_str(out, ": ");
        print(printer, members[i].json);
    }
    buf_char(out, '}');
}

static void print(Printer *printer, const Json *json)
{
    Buf *out = &printer->out;
    Str printed;
    switch (json->kind) {
    case JSON_OBJECT:
        print_object(printer, json);
        break;
    case JSON_ARRAY:
        buf_char(out, '[');
        for (const Json *member = json->first; member; member = member->next) {
            print(printer, member);
            buf_str(out, member->next ? ", " : "");
        }
        buf_char(out, ']');
        break;
    case JSON_STRING:
        print_string(out, json->text);
        break;
    default:
        printed = printer->canonical ? canonical_number(json->text, printer->arena) : json->text;
        buf_add(out, printed.p, printed.n);
    }
}

static const char *printed_text(const Json *json, bool canonical, Arena *arena)
{
    Printer printer = {.arena = arena, .canonical = canonical};
    print(&printer, json);
    const char *text = arena_strn(arena, printer.out.data, printer.out.len);
    buf_free(&printer.out);
    return text;
}

static bool parse_whole(Parser *parser, Json *json)
{
    if (parse_value(parser, json) && (peek_token(parser), parser->at < parser->text.n))
        fail(parser, "is not valid JSON: something follows the value");
    return !parser->fault;
}

const char *json_array_text(const Str *items, size_t n, Arena *arena)
{
    Json *strings = arena_alloc(arena, n * sizeof *strings),
         list = {.kind = JSON_ARRAY, .first = n ? strings : NULL, .n = n};
    for (size_t i = 0; i < n; i++)
        strings[i] = (Json){.kind = JSON_STRING, .text = items[i], .next = i + 1 < n ? &strings[i + 1] : NULL};
    return printed_text(&list, false, arena);
}

Str canonical_list(Str text, Arena *arena)
{
    Parser parser = {text, 0, 0, arena, NULL};
    Json json = {.kind = JSON_WORD};
    if (!text.n || text.p[0] != '[' || !parse_whole(&parser, &json))
        return text;
    Str *items = arena_alloc(arena, (json.n + 1) * sizeof *items);
    size_t n = 0;
    for (const Json *item = json.first; item; item = item->next) {
        if (item->kind != JSON_STRING)
            return text;
        items[n++] = item->text;
    }
    return str_of(array_text(items, n, arena));
}

Str canonical_json(Str text, Arena *arena)
{
    Parser parser = {text, 0, 0, arena, NULL};
    Json json = {.kind = JSON_WORD};
    return parse_whole(&parser, &json) ? str_of(printed_text(&json, true, arena)) : text;
}

void clean_json(const Field *field, Str cell)
{
    Parser parser = {cell, 0, 0, field->arena, NULL};
    Json json = {.kind = JSON_WORD};
    if (!parse_whole(&parser, &json)) {
        field_refuse(field, REJECT_INVALID, "%s (at byte %zu)", parser.fault, parser.at + 1);
        return;
    }
    bool as_written = field->type->kind != PG_JSONB; /* json and text keep it */
    field_value(field, as_written ? field_keep(field, cell) : printed_text(&json, false, field->arena));
    field->out->compare = printed_text(&json, true, field->arena);
}
