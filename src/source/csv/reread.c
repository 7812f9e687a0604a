/* Single records of a file that was read before, byte for byte: only as long as it is that file. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

struct CsvReread {
    char *path;
    struct stat read; /* the file when it was read */
    int fd;
};

static bool is_same(const CsvReread *again)
{
    struct stat now;
    return fstat(again->fd, &now) == 0 && csv_same_file(&again->read, &now);
}

CsvReread *csv_reread_open(const char *path, const CsvFile *file, Err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        err_set(err, ERR_IO, NULL, "%s: cannot be read again: %s", path, strerror(errno));
        return NULL;
    }
    CsvReread *again = mem_alloc(sizeof *again);
    *again = (CsvReread){.path = mem_dup(path), .read = file->info, .fd = fd};
    if (is_same(again))
        return again;
    csv_fail_changed(path, err);
    csv_reread_free(again);
    return NULL;
}

bool csv_reread_bytes(CsvReread *again, int64_t offset, size_t n, Buf *out, Err *err)
{
    buf_clear(out);
    buf_reserve(out, n);
    while (out->len < n) {
        ssize_t got = pread(again->fd, out->data + out->len, n - out->len, (off_t)offset + (off_t)out->len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_set(err, ERR_IO, NULL, "%s: cannot be read again: %s", again->path, strerror(errno));
        if (got == 0)
            return csv_fail_changed(again->path, err);
        out->len += (size_t)got;
    }
    out->data[n] = '\0';
    return true;
}

bool csv_reread_unchanged(const CsvReread *again, Err *err) { return is_same(again) || csv_fail_changed(again->path, err); }

void csv_reread_free(CsvReread *again)
{
    if (!again)
        return;
    close(again->fd);
    free(again->path);
    free(again);
}
