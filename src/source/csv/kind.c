/* kind.c - a CSV file as a source of records. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "artsync/source.h"
#include "internal.h"

/* What csv_same_file compares, as the numbers of a mark. */
_Static_assert(sizeof(CsvMark) <= sizeof(SourceMark), "a mark of a CSV file fits");

static const char *label(const char *location) { return csv_is_stdin(location) ? "stdin" : NULL; }

static bool size(const Source *source, int64_t *bytes, Err *err)
{
    struct stat info;
    int fd = csv_open(source);
    bool ok = fd >= 0 && fstat(fd, &info) == 0;
    if (!ok)
        err_set(err, ERR_IO, NULL, "%s: %s", source->label, strerror(errno));
    else
        *bytes = (int64_t)info.st_size;
    if (fd >= 0)
        close(fd);
    return ok;
}

static int64_t reached(SourceLocator locator) { return locator.start + locator.length; }

static bool read_file(Source *source, RawSink *sink, void *ctx, char hash[SHA256_HEX], Err *err)
{
    CsvFile file;
    if (!csv_read(source, sink, ctx, &file, err))
        return false;
    memcpy(hash, file.sha256, sizeof file.sha256);
    memcpy(&source->mark, &file.mark, sizeof file.mark);
    return true;
}

static void *reread_begin(const Source *source, Err *err)
{
    CsvMark own;
    memcpy(&own, &source->mark, sizeof own);
    return csv_reread_open(source, &own, err);
}

static bool reread(void *own, SourceLocator locator, Buf *bytes, Err *err)
{
    return csv_reread_record(own, locator, bytes, err);
}

static bool reread_end(const void *own, Err *err) { return csv_reread_unchanged(own, err); }

static void reread_free(void *own) { csv_reread_free(own); }

const SourceKind csv_source = {
    .name = "csv",
    .label = label,
    .find = csv_find,
    .check = csv_check,
    .fingerprint = csv_hash,
    .size = size,
    .reached = reached,
    .read = read_file,
    .reread_begin = reread_begin,
    .reread = reread,
    .reread_end = reread_end,
    .reread_free = reread_free,
    .parse = csv_read_bytes,
};
