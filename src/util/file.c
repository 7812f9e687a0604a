#include "artsync/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct AtomicFile {
    FILE *stream; /* NULL: flushed and closed */
    char *path;
    char *folder;
    char *temporary;
    mode_t mode;
    bool replace;
    AtomicFile *next, *previous; /* of all that are being written */
};

static AtomicFile *living;

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

/* The program ends because memory ran out. */
static void remove_all(void)
{
    for (const AtomicFile *file = living; file; file = file->next)
        unlink(file->temporary);
}

static void free_file(AtomicFile *file)
{
    if (file->previous)
        file->previous->next = file->next;
    else if (living == file)
        living = file->next;
    if (file->next)
        file->next->previous = file->previous;
    free(file->path);
    free(file->folder);
    free(file->temporary);
    free(file);
}

static bool already_there(const char *path, Err *err)
{
    return err_set(err, ERR_REFUSED, "choose another name, or give --force to replace it", "%s already exists", path);
}

static const char *kind_of(mode_t mode)
{
    return S_ISDIR(mode) ? "folder" : S_ISFIFO(mode) ? "FIFO" : S_ISSOCK(mode) ? "socket" : "device";
}

/* /dev/stdout and its kind: what they lead to depends on who looks. */
static bool leads_to_process(const char *link)
{
    static const char proc[] = "/proc/";
    char target[sizeof proc];
    return readlink(link, target, sizeof proc - 1) == sizeof proc - 1 && memcmp(target, proc, sizeof proc - 1) == 0;
}

/* Only a regular file, or a link to one or to nothing, may be replaced: a device, FIFO or socket that became a file
 * would break its users. */
static bool check_target(const char *path, bool replace, Err *err)
{
    static const char hint[] = "give the name of a file that is new or a regular file";
    struct stat there;
    if (!*path)
        return err_set(err, ERR_USAGE, "give the name of a file", "the file name is empty");
    if (lstat(path, &there) != 0)
        return true;
    if (S_ISLNK(there.st_mode)) {
        if (leads_to_process(path))
            return err_set(err, ERR_REFUSED, hint, "%s is a link to an open file of the process", path);
        if (stat(path, &there) == 0 && !S_ISREG(there.st_mode))
            return err_set(err, ERR_REFUSED, hint, "%s is a link to a %s", path, kind_of(there.st_mode));
    } else if (!S_ISREG(there.st_mode)) {
        return err_set(err, ERR_REFUSED, S_ISDIR(there.st_mode) ? "give the name of a file" : hint, "%s is a %s", path,
                       kind_of(there.st_mode));
    }
    return replace || already_there(path, err);
}

bool atomic_file_begin(AtomicFile **out, const char *path, mode_t mode, bool replace, Err *err)
{
    *out = NULL;
    if (!check_target(path, replace, err))
        return false;
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
    file->next = living;
    if (living)
        living->previous = file;
    living = file;
    mem_before_end(remove_all);
    *out = file;
    return true;
}

FILE *atomic_file_stream(AtomicFile *file) { return file->stream; }

const char *atomic_file_name(const AtomicFile *file) { return file->temporary; }

static const char *hint_for(int why)
{
    switch (why) {
    case ENOSPC:
        return "free space on the disk and run it again";
    case EDQUOT:
        return "the disk quota is used up: free space and run it again";
    case EFBIG:
        return "the limit of file sizes is too low: see ulimit -f";
    default:
        return NULL;
    }
}

static bool write_error(const AtomicFile *file, int why, Err *err)
{
    return err_set(err, ERR_IO, why ? hint_for(why) : "see whether the disk is full", "cannot write %s: %s", file->path,
                   why ? strerror(why) : "only a part of it was written");
}

/* Why an earlier write failed: its errno is long gone, and stdio has dropped the bytes. The file is lost anyway, so
 * more bytes are written until it happens again. 0: it does not. */
static int reason_of_failure(const AtomicFile *file)
{
    static const char bytes[65536];
    for (int i = 0; i < 16; i++)
        if (write(fileno(file->stream), bytes, sizeof bytes) < 0)
            return errno;
    return 0;
}

bool atomic_file_ok(AtomicFile *file, Err *err)
{
    return !ferror(file->stream) || write_error(file, reason_of_failure(file), err);
}

/* All bytes on the disk, with the final mode. A full disk shows here, at the latest. */
bool atomic_file_flush(AtomicFile *file, Err *err)
{
    if (!file->stream)
        return true;
    if (!atomic_file_ok(file, err))
        return false;
    if (fflush(file->stream) != 0)
        return write_error(file, errno, err);
    bool ok = fchmod(fileno(file->stream), file->mode) == 0 && fsync(fileno(file->stream)) == 0;
    int why = errno;
    if (fclose(file->stream) != 0 && ok) {
        why = errno;
        ok = false;
    }
    file->stream = NULL;
    return ok || write_error(file, why, err);
}

/* Give the temporary file its name. Without `replace`, link() never overwrites a file, even one that came
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
    if (!check_target(file->path, true, err)) /* it may have come since */
        return false;
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
    bool ok = atomic_file_flush(file, err) && give_name(file, err);
    if (!ok) {
        atomic_file_abort(file);
        return false;
    }
    ok = sync_folder(file, err);
    free_file(file);
    return ok;
}

void atomic_file_abort(AtomicFile *file)
{
    if (!file)
        return;
    if (file->stream)
        fclose(file->stream); /* these bytes are dropped: whether they could be written does not matter */
    unlink(file->temporary);
    free_file(file);
}

/* ---- temporary files ---- */

const char *file_temporary_folder(void)
{
    const char *folder = getenv("TMPDIR");
    return folder && *folder ? folder : "/tmp";
}

FILE *file_temporary(Err *err)
{
    Buf name = {0};
    buf_printf(&name, "%s/artsync.XXXXXX", file_temporary_folder());
    int fd = mkostemp(name.data, O_CLOEXEC);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w+");
    if (!file)
        err_set(err, ERR_IO, "set TMPDIR to a writable folder with free space",
                "cannot make a temporary file in %s: %s", file_temporary_folder(), strerror(errno));
    if (fd >= 0)
        unlink(name.data);
    if (fd >= 0 && !file)
        close(fd);
    buf_free(&name);
    return file;
}

/* ---- reading ---- */

/* Not blocking, so that a FIFO without a writer reads as empty instead of hanging; /dev/null and a shell's <(...) work.
 */
static int open_text(const char *path, struct stat *info, Err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        err_set(err, errno == ENOENT || errno == ENOTDIR ? ERR_MISSING : ERR_IO, NULL, "cannot open %s: %s", path,
                strerror(errno));
        return -1;
    }
    if (fstat(fd, info) != 0 || S_ISDIR(info->st_mode) ||
        (S_ISFIFO(info->st_mode) && fcntl(fd, F_SETFL, O_RDONLY) != 0)) {
        err_set(err, ERR_IO, NULL, "cannot read %s: %s", path,
                S_ISDIR(info->st_mode) ? "it is a folder" : strerror(errno));
        close(fd);
        return -1;
    }
    return fd;
}

bool file_read(const char *path, size_t max, Buf *out, Err *err)
{
    struct stat info;
    return file_read_stat(path, max, out, &info, err);
}

bool file_read_stat(const char *path, size_t max, Buf *out, struct stat *info, Err *err)
{
    int fd = open_text(path, info, err);
    if (fd < 0)
        return false;
    size_t space = max + 1; /* one byte more tells "too big" from "just fits" */
    buf_reserve(out, 0);
    while (space) {
        size_t want = space < 65536 ? space : 65536;
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
        space -= (size_t)n;
    }
    close(fd);
    if (!space)
        err_set(err, ERR_LIMIT, NULL, "%s is larger than %zu bytes", path, max);
    return err->code == ERR_NONE;
}
