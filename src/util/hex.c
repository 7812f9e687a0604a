#include "artsync/hex.h"

void hex_write(char *out, Str bytes)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < bytes.n; i++) {
        out[2 * i] = digits[(unsigned char)bytes.p[i] >> 4];
        out[2 * i + 1] = digits[(unsigned char)bytes.p[i] & 15];
    }
}

static void hex_add(Buf *out, Str bytes)
{
    buf_reserve(out, 2 * bytes.n);
    hex_write(out->data + out->len, bytes);
    out->len += 2 * bytes.n;
    out->data[out->len] = '\0';
}

void bytea_add(Buf *out, Str bytes)
{
    buf_str(out, "\\x");
    hex_add(out, bytes);
}

static int digit(char c) { return c <= '9' ? c - '0' : (c | 32) - 'a' + 10; }

Str bytea_read(const char *text, Arena *arena)
{
    if (!text || text[0] != '\\' || text[1] != 'x')
        return (Str){"", 0};
    size_t n = (strlen(text) - 2) / 2;
    char *bytes = arena_alloc(arena, n + 1);
    for (size_t i = 0; i < n; i++)
        bytes[i] = (char)(digit(text[2 + 2 * i]) << 4 | digit(text[3 + 2 * i]));
    return (Str){bytes, n};
}
