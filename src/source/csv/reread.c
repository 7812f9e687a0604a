/* Single records of a file that was read before, byte for byte: only as long as it is that file. Of a file in
 * another encoding than UTF-8 they are taken from a private copy, which is made once: where a record begins in the
 * file is not known. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "artsync/file.h"
#include "internal.h"

struct CsvReread {
    char *label;
    CsvMark read; /* the file when it was read */
    int fd;
    FILE *text; /* the copy; NULL: the file itself */
};

static bool is_same(const CsvReread *reread)
{
    struct stat now;
    return fstat(reread->fd, &now) == 0 && csv_same_mark(reread->read, csv_mark(&now));
}

static bool make_copy(CsvReread *reread, const Source *source, Err *err)
{
    if (!csv_is_decoded(source))
        return true;
    reread->text = file_temporary(err);
    return reread->text && csv_decode_file(source, reread->text, err) &&
           (is_same(reread) || csv_fail_changed(reread->label, 0, err));
}

CsvReread *csv_reread_open(const Source *source, const CsvMark *mark, Err *err)
{
    int fd = csv_open(source);
    if (fd < 0) {
        err_set(err, ERR_IO, NULL, "%s: cannot be read again: %s", source->label, strerror(errno));
        return NULL;
    }
    CsvReread *reread = mem_alloc(sizeof *reread);
    *reread = (CsvReread){.label = mem_dup(source->label), .read = *mark, .fd = fd};
    if ((is_same(reread) || csv_fail_changed(source->label, 0, err)) && make_copy(reread, source, err))
        return reread;
    csv_reread_free(reread);
    return NULL;
}

static bool read_bytes(CsvReread *reread, int64_t offset, size_t n, Buf *out, Err *err)
{
    int fd = reread->text ? fileno(reread->text) : reread->fd;
    size_t end = out->len + n;
    buf_reserve(out, n + 1);
    while (out->len < end) {
        ssize_t got = pread(fd, out->data + out->len, end - out->len, (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_set(err, ERR_IO, NULL, "%s: cannot be read again: %s", reread->label, strerror(errno));
        if (got == 0)
            return csv_fail_changed(reread->label, 0, err);
        out->len += (size_t)got;
        offset += got;
    }
    out->data[end] = '\0';
    return true;
}

bool csv_reread_record(CsvReread *reread, SourceLocator locator, Buf *out, Err *err)
{
    buf_clear(out);
    if (locator.start < 0) {
        buf_printf(out, "sep=%c\n", (char)(-locator.start % 256)); /* CSV_NEEDS_SEP */
        locator.start = -locator.start / 256;
    }
    return read_bytes(reread, locator.start, (size_t)locator.length, out, err);
}

bool csv_reread_unchanged(const CsvReread *reread, Err *err)
{
    return is_same(reread) || csv_fail_changed(reread->label, 0, err);
}

void csv_reread_free(CsvReread *reread)
{
    if (!reread)
        return;
    close(reread->fd);
    if (reread->text)
        fclose(reread->text);
    free(reread->label);
    free(reread);
}
