/* Single records of a file that was read before, byte for byte: only as long as it is that file. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

struct CsvReread {
    char *path;
    CsvMark read; /* the file when it was read */
    int fd;
};

static bool is_same(const CsvReread *reread)
{
    struct stat now;
    return fstat(reread->fd, &now) == 0 && csv_same_mark(reread->read, csv_mark(&now));
}

CsvReread *csv_reread_open(const char *path, const CsvMark *mark, Err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        err_set(err, ERR_IO, NULL, "%s: cannot be read again: %s", path, strerror(errno));
        return NULL;
    }
    CsvReread *reread = mem_alloc(sizeof *reread);
    *reread = (CsvReread){.path = mem_dup(path), .read = *mark, .fd = fd};
    if (is_same(reread))
        return reread;
    csv_fail_changed(path, err);
    csv_reread_free(reread);
    return NULL;
}

bool csv_reread_bytes(CsvReread *reread, int64_t offset, size_t n, Buf *out, Err *err)
{
    buf_clear(out);
    buf_reserve(out, n);
    while (out->len < n) {
        ssize_t got = pread(reread->fd, out->data + out->len, n - out->len, (off_t)offset + (off_t)out->len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_set(err, ERR_IO, NULL, "%s: cannot be read again: %s", reread->path, strerror(errno));
        if (got == 0)
            return csv_fail_changed(reread->path, err);
        out->len += (size_t)got;
    }
    out->data[n] = '\0';
    return true;
}

bool csv_reread_unchanged(const CsvReread *reread, Err *err)
{
    return is_same(reread) || csv_fail_changed(reread->path, err);
}

void csv_reread_free(CsvReread *reread)
{
    if (!reread)
        return;
    close(reread->fd);
    free(reread->path);
    free(reread);
}
