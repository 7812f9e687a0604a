/* What a child process (pg_dump, pg_restore) needs to connect as we did. */
#include <stdlib.h>

#include "private.h"

/* key='value' with ' and \ escaped. */
static void add_pair(Buf *out, const char *key, const char *value)
{
    buf_printf(out, "%s%s='", out->len ? " " : "", key);
    for (; *value; value++) {
        if (*value == '\'' || *value == '\\')
            buf_char(out, '\\');
        buf_char(out, *value);
    }
    buf_char(out, '\'');
}

char *pg_child_conninfo(const Pg *pg, char **password)
{
    static const char *const left_out[] = {
        "password",        "service",     "servicefile", "application_name", "fallback_application_name",
        "client_encoding", "replication", "host",        "hostaddr",         "port",
        "sslpassword",     "options"};
    Buf out = {0};
    PQconninfoOption *info = PQconninfo(pg->conn);
    if (!info) /* without it the program would connect by other settings */
        mem_exhausted();
    add_pair(&out, "host", PQhost(pg->conn)); /* of several hosts the one that was found */
    add_pair(&out, "port", PQport(pg->conn));
    for (PQconninfoOption *o = info; o && o->keyword; o++) {
        bool skip = !o->val || !*o->val;
        for (size_t i = 0; i < sizeof left_out / sizeof left_out[0] && !skip; i++)
            skip = strcmp(o->keyword, left_out[i]) == 0;
        if (!skip)
            add_pair(&out, o->keyword, o->val);
        if (o->val && *o->val && strcmp(o->keyword, "hostaddr") == 0)
            add_pair(&out, "hostaddr", PQhostaddr(pg->conn));
    }
    PQconninfoFree(info);
    const char *secret = PQpass(pg->conn);
    *password = secret && *secret ? mem_dup(secret) : NULL;
    return out.data;
}
