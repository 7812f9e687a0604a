/* Standard input: kept in a file of its own, since a source is read more than once. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "artsync/file.h"
#include "artsync/interrupt.h"
#include "internal.h"

bool csv_is_stdin(const char *location) { return strcmp(location, CSV_STDIN) == 0; }

static ssize_t read_some(char *to, size_t space, Err *err)
{
    for (;;) {
        struct pollfd waits[] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = interrupt_fd(), .events = POLLIN}};
        if (!interrupt_check(err))
            return -1;
        if (poll(waits, 2, -1) < 0 && errno != EINTR)
            break;
        if (!waits[0].revents)
            continue;
        ssize_t n = read(STDIN_FILENO, to, space);
        if (n >= 0)
            return n;
        if (errno != EINTR && errno != EAGAIN)
            break;
    }
    err_set(err, ERR_IO, NULL, "cannot read standard input: %s", strerror(errno));
    return -1;
}

static bool copy(FILE *file, Err *err)
{
    char *chunk = mem_grow(NULL, CSV_CHUNK, 1);
    ssize_t n;
    while ((n = read_some(chunk, CSV_CHUNK, err)) > 0)
        if (fwrite(chunk, 1, (size_t)n, file) != (size_t)n)
            break;
    free(chunk);
    if (n > 0 || (n == 0 && fflush(file) != 0))
        err_set(err, ERR_IO, "set TMPDIR to a folder with more free space", "cannot keep standard input in %s: %s",
                file_temporary_folder(), strerror(errno));
    return err->code == ERR_NONE;
}

int csv_stdin(Err *err)
{
    static FILE *kept; /* until the process ends: it has no name any more */
    if (kept)
        return fileno(kept);
    FILE *file = file_temporary(err);
    if (!file)
        return -1;
    if (copy(file, err)) {
        kept = file;
        return fileno(kept);
    }
    fclose(file);
    return -1;
}
