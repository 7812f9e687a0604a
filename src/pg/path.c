/* path.c - the search_path that the database or the role sets, for as long as the business's rows are written.
 *
 * Triggers, CHECKs, column defaults and index functions of the business find their tables by it, as they do for its own
 * application. PostgreSQL's own names come first in it and temporary objects last, wherever it has them. Nothing that
 * artsync sends meanwhile looks a name up by it: see pg_write in pg.h.
 */
#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

#include "artsync/embed.h"
#include "private.h"

static const char pinned[] = "pg_catalog, pg_temp";

static bool is_system(const char *element, size_t n)
{
    static const char *const names[] = {"pg_catalog", "\"pg_catalog\"", "pg_temp", "\"pg_temp\""};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strlen(names[i]) == n && strncasecmp(element, names[i], n) == 0)
            return true;
    return false;
}

static void add_element(Buf *out, const char *element, size_t n)
{
    for (; n && isspace((unsigned char)*element); n--)
        element++;
    while (n && isspace((unsigned char)element[n - 1]))
        n--;
    if (n == 0 || is_system(element, n))
        return;
    buf_str(out, out->len ? ", " : "");
    buf_add(out, element, n);
}

/* pg_catalog is left out and so comes first, while what a trigger creates still goes to the first schema that
 * is named. */
static void path_around(Buf *out, const char *list)
{
    for (bool end = false; !end; list++) {
        const char *p = list;
        for (bool quoted = false; *p && (quoted || *p != ','); p++)
            quoted ^= *p == '"';
        add_element(out, list, (size_t)(p - list));
        end = !*p;
        list = p;
    }
    if (out->len)
        buf_str(out, ", pg_temp");
    else
        buf_str(out, pinned);
}

static void add_setting(Buf *sql, const char *path)
{
    buf_str(sql, "SELECT pg_catalog.set_config('search_path', ");
    sql_literal(sql, path);
    buf_str(sql, ", true)");
}

/* Asked once a transaction: behind a pooler another session may serve the next one. */
static bool read_path(Pg *pg, Err *err)
{
    PGresult *result;
    Buf path = {0};
    if (pg->path)
        return true;
    if (!pg_send(pg, sql_query("database_search_path"), 0, NULL, err) || !pg_finish(pg, NULL, &result, err))
        return false;
    path_around(&path, PQntuples(result) ? PQgetvalue(result, 0, 0) : "");
    PQclear(result);
    pg->path = path.data;
    return true;
}

static bool set_path(Pg *pg, const char *path, Err *err)
{
    Buf sql = {0};
    add_setting(&sql, path);
    bool ok = pg_send_script(pg, sql.data, err) && pg_finish(pg, NULL, NULL, err);
    buf_free(&sql);
    return ok;
}

bool pg_path_database(Pg *pg, Err *err) { return read_path(pg, err) && set_path(pg, pg->path, err); }

bool pg_path_pinned(Pg *pg, Err *err) { return set_path(pg, pinned, err); }

/* The results of pg_write's three statements. */
static bool finish_write(Pg *pg, int64_t *affected, Err *err)
{
    bool ok = true;
    PGresult *result;
    for (int i = 0; pg_next(pg, &result, err); i++) {
        if (!result)
            return ok;
        if (pg_is_error(result))
            ok = pg_error_result(pg, result, NULL, err);
        else if (i == 1 && affected)
            *affected = strtoll(PQcmdTuples(result), NULL, 10);
        PQclear(result);
        if (pg->lost)
            break;
    }
    return false;
}

bool pg_read_indexes(Pg *pg, Err *err) { return pg->indexes.len == 0 || pg_write(pg, pg->indexes.data, NULL, err); }

bool pg_write(Pg *pg, const char *sql, int64_t *affected, Err *err)
{
    Buf script = {0};
    if (!pg->lost && PQtransactionStatus(pg->conn) == PQTRANS_IDLE)
        return err_set(err, ERR_DATABASE, NULL, "writing rows needs an open transaction");
    if (!read_path(pg, err))
        return false;
    add_setting(&script, pg->path);
    buf_printf(&script, ";\n%s;\n", sql);
    add_setting(&script, pinned);
    bool ok = pg_send_script(pg, script.data, err) && finish_write(pg, affected, err);
    buf_free(&script);
    return ok;
}
