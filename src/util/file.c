#include "artsync/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct AtomicFile {
    FILE *stream;
    char *path;
    char *folder;
    char *temporary;
    mode_t mode;
    bool replace;
};

static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return mem_dup(".");
    size_t n = slash == path ? 1 : (size_t)(slash - path);
    char *folder = mem_alloc(n + 1);
    memcpy(folder, path, n);
    return folder;
}

static const char *base_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void free_file(AtomicFile *file)
{
    free(file->path);
    free(file->folder);
    free(file->temporary);
    free(file);
}

static bool already_there(const char *path, Err *err)
{
    return err_set(err, ERR_REFUSED, "choose another name, or say --force to replace it", "%s is there already", path);
}

bool atomic_file_begin(AtomicFile **out, const char *path, mode_t mode, bool replace, Err *err)
{
    struct stat there;
    *out = NULL;
    if (lstat(path, &there) == 0) {
        if (S_ISDIR(there.st_mode))
            return err_set(err, ERR_REFUSED, "give the name of a file", "%s is a folder", path);
        if (!replace)
            return already_there(path, err);
    }
    AtomicFile *file = mem_alloc(sizeof *file);
    mode_t mask = umask(0); /* there is no other way to ask */
    umask(mask);
    mode &= ~mask;
    *file = (AtomicFile){.path = mem_dup(path), .folder = folder_of(path), .mode = mode, .replace = replace};
    Buf name = {0};
    buf_printf(&name, "%s/.%.200s.XXXXXX", file->folder, base_of(path)); /* 200: names end at 255 bytes */
    file->temporary = name.data;
    int fd = mkostemp(file->temporary, O_CLOEXEC); /* O_EXCL and 0600 */
    file->stream = fd < 0 ? NULL : fdopen(fd, "w");
    if (!file->stream) {
        err_set(err, ERR_IO, "the folder must exist and be writable", "cannot write in %s: %s", file->folder,
                strerror(errno));
        if (fd >= 0) {
            close(fd);
            unlink(file->temporary);
        }
        free_file(file);
        return false;
    }
    *out = file;
    return true;
}

FILE *atomic_file_stream(AtomicFile *file) { return file->stream; }

const char *atomic_file_name(const AtomicFile *file) { return file->temporary; }

/* All bytes on the disk, with the final mode. A full disk shows here, at the latest. */
static bool flush_stream(AtomicFile *file, Err *err)
{
    bool ok = !ferror(file->stream) && fflush(file->stream) == 0 && fchmod(fileno(file->stream), file->mode) == 0 &&
              fsync(fileno(file->stream)) == 0;
    int why = errno;
    ok = fclose(file->stream) == 0 && ok;
    file->stream = NULL;
    if (!ok)
        return err_set(err, ERR_IO, why == ENOSPC ? "make room on the disk and try again" : NULL, "cannot write %s: %s",
                       file->path, why ? strerror(why) : "the stream failed");
    return true;
}

/* Give the temporary file its name. Without `replace`, link() lets nobody's file be overwritten, even one that came
 * since atomic_file_begin looked; rename() is left for file systems that know no links. */
static bool give_name(AtomicFile *file, Err *err)
{
    if (!file->replace) {
        if (link(file->temporary, file->path) == 0) {
            unlink(file->temporary);
            return true;
        }
        struct stat there;
        if (errno == EEXIST || lstat(file->path, &there) == 0)
            return already_there(file->path, err);
    }
    if (rename(file->temporary, file->path) != 0)
        return err_set(err, ERR_IO, NULL, "cannot name %s: %s", file->path, strerror(errno));
    return true;
}

static bool sync_folder(const AtomicFile *file, Err *err)
{
    int fd = open(file->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && (fsync(fd) == 0 || errno == EINVAL); /* EINVAL: a file system that cannot and need not */
    if (!ok)
        err_set(err, ERR_IO, NULL, "cannot flush the folder %s: %s", file->folder, strerror(errno));
    if (fd >= 0)
        close(fd);
    return ok;
}

bool atomic_file_commit(AtomicFile *file, Err *err)
{
    errno = 0;
    if (!flush_stream(file, err) || !give_name(file, err)) {
        unlink(file->temporary);
        free_file(file);
        return false;
    }
    bool ok = sync_folder(file, err);
    free_file(file);
    return ok;
}

void atomic_file_abort(AtomicFile *file)
{
    if (!file)
        return;
    fclose(file->stream); /* nobody wants these bytes: its verdict does not matter */
    unlink(file->temporary);
    free_file(file);
}

/* ---- reading ---- */

/* Not blocking, so that a FIFO nobody writes to reads as empty instead of hanging; /dev/null and a shell's <(...) work.
 */
static int open_text(const char *path, Err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat info;
    if (fd < 0) {
        err_set(err, errno == ENOENT || errno == ENOTDIR ? ERR_MISSING : ERR_IO, NULL, "cannot open %s: %s", path,
                strerror(errno));
        return -1;
    }
    if (fstat(fd, &info) != 0 || S_ISDIR(info.st_mode) ||
        (S_ISFIFO(info.st_mode) && fcntl(fd, F_SETFL, O_RDONLY) != 0)) {
        err_set(err, ERR_IO, NULL, "cannot read %s: %s", path,
                S_ISDIR(info.st_mode) ? "it is a folder" : strerror(errno));
        close(fd);
        return -1;
    }
    return fd;
}

bool file_read(const char *path, size_t max, Buf *out, Err *err)
{
    int fd = open_text(path, err);
    if (fd < 0)
        return false;
    size_t room = max + 1; /* one byte more tells "too big" from "just fits" */
    buf_reserve(out, 0);
    while (room) {
        size_t want = room < 65536 ? room : 65536;
        buf_reserve(out, want);
        ssize_t n = read(fd, out->data + out->len, want);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            err_set(err, ERR_IO, NULL, "cannot read %s: %s", path, strerror(errno));
        if (n <= 0)
            break;
        out->len += (size_t)n;
        out->data[out->len] = '\0';
        room -= (size_t)n;
    }
    close(fd);
    if (!room)
        err_set(err, ERR_LIMIT, NULL, "%s is larger than %zu bytes", path, max);
    return err->code == ERR_NONE;
}
