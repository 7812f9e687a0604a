#include "manifest.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "artsync/interrupt.h"
#include "plan_backup.h"

static const char footer[] = "\nartsync-backup ";
enum { FOOTER_DIGITS = 12, FOOTER_SIZE = sizeof footer - 1 + FOOTER_DIGITS + 1, MANIFEST_MAX = 16 * 1024 * 1024 };

const char *table_sql_name(const BackupTable *table, Arena *arena)
{
    Buf name = {0};
    sql_name(&name, table->schema, table->name);
    const char *copy = arena_str(arena, name.data);
    buf_free(&name);
    return copy;
}

bool table_measure(Pg *pg, const BackupTable *table, int64_t *rows, const char **checksum, Arena *arena, Err *err)
{
    Buf sql = {0};
    PgRows *found = NULL;
    plan_measure(&sql, table->schema, table->name);
    bool ok = interrupt_check(err) && pg_row(pg, sql.data, 0, NULL, &found, err);
    if (ok) {
        *rows = pg_int(found, 0, 0);
        *checksum = arena_str(arena, pg_get(found, 0, 1));
    }
    pg_rows_free(found);
    buf_free(&sql);
    return ok || err_context(err, "%s.%s", table->schema, table->name);
}

/* ---- writing ---- */

static cJSON *table_json(const BackupTable *table)
{
    cJSON *item = cJSON_CreateObject();
    cJSON_AddStringToObject(item, "schema", table->schema);
    cJSON_AddStringToObject(item, "table", table->name);
    cJSON_AddNumberToObject(item, "rows", (double)table->rows);
    cJSON_AddStringToObject(item, "checksum", table->checksum);
    cJSON_AddBoolToObject(item, "business", table->business);
    return item;
}

static cJSON *object_json(const BackupObject *object)
{
    cJSON *item = cJSON_CreateObject();
    cJSON_AddStringToObject(item, "kind", object->kind);
    cJSON_AddStringToObject(item, "name", object->name);
    if (object->schema)
        cJSON_AddStringToObject(item, "schema", object->schema);
    cJSON_AddNumberToObject(item, "oid", (double)object->oid);
    return item;
}

void manifest_append(const Manifest *m, FILE *out)
{
    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "base", m->base);
    cJSON_AddStringToObject(root, "database", m->database);
    cJSON_AddStringToObject(root, "at", m->at);
    cJSON_AddNumberToObject(root, "pg_major", m->pg_major);
    cJSON_AddStringToObject(root, "sha256", m->sha256);
    cJSON_AddNumberToObject(root, "bytes", (double)m->bytes);
    cJSON *tables = cJSON_AddArrayToObject(root, "tables"), *objects = cJSON_AddArrayToObject(root, "objects");
    for (int i = 0; i < m->n_tables; i++)
        cJSON_AddItemToArray(tables, table_json(&m->tables[i]));
    for (int i = 0; i < m->n_objects; i++)
        cJSON_AddItemToArray(objects, object_json(&m->objects[i]));
    char *text = cJSON_PrintUnformatted(root);
    fprintf(out, "%s%s%0*zu\n", text, footer, FOOTER_DIGITS, strlen(text));
    cJSON_free(text);
    cJSON_Delete(root);
}

/* ---- reading ---- */

static bool unreadable(const char *path, const char *why, Err *err)
{
    return err_set(err, ERR_REFUSED, "artsync restores what artsync backup wrote; for other archives use pg_restore",
                   "%s %s", path, why);
}

static const char *text_of(const cJSON *item, const char *key, Arena *arena)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, key));
    return text ? arena_str(arena, text) : NULL;
}

static int64_t number_of(const cJSON *item, const char *key)
{
    const cJSON *number = cJSON_GetObjectItemCaseSensitive(item, key);
    return cJSON_IsNumber(number) ? (int64_t)number->valuedouble : -1;
}

static bool read_tables(const cJSON *list, Manifest *out)
{
    const cJSON *item;
    out->tables = arena_alloc(&out->arena, sizeof *out->tables * (size_t)(cJSON_GetArraySize(list) + 1));
    cJSON_ArrayForEach(item, list)
    {
        BackupTable *t = &out->tables[out->n_tables++];
        *t = (BackupTable){.schema = text_of(item, "schema", &out->arena),
                           .name = text_of(item, "table", &out->arena),
                           .rows = number_of(item, "rows"),
                           .checksum = text_of(item, "checksum", &out->arena),
                           .business = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(item, "business"))};
        if (!t->schema || !t->name || !t->checksum || t->rows < 0)
            return false;
    }
    return out->n_tables > 0;
}

static bool read_objects(const cJSON *list, Manifest *out)
{
    const cJSON *item;
    out->objects = arena_alloc(&out->arena, sizeof *out->objects * (size_t)(cJSON_GetArraySize(list) + 1));
    cJSON_ArrayForEach(item, list)
    {
        BackupObject *o = &out->objects[out->n_objects++];
        *o = (BackupObject){.kind = text_of(item, "kind", &out->arena),
                            .name = text_of(item, "name", &out->arena),
                            .schema = text_of(item, "schema", &out->arena),
                            .oid = number_of(item, "oid")};
        if (!o->kind || !o->name || o->oid < 0)
            return false;
    }
    return true;
}

static bool parse(const char *text, size_t size, Manifest *out)
{
    cJSON *root = cJSON_ParseWithLength(text, size);
    out->base = text_of(root, "base", &out->arena);
    out->database = text_of(root, "database", &out->arena);
    out->at = text_of(root, "at", &out->arena);
    out->pg_major = (int)number_of(root, "pg_major");
    out->bytes = number_of(root, "bytes");
    const char *sha256 = text_of(root, "sha256", &out->arena);
    snprintf(out->sha256, sizeof out->sha256, "%s", sha256 ? sha256 : "");
    bool ok = out->base && out->database && out->at && out->pg_major > 0 && out->bytes > 0 && sha256 &&
              read_tables(cJSON_GetObjectItemCaseSensitive(root, "tables"), out) &&
              read_objects(cJSON_GetObjectItemCaseSensitive(root, "objects"), out);
    cJSON_Delete(root);
    return ok;
}

/* From the end of a file; ERR_REFUSED: there is none. Does not look at the archive. */
static bool manifest_read(FILE *in, const char *path, Manifest *out, Err *err)
{
    char end[FOOTER_SIZE + 1] = "", *stop;
    *out = (Manifest){0};
    if (fseeko(in, -(off_t)FOOTER_SIZE, SEEK_END) != 0 || fread(end, 1, FOOTER_SIZE, in) != FOOTER_SIZE ||
        memcmp(end, footer, sizeof footer - 1) != 0)
        return unreadable(path, "is not a backup of artsync, or its end is missing", err);
    long long n = strtoll(end + sizeof footer - 1, &stop, 10);
    if (*stop != '\n' || n <= 0 || n > MANIFEST_MAX || fseeko(in, -(off_t)(FOOTER_SIZE + n), SEEK_END) != 0)
        return unreadable(path, "has a damaged end", err);
    off_t at = ftello(in);
    char *text = mem_alloc((size_t)n + 1);
    bool ok = fread(text, 1, (size_t)n, in) == (size_t)n && parse(text, (size_t)n, out) && out->bytes == (int64_t)at;
    free(text);
    return ok || unreadable(path, "is damaged: its own description is inconsistent", err);
}

bool archive_hash(FILE *in, int64_t bytes, char hex[SHA256_HEX], const char *path, Err *err)
{
    static char chunk[65536];
    Sha256 *hash = sha256_new();
    rewind(in);
    while (bytes > 0 && interrupt_check(err)) {
        size_t want = bytes < (int64_t)sizeof chunk ? (size_t)bytes : sizeof chunk, got = fread(chunk, 1, want, in);
        if (got == 0)
            break;
        sha256_add(hash, chunk, got);
        bytes -= (int64_t)got;
    }
    sha256_end(hash, hex);
    if (bytes > 0 && err->code == ERR_NONE)
        err_set(err, ERR_IO, NULL, "cannot read %s: %s", path, ferror(in) ? strerror(errno) : "it ends too early");
    return err->code == ERR_NONE;
}

/* A backup is read at its end first, so it is a regular file; opening a FIFO would wait for a writer. */
static FILE *open_backup(const char *path, Err *err)
{
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        err_set(err, errno == ENOENT || errno == ENOTDIR ? ERR_MISSING : ERR_IO, NULL, "cannot open %s: %s", path,
                strerror(errno));
        return NULL;
    }
    bool regular = fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
    FILE *in = regular ? fdopen(fd, "rb") : NULL;
    if (!regular)
        err_set(err, ERR_REFUSED, "save it to a file first", "%s is not a regular file", path);
    else if (!in)
        err_set(err, ERR_IO, NULL, "cannot open %s: %s", path, strerror(errno));
    if (!in)
        close(fd);
    return in;
}

bool backup_peek(const char *path, Manifest *out, Err *err)
{
    *out = (Manifest){0};
    FILE *in = open_backup(path, err);
    bool ok = in && manifest_read(in, path, out, err);
    if (in)
        fclose(in);
    return ok;
}

bool backup_open(const char *path, Manifest *out, Err *err)
{
    char hex[SHA256_HEX];
    *out = (Manifest){0};
    FILE *in = open_backup(path, err);
    if (!in)
        return false;
    bool ok = manifest_read(in, path, out, err) && archive_hash(in, out->bytes, hex, path, err);
    if (ok && strcmp(hex, out->sha256) != 0)
        ok = unreadable(path, "is damaged: its checksum differs", err);
    fclose(in);
    return ok;
}

void manifest_free(Manifest *manifest)
{
    arena_free(&manifest->arena);
    *manifest = (Manifest){0};
}
