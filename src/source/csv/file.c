/* Where the bytes come from: which file, is it one that can be read, did it stay the same, what is its SHA-256. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "artsync/interrupt.h"
#include "internal.h"

/* ---- what kind of file ---- */

#define BYTES(literal)                                                                                                 \
    {                                                                                                                  \
        (literal), sizeof(literal) - 1                                                                                 \
    }
#define AS_UTF8(encoding) "convert it: iconv -f " encoding " -t UTF-8 old.csv > new.csv"

/* First bytes that say "not a CSV file in UTF-8". The longer pattern first: UTF-32LE begins like UTF-16LE. */
static const struct {
    Str bytes;
    const char *what, *hint;
} magics[] = {
    {BYTES("\xFF\xFE\0\0"), "it is UTF-32, not UTF-8", AS_UTF8("UTF-32")},
    {BYTES("\0\0\xFE\xFF"), "it is UTF-32, not UTF-8", AS_UTF8("UTF-32")},
    {BYTES("\xFF\xFE"), "it is UTF-16, not UTF-8", AS_UTF8("UTF-16")},
    {BYTES("\xFE\xFF"), "it is UTF-16, not UTF-8", AS_UTF8("UTF-16")},
    {BYTES("\x1F\x8B"), "it is compressed with gzip", "unpack it first: gunzip -c FILE > new.csv"},
    {BYTES("BZh91AY&SY"), "it is compressed with bzip2", "unpack it first: bunzip2 -c FILE > new.csv"},
    {BYTES("\xFD\x37zXZ"), "it is compressed with xz", "unpack it first: xz -dc FILE > new.csv"},
    {BYTES("\x28\xB5\x2F\xFD"), "it is compressed with zstd", "unpack it first: zstd -dc FILE > new.csv"},
    {BYTES("PK\3\4"), "it is a zip archive or a spreadsheet (.xlsx, .ods)",
     "unpack the archive, or save the spreadsheet as CSV"},
    {BYTES("\xD0\xCF\x11\xE0"), "it is a spreadsheet (.xls)", "save it as CSV"},
    {BYTES("%PDF-"), "it is a PDF file", "export the view as CSV"},
    {BYTES("<!DOCTYPE html"), "it is a web page", "download the CSV again; the page may say why that failed"},
    {BYTES("<!doctype html"), "it is a web page", "download the CSV again; the page may say why that failed"},
};

/* UTF-16 and UTF-32 without a mark: text whose ASCII letters are between NUL bytes. */
static const struct {
    const char *shape; /* '0' NUL, 'x' not NUL */
    const char *what, *hint;
} shapes[] = {
    {"x000", "it is UTF-32 (little endian), not UTF-8", AS_UTF8("UTF-32LE")},
    {"000x", "it is UTF-32 (big endian), not UTF-8", AS_UTF8("UTF-32BE")},
    {"x0x0", "it is UTF-16 (little endian), not UTF-8", AS_UTF8("UTF-16LE")},
    {"0x0x", "it is UTF-16 (big endian), not UTF-8", AS_UTF8("UTF-16BE")},
};

static bool has_shape(Str head, const char *shape)
{
    for (size_t i = 0; i < 4; i++)
        if (i >= head.n || (head.p[i] == '\0') != (shape[i] == '0'))
            return false;
    return true;
}

/* The first CSV_HEAD bytes: is this the kind of file that can be read? ERR_CSV says what it is instead. */
static bool check_head(Str head, const char *name, bool *has_bom, Err *err)
{
    *has_bom = head.n >= 3 && memcmp(head.p, "\xEF\xBB\xBF", 3) == 0;
    if (head.n == 0)
        return err_set(err, ERR_CSV, "export the view again", "%s: the file is empty: it has no header", name);
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++)
        if (head.n >= magics[i].bytes.n && memcmp(head.p, magics[i].bytes.p, magics[i].bytes.n) == 0)
            return err_set(err, ERR_CSV, magics[i].hint, "%s: %s", name, magics[i].what);
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        if (has_shape(head, shapes[i].shape))
            return err_set(err, ERR_CSV, shapes[i].hint, "%s: %s", name, shapes[i].what);
    return true;
}

/* ---- bytes in memory ---- */

static ssize_t read_memory(void *ctx, char *to, size_t space, Err *err)
{
    (void)err;
    Str *rest = ctx;
    size_t n = rest->n < space ? rest->n : space;
    if (n)
        memcpy(to, rest->p, n);
    *rest = (Str){rest->p + n, rest->n - n};
    return (ssize_t)n;
}

bool csv_read_chunks(Str bytes, const char *name, size_t chunk, RawSink *sink, void *ctx, Err *err)
{
    Str rest = bytes;
    CsvSource source = {.name = name, .chunk = chunk, .read = read_memory, .ctx = &rest};
    return check_head(bytes, name, &source.has_bom, err) && csv_read_source(&source, sink, ctx, err);
}

bool csv_read_bytes(Str bytes, const char *name, RawSink *sink, void *ctx, Err *err)
{
    return csv_read_chunks(bytes, name, CSV_CHUNK, sink, ctx, err);
}

/* ---- a missing file: is there similar file? ---- */

/* `name (1).csv` for `name.csv`, as browsers call a second download, or the name in other letters. */
static bool is_variant(const char *name, const char *wanted)
{
    if (strcasecmp(name, wanted) == 0)
        return true;
    const char *dot = strrchr(wanted, '.');
    size_t stem = dot ? (size_t)(dot - wanted) : strlen(wanted);
    if (strncasecmp(name, wanted, stem) != 0 || strncmp(name + stem, " (", 2) != 0)
        return false;
    const char *p = name + stem + 2;
    size_t digits = strspn(p, "0123456789");
    return digits > 0 && p[digits] == ')' && strcasecmp(p + digits + 1, dot ? dot : "") == 0;
}

/* The newest variant in the folder, or NULL; the caller frees it. */
static char *find_variant(const char *folder, const char *wanted)
{
    DIR *dir = opendir(folder);
    char *best = NULL;
    struct timespec newest = {0};
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        struct stat info;
        if (!is_variant(entry->d_name, wanted) || fstatat(dirfd(dir), entry->d_name, &info, 0) != 0 ||
            !S_ISREG(info.st_mode))
            continue;
        if (best && (info.st_mtim.tv_sec < newest.tv_sec ||
                     (info.st_mtim.tv_sec == newest.tv_sec && info.st_mtim.tv_nsec <= newest.tv_nsec)))
            continue;
        newest = info.st_mtim;
        free(best);
        best = mem_dup(entry->d_name);
    }
    if (dir)
        closedir(dir);
    return best;
}

static bool fail_missing(const char *path, Err *err)
{
    const char *slash = strrchr(path, '/');
    Buf folder = {0}, hint = {0};
    buf_add(&folder, slash ? path : ".", slash ? (size_t)(slash - path) + (slash == path) : 1);
    struct stat info;
    char *variant = find_variant(folder.data, slash ? slash + 1 : path);
    if (variant)
        buf_printf(&hint, "\"%s\" exists: rename it, or name it with --file TABLE=PATH", variant);
    else if (stat(folder.data, &info) != 0 || !S_ISDIR(info.st_mode))
        buf_printf(&hint, "there is no folder %s", folder.data);
    else
        buf_str(&hint, "export the view from Airtable into that folder, or name the file with --file TABLE=PATH");
    err_set(err, ERR_MISSING, hint.data, "there is no file %s", path);
    free(variant);
    buf_free(&folder);
    buf_free(&hint);
    return false;
}

/* ---- a file ---- */

typedef struct File {
    const char *path;
    int fd;
    struct stat before;
    int64_t size; /* bytes read so far */
    bool has_bom;
    Sha256 *hash; /* NULL: not wanted */
} File;

static const char *kind_of(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFDIR:
        return "a folder";
    case S_IFIFO:
        return "a FIFO";
    case S_IFSOCK:
        return "a socket";
    default:
        return "a device";
    }
}

static bool fail_open(const char *path, Err *err)
{
    int why = errno;
    if (why == ENOENT || why == ENOTDIR)
        return fail_missing(path, err);
    return err_set(err, ERR_IO, why == ELOOP ? "its symbolic links lead in a circle" : NULL, "cannot open %s: %s", path,
                   strerror(why));
}

static bool check_regular(const char *path, const struct stat *info, Err *err)
{
    if (S_ISREG(info->st_mode))
        return true;
    return err_set(err, ERR_CSV, "an export must be a regular file: it is read more than once", "%s is %s, not a file",
                   path, kind_of(info->st_mode));
}

/* Looks before it opens, since opening a device or FIFO can do something; O_NONBLOCK for what changes in between. */
static bool open_file(File *file, const char *path, Err *err)
{
    *file = (File){.path = path, .fd = -1};
    if (stat(path, &file->before) != 0)
        return fail_open(path, err);
    if (!check_regular(path, &file->before, err))
        return false;
    file->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file->fd < 0 || fstat(file->fd, &file->before) != 0)
        return fail_open(path, err);
    if (!check_regular(path, &file->before, err))
        return false;
    char head[CSV_HEAD];
    ssize_t n = pread(file->fd, head, sizeof head, 0);
    if (n < 0)
        return err_set(err, ERR_IO, NULL, "cannot read %s: %s", path, strerror(errno));
    posix_fadvise(file->fd, 0, 0, POSIX_FADV_SEQUENTIAL); /* advice only: without it reading takes longer, nothing
                                                             else */
    return check_head((Str){head, (size_t)n}, path, &file->has_bom, err);
}

static void close_file(File *file)
{
    if (file->fd >= 0)
        close(file->fd);
    sha256_free(file->hash);
}

static ssize_t read_file(void *ctx, char *to, size_t space, Err *err)
{
    File *file = ctx;
    ssize_t n;
    do
        n = read(file->fd, to, space);
    while (n < 0 && errno == EINTR);
    if (n < 0) {
        err_set(err, ERR_IO, NULL, "cannot read %s: %s", file->path, strerror(errno));
        return -1;
    }
    file->size += n;
    if (file->hash)
        sha256_add(file->hash, to, (size_t)n);
    return n;
}

CsvMark csv_mark(const struct stat *info)
{
    return (CsvMark){(uint64_t)info->st_dev,    (uint64_t)info->st_ino,         (int64_t)info->st_size,
                     info->st_mtim.tv_sec, info->st_mtim.tv_nsec, info->st_ctim.tv_sec, info->st_ctim.tv_nsec};
}

bool csv_same_mark(CsvMark a, CsvMark b)
{
    return a.device == b.device && a.inode == b.inode && a.size == b.size && a.modified_s == b.modified_s &&
           a.modified_ns == b.modified_ns && a.changed_s == b.changed_s && a.changed_ns == b.changed_ns;
}

/* Neither the bytes of the open file nor the file of that name. */
static bool is_unchanged(const File *file)
{
    struct stat after, named;
    CsvMark before = csv_mark(&file->before);
    return fstat(file->fd, &after) == 0 && csv_same_mark(before, csv_mark(&after)) && stat(file->path, &named) == 0 &&
           csv_same_mark(before, csv_mark(&named));
}

bool csv_fail_changed(const char *path, Err *err)
{
    return err_set(err, ERR_CSV, "wait until the download or copy is complete, then try again",
                   "%s changed while it was read", path);
}

/* To the last byte: a file that is being written may look malformed, and then the change is the cause to report. */
static bool check_end(const File *file, bool ok, Err *err)
{
    if (!ok && (err->code == ERR_CSV || err->code == ERR_LIMIT) && !is_unchanged(file)) {
        err_clear(err);
        return csv_fail_changed(file->path, err);
    }
    if (ok && (file->size != file->before.st_size || !is_unchanged(file)))
        return csv_fail_changed(file->path, err);
    return ok;
}

bool csv_read(const char *path, RawSink *sink, void *ctx, CsvFile *out, Err *err)
{
    File file;
    bool ok = open_file(&file, path, err);
    if (ok) {
        file.hash = out ? sha256_new() : NULL;
        CsvSource source = {.name = path, .chunk = CSV_CHUNK, .has_bom = file.has_bom, .read = read_file, .ctx = &file};
        ok = check_end(&file, csv_read_ahead(&source, sink, ctx, err), err);
    }
    if (ok && out) {
        out->mark = csv_mark(&file.before);
        sha256_end(file.hash, out->sha256);
        file.hash = NULL;
    }
    close_file(&file);
    return ok;
}

bool csv_check(const char *path, Err *err)
{
    File file;
    bool ok = open_file(&file, path, err);
    close_file(&file);
    return ok;
}

bool csv_hash(const char *path, char hash[SHA256_HEX], Err *err)
{
    File file;
    bool ok = open_file(&file, path, err);
    if (ok) {
        file.hash = sha256_new();
        char *chunk = mem_grow(NULL, CSV_CHUNK, 1);
        ssize_t n;
        do
            n = read_file(&file, chunk, CSV_CHUNK, err);
        while (n > 0 && interrupt_check(err));
        free(chunk);
        ok = check_end(&file, err->code == ERR_NONE, err);
    }
    if (ok) {
        sha256_end(file.hash, hash);
        file.hash = NULL;
    }
    close_file(&file);
    return ok;
}
