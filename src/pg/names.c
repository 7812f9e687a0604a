/* Names and values inside SQL text: the one place that quotes. */
#include "private.h"

/* Always quoted: whether a word is reserved depends on the server's version. */
void sql_ident(Buf *out, const char *name)
{
    buf_char(out, '"');
    for (; *name; name++) {
        if (*name == '"')
            buf_char(out, '"');
        buf_char(out, *name);
    }
    buf_char(out, '"');
}

void sql_name(Buf *out, const char *schema, const char *name)
{
    sql_ident(out, schema);
    buf_char(out, '.');
    sql_ident(out, name);
}

/* With a backslash in it E'...', whose meaning no setting changes. */
void sql_literal(Buf *out, const char *text)
{
    if (!text) {
        buf_str(out, "NULL");
        return;
    }
    if (strchr(text, '\\'))
        buf_char(out, 'E');
    buf_char(out, '\'');
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\')
            buf_char(out, *text);
        buf_char(out, *text);
    }
    buf_char(out, '\'');
}

void sql_array(Buf *out, const char *const *items, int n)
{
    buf_char(out, '{');
    for (int i = 0; i < n; i++) {
        if (i)
            buf_char(out, ',');
        if (!items[i]) {
            buf_str(out, "NULL");
            continue;
        }
        buf_char(out, '"');
        for (const char *p = items[i]; *p; p++) {
            if (*p == '"' || *p == '\\')
                buf_char(out, '\\');
            buf_char(out, *p);
        }
        buf_char(out, '"');
    }
    buf_char(out, '}');
}
