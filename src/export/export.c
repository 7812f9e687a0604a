#include "artsync/export.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "artsync/csv_writer.h"
#include "artsync/file.h"
#include "artsync/interrupt.h"
#include "artsync/progress.h"
#include "artsync/source.h"
#include "plan_export.h"
#include "shape.h"

/* ---- one file ---- */

typedef struct Writing {
    const Base *base;
    const ExportLayout *layout;
    CsvWriter *writer;
    AtomicFile *file;
    Buf scratch;
    int64_t rows;
} Writing;

/* What names the row in a message: its record id, or else the first cell. */
static const char *row_name(const ExportLayout *layout, const char *const *cells)
{
    const char *name = cells[0];
    for (int i = 0; i < layout->n; i++)
        if (layout->cells[i].kind == EXPORT_ID)
            name = cells[i];
    return name ? name : "";
}

static bool write_row(void *ctx, const char *const *cells, int n, Err *err)
{
    Writing *w = ctx;
    for (int i = 0; i < n; i++) {
        const ExportCell *cell = &w->layout->cells[i];
        const char *text = cell->kind == EXPORT_VALUE
                               ? shape_cell(cell->column, w->base->date_order, cells[i], &w->scratch)
                           : cell->kind == EXPORT_LINK ? shape_link(cells[i], &w->scratch)
                                                     : cells[i];
        csv_write_cell(w->writer, text);
    }
    if (!csv_write_end(w->writer, err))
        return err_context(err, "record %s", row_name(w->layout, cells));
    w->rows++;
    return atomic_file_ok(w->file, err); /* a full disk is noticed now, not after a million rows */
}

static bool write_table(Pg *pg, const Base *base, ExportTable *table, AtomicFile *file, bool include_inactive, Err *err)
{
    progress_table(table->table->name);
    progress_phase("writing");
    Arena arena = {0};
    Buf sql = {0};
    ExportLayout layout = export_layout(table->table, &arena);
    Writing w = {.base = base, .layout = &layout, .file = file};
    w.writer = csv_writer_new(atomic_file_stream(file), &table->table->csv, err);
    for (int i = 0; w.writer && i < layout.n; i++)
        csv_write_cell(w.writer, layout.cells[i].header);
    plan_export(&sql, table->table, &layout, include_inactive);
    bool ok = w.writer && (csv_write_end(w.writer, err) || err_context(err, "the header")) &&
              pg_each(pg, sql.data, 0, NULL, write_row, &w, err);
    table->rows = w.rows;
    csv_writer_free(w.writer);
    buf_free(&w.scratch);
    buf_free(&sql);
    arena_free(&arena);
    return ok || err_context(err, "%s", table->table->name);
}

/* ---- all files or none ---- */

typedef struct Target {
    AtomicFile *file; /* NULL: committed */
    bool new_name;    /* nothing was there before */
} Target;

static bool open_all(const ExportResult *result, Target *targets, bool replace, Err *err)
{
    for (int i = 0; i < result->n; i++) {
        targets[i].new_name = access(result->tables[i].path, F_OK) != 0;
        if (!atomic_file_begin(&targets[i].file, result->tables[i].path, 0666, replace, err))
            return false;
    }
    return true;
}

/* First all bytes of all files are on the disk, then all get their names: a full disk replaces no file. Should a name
 * fail, those that took no other file's place are removed again. */
static bool commit_all(const ExportResult *result, Target *targets, Err *err)
{
    for (int i = 0; i < result->n; i++)
        if (!interrupt_check(err) || !atomic_file_flush(targets[i].file, err))
            return false;
    if (!interrupt_check(err))
        return false;
    interrupt_hold(); /* from the first name on "nothing was changed" would not be true */
    for (int i = 0; i < result->n; i++) {
        AtomicFile *file = targets[i].file;
        targets[i].file = NULL;
        if (atomic_file_commit(file, err))
            continue;
        for (int k = 0; k < i; k++)
            if (targets[k].new_name)
                unlink(result->tables[k].path);
        return false;
    }
    return true;
}

static bool make_folder(const char *dir, bool *made, Err *err)
{
    struct stat st;
    *made = mkdir(dir, 0777) == 0;
    if (*made)
        return true;
    int why = errno;
    if (stat(dir, &st) == 0 && S_ISDIR(st.st_mode))
        return true;
    if (why == EEXIST && stat(dir, &st) == 0)
        return err_set(err, ERR_IO, "--dir names a folder: choose another name", "%s already exists and is no folder",
                       dir);
    if (why == EEXIST)
        return err_set(err, ERR_IO, "remove the link, or make the folder that it points to", "%s is a link to nothing",
                       dir);
    if (why == ENOTDIR)
        return err_set(err, ERR_IO, "--dir names a folder below a folder",
                       "cannot make the folder %s: a part of its path is a file", dir);
    return err_set(err, ERR_IO, "the folder above it must exist and be writable", "cannot make the folder %s: %s", dir,
                   strerror(why));
}

static bool is_wanted(const StringList *names, const char *table)
{
    for (int i = 0; i < names->n; i++)
        if (strcmp(names->items[i], table) == 0)
            return true;
    return names->n == 0;
}

static void choose_tables(ExportResult *result, const Base *base, const ExportOptions *options)
{
    result->tables = arena_alloc(&result->arena, sizeof *result->tables * (size_t)(base->n_tables + 1));
    for (int i = 0; i < base->n_tables; i++) {
        const Table *table = &base->tables[i];
        if (is_wanted(&options->tables, table->name))
            result->tables[result->n++] =
                (ExportTable){.table = table, .path = arena_printf(&result->arena, "%s/%s", options->dir, table->file)};
    }
}

/* As a sync will see what was written. */
static bool fingerprint(ExportTable *table, Err *err)
{
    Source source = source_at(table->table, table->path);
    bool ok = source_fingerprint(&source, err);
    memcpy(table->sha256, source.fingerprint, sizeof table->sha256);
    return ok;
}

bool export_run(Pg *pg, const Base *base, const ExportOptions *options, ExportResult *result, Err *err)
{
    bool made = false;
    *result = (ExportResult){0};
    choose_tables(result, base, options);
    Target *targets = arena_alloc(&result->arena, sizeof *targets * (size_t)(result->n + 1));
    bool ok = pg_zones(pg, base, err) && make_folder(options->dir, &made, err) &&
              open_all(result, targets, options->replace, err);
    for (int i = 0; ok && i < result->n; i++)
        ok = write_table(pg, base, &result->tables[i], targets[i].file, options->include_inactive, err);
    ok = ok && commit_all(result, targets, err);
    for (int i = 0; i < result->n; i++)
        atomic_file_abort(targets[i].file);
    if (!ok && made)
        rmdir(options->dir);
    for (int i = 0; ok && i < result->n; i++)
        ok = fingerprint(&result->tables[i], err);
    return ok;
}

void export_result_free(ExportResult *result)
{
    arena_free(&result->arena);
    *result = (ExportResult){0};
}
