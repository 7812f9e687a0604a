/* type_text.c - text as people would have typed it: one normal form, one kind of line end, nothing invisible. */
#include "field.h"

#include "artsync/ascii.h"
#include "artsync/utf8.h"

static bool is_control(unsigned char c) { return (c < 0x20 && c != '\n' && c != '\t') || c == 0x7F; }

/* U+0080..9F, the second block of control characters: C2 80..9F. */
static bool is_c1(Str text, size_t i)
{
    return (unsigned char)text.p[i] == 0xC2 && i + 1 < text.n && (unsigned char)text.p[i + 1] < 0xA0;
}

static bool has_controls(Str text)
{
    for (size_t i = 0; i < text.n; i++) {
        if (is_control((unsigned char)text.p[i]) || is_c1(text, i))
            return true;
    }
    return false;
}

/* \r\n and a lone \r are a line end; other control characters are nothing. */
static Str without_controls(const Field *field, Str text)
{
    char *out = arena_alloc(field->arena, text.n + 1);
    size_t n = 0;
    bool removed = false;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '\r') {
            out[n++] = '\n';
            i += i + 1 < text.n && text.p[i + 1] == '\n';
        } else if (is_c1(text, i)) {
            removed = true;
            i++;
        } else if (is_control((unsigned char)text.p[i])) {
            removed = true;
        } else {
            out[n++] = text.p[i];
        }
    }
    if (removed)
        field_warn(field, "control characters were removed");
    return (Str){out, n};
}

Str field_tidy(const Field *field, Str text)
{
    if (has_controls(text))
        text = without_controls(field, text);
    if (memmem(text.p, text.n, "\xEF\xBF\xBD", 3))
        field_warn(field, "holds U+FFFD: characters were lost before the export");
    return utf8_trim(utf8_nfc(text, field->arena));
}

/* ---- UUID: with or without hyphens and braces, in any case; printed in lower case with hyphens ---- */

static bool is_hex(char c) { return ascii_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

static void clean_uuid(const Field *field, Str text)
{
    enum { DIGITS = 32, LENGTH = 36 };
    char out[LENGTH + 1];
    size_t n = 0, digits = 0;
    if (text.n > 2 && text.p[0] == '{' && text.p[text.n - 1] == '}')
        text = (Str){text.p + 1, text.n - 2};
    for (size_t i = 0; i < text.n && digits <= DIGITS; i++) {
        bool group = digits == 8 || digits == 12 || digits == 16 || digits == 20;
        if (text.p[i] == '-' && group && text.p[i - 1] != '-')
            continue;
        if (!is_hex(text.p[i]) || digits == DIGITS) {
            digits = DIGITS + 1;
            break;
        }
        if (group)
            out[n++] = '-';
        out[n++] = text.p[i] >= 'A' && text.p[i] <= 'F' ? (char)(text.p[i] | 0x20) : text.p[i];
        digits++;
    }
    if (digits != DIGITS)
        field_refuse(field, REJECT_INVALID, "is not a UUID");
    else
        field_value(field, arena_strn(field->arena, out, n));
}

void clean_text(const Field *field, Str cell)
{
    if (field->type->kind == PG_UUID)
        clean_uuid(field, cell);
    else
        field_value(field, field_keep(field, cell));
}
