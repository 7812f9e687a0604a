/* restore.c - one transaction: drop, make, fill, count, commit.
 *
 * pg_restore turns the archive into SQL here; it never sees the database. Its three sections are taken one by one:
 * what comes before the data and after it are scripts, the data are COPYs with lines in between. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "artsync/backup.h"
#include "artsync/embed.h"
#include "artsync/file.h"
#include "artsync/interrupt.h"
#include "artsync/progress.h"
#include "artsync/shell.h"
#include "archive.h"
#include "child.h"
#include "manifest.h"
#include "plan_backup.h"

typedef struct Restore {
    Pg *pg;
    const Manifest *manifest;
    const char *path, *program, *list; /* list: the file with what is to be taken */
    Buf script;                        /* of the section that is read, as far as it was not run yet */
    Buf head;                          /* of a COPY whose names hold line feeds: what was read of it */
    bool copying;                      /* a COPY is under way */
    int64_t copied;                    /* lines of it */
    Arena arena;
} Restore;

/* ---- what already exists ---- */

static bool check_rows(Restore *r, bool force, Err *err)
{
    const Manifest *m = r->manifest;
    for (int i = 0; i < m->n_tables; i++) {
        const BackupTable *t = &m->tables[i];
        const char *name = table_sql_name(t, &r->arena);
        char *there = NULL, *filled = NULL;
        if (!t->business)
            continue;
        if (!pg_value(r->pg, sql_query("relation_exists"), 1, &name, &there, err))
            return false;
        Buf any_row = {0};
        plan_any_row(&any_row, t->schema, t->name);
        bool ok = there[0] != 't' || pg_value(r->pg, any_row.data, 0, NULL, &filled, err);
        buf_free(&any_row);
        bool refuse = ok && filled && filled[0] == 't' && !force;
        free(there);
        free(filled);
        if (refuse)
            err_set(err, ERR_REFUSED, "restore into an empty database, or give --force to replace what is there",
                    "%s.%s of %s holds rows, which a restore would replace", t->schema, t->name, pg_describe(r->pg));
        if (!ok || refuse)
            return false;
    }
    return true;
}

static bool drop_all(Restore *r, Err *err)
{
    const Manifest *m = r->manifest;
    static const char *const kinds[] = {"view", "function", "type"};
    Buf arrays[4] = {{0}, {0}, {0}, {0}};
    const char **names = arena_alloc(&r->arena, sizeof *names * (size_t)(m->n_tables + m->n_objects + 1));
    for (int i = 0; i < m->n_tables; i++)
        names[i] = table_sql_name(&m->tables[i], &r->arena);
    sql_array(&arrays[0], names, m->n_tables);
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        int n = 0;
        for (int i = 0; i < m->n_objects; i++)
            if (strcmp(m->objects[i].kind, kinds[k]) == 0)
                names[n++] = m->objects[i].name;
        sql_array(&arrays[k + 1], names, n);
    }
    const char *params[] = {arrays[0].data, arrays[1].data, arrays[2].data, arrays[3].data};
    PgRows *rows = NULL;
    Err why = {0};
    bool ok = pg_query(r->pg, sql_query("restore_drops"), 4, params, &rows, &why);
    for (int i = 0; ok && i < pg_count(rows); i++)
        ok = pg_run(r->pg, pg_get(rows, i, 0), 0, NULL, NULL, &why);
    if (!ok && strcmp(why.sqlstate, "2BP01") == 0) {
        err_set(err, ERR_REFUSED, "drop what is named there first, if you mean to",
                "something else needs what a restore replaces: %s", why.message);
        err_clear(&why);
    } else if (!ok) {
        *err = why;
    }
    pg_rows_free(rows);
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
        buf_free(&arrays[i]);
    return ok;
}

/* ---- what the archive's entries do not make ---- */

static bool add_schema(const char **names, int n, const char *name)
{
    for (int i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0)
            return false;
    names[n] = name;
    return true;
}

/* Schemas that are missing. The archive's own entries for them cannot be told apart: its list puts blanks between names
 * that may hold blanks. */
static bool make_schemas(Restore *r, Err *err)
{
    const Manifest *m = r->manifest;
    const char **names = arena_alloc(&r->arena, sizeof *names * (size_t)(m->n_tables + m->n_objects + 1));
    int n = 0;
    Buf wanted = {0}, sql = {0};
    PgRows *rows = NULL;
    for (int i = 0; i < m->n_tables; i++)
        n += add_schema(names, n, m->tables[i].schema);
    for (int i = 0; i < m->n_objects; i++)
        if (m->objects[i].schema)
            n += add_schema(names, n, m->objects[i].schema);
    sql_array(&wanted, names, n);
    const char *params[] = {wanted.data};
    bool ok = pg_query(r->pg, sql_query("schemas_missing"), 1, params, &rows, err);
    for (int i = 0; ok && i < pg_count(rows); i++) {
        plan_make_schema(&sql, pg_get(rows, i, 0));
        ok = pg_run(r->pg, sql.data, 0, NULL, NULL, err);
        buf_clear(&sql);
    }
    pg_rows_free(rows);
    buf_free(&wanted);
    buf_free(&sql);
    return ok;
}

static bool choose_entries(Restore *r, FILE *out, Err *err)
{
    const char *arguments[] = {"pg_restore", "--list", r->path, NULL};
    Buf list = {0};
    bool ok = child_run(r->program, arguments, NULL, NULL, &list, err);
    if (ok)
        archive_choose(buf_view(&list).p, r->manifest, out);
    buf_free(&list);
    return ok && (fflush(out) == 0 || err_set(err, ERR_IO, "set TMPDIR to a folder with more free space",
                                              "cannot write a temporary file in %s: %s", file_temporary_folder(),
                                              strerror(errno)));
}

/* ---- lines of a script ---- */

static bool begins(const char *text, const char *word) { return strncmp(text, word, strlen(word)) == 0; }

/* What pg_restore says at a script's head: this transaction has limits and an encoding of its own, and nothing may
 * outlive it. True: the line is such a setting; what replaces it, if anything, goes to `out`. */
static bool is_setting(const char *line, Buf *out)
{
    static const char *const kept[] = {"check_function_bodies", "xmloption", "client_min_messages",
                                       "default_tablespace", "default_table_access_method"};
    static const char *const dropped[] = {
        "statement_timeout",   "lock_timeout",    "idle_in_transaction_session_timeout",
        "transaction_timeout", "client_encoding", "standard_conforming_strings",
        "row_security"};
    static const char path[] = "SELECT pg_catalog.set_config('search_path', '', false);";
    if (begins(line, "\\restrict ") || begins(line, "\\unrestrict "))
        return true;
    if (strcmp(line, path) == 0) {
        buf_str(out, "SET LOCAL search_path = '';\n");
        return true;
    }
    if (!begins(line, "SET "))
        return false;
    const char *name = line + 4;
    size_t n = strcspn(name, " ");
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        if (strlen(kept[i]) == n && memcmp(kept[i], name, n) == 0) {
            buf_printf(out, "SET LOCAL %s\n", name);
            return true;
        }
    for (size_t i = 0; i < sizeof dropped / sizeof dropped[0]; i++)
        if (strlen(dropped[i]) == n && memcmp(dropped[i], name, n) == 0)
            return true;
    return false;
}

typedef bool LineFn(Restore *r, const char *line, size_t n, Err *err);

/* pg_restore's script of one section, line by line (each with a NUL instead of its line feed). */
static bool each_line(Restore *r, const char *section, LineFn *each, Err *err)
{
    const char *arguments[] = {"pg_restore",
                               arena_printf(&r->arena, "--section=%s", section),
                               "--no-owner",
                               "--no-privileges",
                               "--no-tablespaces",
                               arena_printf(&r->arena, "--use-list=%s", r->list),
                               "--file=-",
                               r->path,
                               NULL};
    Child child;
    Buf lines = {0};
    char bytes[65536];
    size_t n = 0;
    if (!child_start(&child, r->program, arguments, NULL, err))
        return false;
    bool ok = true;
    do {
        ok = child_read(&child, bytes, sizeof bytes, &n, err);
        buf_add(&lines, bytes, ok ? n : 0);
        size_t start = 0;
        for (char *end; ok && (end = memchr(lines.data + start, '\n', lines.len - start));) {
            *end = '\0';
            ok = each(r, lines.data + start, (size_t)(end - lines.data) - start, err);
            start = (size_t)(end - lines.data) + 1;
        }
        if (start) {
            memmove(lines.data, lines.data + start, lines.len - start + 1);
            lines.len -= start;
        }
    } while (ok && n);
    buf_free(&lines);
    if (!ok)
        child_kill(&child);
    return ok && child_end(&child, err);
}

/* ---- the sections ---- */

static bool collect_line(Restore *r, const char *line, size_t n, Err *err)
{
    (void)err;
    if (!is_setting(line, &r->script)) {
        buf_add(&r->script, line, n);
        buf_char(&r->script, '\n');
    }
    return true;
}

static bool run_script(Restore *r, Err *err)
{
    bool ok = r->script.len == 0 || pg_script(r->pg, r->script.data, err);
    buf_clear(&r->script);
    return ok;
}

static bool run_section(Restore *r, const char *section, Err *err)
{
    return each_line(r, section, collect_line, err) && run_script(r, err);
}

/* Does a quoted name go on in the next line? A quote inside one is doubled. */
static bool name_is_open(const Buf *text)
{
    size_t quotes = 0;
    for (size_t i = 0; i < text->len; i++)
        quotes += text->data[i] == '"';
    return quotes % 2 == 1;
}

/* A COPY statement, line by line: *whole once it is there, in r->head. */
static void collect_head(Restore *r, const char *line, size_t n, bool *whole)
{
    if (r->head.len)
        buf_char(&r->head, '\n');
    buf_add(&r->head, line, n);
    *whole = !name_is_open(&r->head);
}

static bool start_copy(Restore *r, Err *err)
{
    static const char from[] = " FROM stdin;";
    size_t n = r->head.len;
    const char *statement = arena_strn(&r->arena, r->head.data, n);
    buf_clear(&r->head);
    if (n < sizeof from || strcmp(statement + n - (sizeof from - 1), from) != 0)
        return collect_line(r, statement, n, err);
    r->copying = true;
    r->copied = 0;
    return run_script(r, err) && interrupt_check(err) && pg_path_database(r->pg, err) && /* CHECKs call functions */
           pg_copy_in(r->pg, arena_strn(&r->arena, statement, n - 1), err);
}

static bool data_line(Restore *r, const char *line, size_t n, Err *err)
{
    if (r->copying && strcmp(line, "\\.") == 0) {
        r->copying = false;
        return pg_copy_done(r->pg, r->copied, err) && pg_path_pinned(r->pg, err);
    }
    if (r->copying) {
        r->copied++;
        return pg_copy_put(r->pg, line, n, err) && pg_copy_put(r->pg, "\n", 1, err);
    }
    if (!r->head.len && !begins(line, "COPY "))
        return collect_line(r, line, n, err);
    bool whole;
    collect_head(r, line, n, &whole);
    return !whole || start_copy(r, err);
}

static bool fill(Restore *r, Err *err) { return each_line(r, "data", data_line, err) && run_script(r, err); }

/* ---- the proof ---- */

static bool prove(Restore *r, Err *err)
{
    for (int i = 0; i < r->manifest->n_tables; i++) {
        const BackupTable *t = &r->manifest->tables[i];
        int64_t rows;
        const char *checksum;
        if (!table_measure(r->pg, t, &rows, &checksum, &r->arena, err))
            return false;
        if (rows != t->rows || strcmp(checksum, t->checksum) != 0)
            return err_set(err, ERR_DATABASE, "nothing was changed",
                           "%s.%s came back with %lld rows (checksum %s), the backup was made of %lld (%s)", t->schema,
                           t->name, (long long)rows, checksum, (long long)t->rows, t->checksum);
    }
    return true;
}

static bool lock(Pg *pg, const Base *base, Err *err)
{
    return pg_lock_or_busy(pg, base->name, 0, "a sync is running", "wait until it ends", err);
}

static bool other_bases(Pg *pg, const Base *base, Err *err)
{
    char *made = NULL, *others = NULL;
    bool ok = pg_trust(pg, base, NULL, 0, NULL, err) &&
              pg_value(pg, sql_query("migrations_exist"), 0, NULL, &made, err) &&
              (made[0] != 't' || pg_value(pg, sql_query("other_bases"), 1, &base->name, &others, err));
    if (ok && others && strcmp(others, "0") != 0)
        ok = err_set(err, ERR_REFUSED, "restore into a database of its own",
                     "%s holds other bases, too, whose bookkeeping a restore would replace", pg_describe(pg));
    free(made);
    free(others);
    return ok;
}

/* Everything between BEGIN and COMMIT. */
static bool replace(Restore *r, const Base *base, FILE *list, bool force, Err *err)
{
    return lock(r->pg, base, err) && other_bases(r->pg, base, err) && check_rows(r, force, err) && drop_all(r, err) &&
           make_schemas(r, err) && choose_entries(r, list, err) && run_section(r, "pre-data", err) && fill(r, err) &&
           run_section(r, "post-data", err) && prove(r, err) && interrupt_check(err);
}

bool backup_restore(Pg *pg, const Base *base, const char *path, const Manifest *manifest, bool force, Err *err)
{
    Restore r = {.pg = pg, .manifest = manifest, .path = path};
    char *name = arena_printf(&r.arena, "%s/artsync-restore.XXXXXX", file_temporary_folder());
    int major, fd = mkostemp(name, O_CLOEXEC);
    FILE *list = fd < 0 ? NULL : fdopen(fd, "w");
    r.list = name;
    if (!list)
        err_set(err, ERR_IO, "set TMPDIR to a writable folder with free space",
                "cannot make a temporary file in %s: %s", file_temporary_folder(), strerror(errno));
    progress_table("restore");
    progress_phase("writing");
    bool ok = list && child_find("pg_restore", manifest->pg_major, &r.arena, &r.program, &major, err) &&
              pg_begin(pg, PG_TX_WRITE, err) && replace(&r, base, list, force, err) &&
              pg_commit(pg, &(PgProof){.look = command_hint("once the database is back, see: {}", "stats")}, err);
    pg_rollback(pg);
    if (list)
        fclose(list);
    if (fd >= 0)
        unlink(name);
    buf_free(&r.script);
    buf_free(&r.head);
    arena_free(&r.arena);
    return ok;
}
