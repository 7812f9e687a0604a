/* Where the bytes come from: which file, is it one that can be read, did it stay the same, what is its SHA-256. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "artsync/file.h"
#include "artsync/interrupt.h"
#include "internal.h"

/* ---- bytes in memory ---- */

bool csv_read_chunks(Str bytes, const char *name, size_t chunk, RawSink *sink, void *ctx, Err *err)
{
    Str rest = bytes;
    CsvForm form;
    if (!csv_form_begin(&form, NULL, (Str){bytes.p, bytes.n < CSV_HEAD ? bytes.n : CSV_HEAD}, name, err))
        return false;
    CsvSource source = {.name = name, .chunk = chunk, .has_bom = form.skip > 0, .read = csv_read_memory, .ctx = &rest};
    return csv_read_source(&source, sink, ctx, err);
}

bool csv_decode_chunks(Str bytes, const char *encoding, size_t chunk, RawSink *sink, void *ctx, Err *err)
{
    Str rest = bytes;
    CsvDecoder *decoder = csv_decoder_new(encoding, 0, chunk, csv_read_memory, &rest, err);
    if (!decoder)
        return false;
    CsvSource source = {.name = "x.csv", .chunk = chunk, .may_have_bom = true};
    source.read = csv_decoder_read;
    source.ctx = decoder;
    bool ok = csv_read_source(&source, sink, ctx, err);
    csv_decoder_free(decoder);
    return ok;
}

bool csv_read_bytes(Str bytes, const char *name, RawSink *sink, void *ctx, Err *err)
{
    return csv_read_chunks(bytes, name, CSV_CHUNK, sink, ctx, err);
}

/* ---- a file ---- */

typedef struct File {
    const char *path;
    const char *name; /* for messages */
    bool standard_input;
    int fd;
    struct stat before;
    int64_t size; /* bytes read so far */
    CsvForm form;
    Sha256 *hash;        /* NULL: not wanted */
    CsvLetters *letters; /* NULL: not wanted */
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
        return csv_fail_missing(path, err);
    return err_set(err, ERR_IO, why == ELOOP ? "its symbolic links lead in a circle" : NULL, "cannot open %s: %s", path,
                   strerror(why));
}

static bool check_regular(const char *path, const struct stat *info, Err *err)
{
    if (S_ISREG(info->st_mode))
        return true;
    return err_set(err, ERR_CSV,
                   "an export must be a regular file: it is read more than once; standard input is --file TABLE=-",
                   "%s is %s, not a file", path, kind_of(info->st_mode));
}

int csv_open(const Source *source)
{
    Err kept = {0};
    int fd = csv_is_stdin(source->location) ? csv_stdin(&kept) : -1;
    err_clear(&kept);
    return fd >= 0 ? fcntl(fd, F_DUPFD_CLOEXEC, 0)
                   : open(source->location, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

/* Looks before it opens, since opening a device or FIFO can do something; O_NONBLOCK for what changes in between. */
static bool open_descriptor(File *file, const Source *source, Err *err)
{
    const char *path = source->location;
    *file = (File){.path = path, .name = source->label, .standard_input = csv_is_stdin(path), .fd = -1};
    if (file->standard_input && csv_stdin(err) < 0)
        return false;
    if (!file->standard_input && stat(path, &file->before) != 0)
        return fail_open(path, err);
    if (!file->standard_input && !check_regular(path, &file->before, err))
        return false;
    file->fd = csv_open(source);
    if (file->fd < 0 || fstat(file->fd, &file->before) != 0)
        return fail_open(path, err);
    return check_regular(path, &file->before, err);
}

static bool open_file(File *file, const Source *source, Err *err)
{
    if (!open_descriptor(file, source, err))
        return false;
    char head[CSV_HEAD];
    ssize_t n = pread(file->fd, head, sizeof head, 0);
    if (n < 0)
        return err_set(err, ERR_IO, NULL, "cannot read %s: %s", file->name, strerror(errno));
    posix_fadvise(file->fd, 0, 0, POSIX_FADV_SEQUENTIAL); /* advice only: without it reading takes longer, nothing
                                                             else */
    return csv_form_begin(&file->form, source->table, (Str){head, (size_t)n}, file->name, err);
}

static void close_file(File *file)
{
    if (file->fd >= 0)
        close(file->fd);
    sha256_free(file->hash);
}

/* At the position that this reading has reached: descriptors of standard input share theirs. */
static ssize_t read_file(void *ctx, char *to, size_t space, Err *err)
{
    File *file = ctx;
    ssize_t n;
    do
        n = pread(file->fd, to, space, (off_t)file->size);
    while (n < 0 && errno == EINTR);
    if (n < 0) {
        err_set(err, ERR_IO, NULL, "byte %lld of %s cannot be read: %s", (long long)file->size + 1, file->name,
                strerror(errno));
        return -1;
    }
    file->size += n;
    if (file->hash)
        sha256_add(file->hash, to, (size_t)n);
    if (file->letters)
        csv_letters_add(file->letters, (Str){to, (size_t)n});
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
    return fstat(file->fd, &after) == 0 && csv_same_mark(before, csv_mark(&after)) &&
           (file->standard_input || (stat(file->path, &named) == 0 && csv_same_mark(before, csv_mark(&named))));
}

bool csv_fail_changed(const char *path, int64_t byte, Err *err)
{
    static const char hint[] = "wait until the download or copy is complete, then try again";
    if (byte == 0)
        return err_set(err, ERR_CSV, hint, "%s changed while it was read", path);
    return err_set(err, ERR_CSV, hint, "%s changed while it was read, up to byte %lld", path, (long long)byte);
}

/* To the last byte: a file that is being written may look malformed, and then the change is the cause to report. */
static bool check_end(const File *file, bool ok, Err *err)
{
    if (!ok && err->code != ERR_CSV && err->code != ERR_LIMIT)
        return false;
    if (ok ? file->size == file->before.st_size && is_unchanged(file) : is_unchanged(file))
        return ok;
    Err fault = *err;
    *err = (Err){0};
    csv_fail_changed(file->name, file->size, err);
    if (fault.message) /* where reading had come to */
        err_context(err, "%s", fault.message);
    err_clear(&fault);
    return false;
}

/* The first bytes, as far as they are needed to see what is between the cells. */
static ssize_t read_sample(const File *file, char sample[CSV_SAMPLE], Err *err)
{
    size_t n = 0;
    ssize_t got = 1;
    while (n < CSV_SAMPLE && got > 0) {
        got = pread(file->fd, sample + n, CSV_SAMPLE - n, (off_t)n);
        if (got < 0 && errno == EINTR)
            got = 1;
        else if (got > 0)
            n += (size_t)got;
    }
    if (got < 0)
        err_set(err, ERR_IO, NULL, "cannot read %s: %s", file->name, strerror(errno));
    return got < 0 ? -1 : (ssize_t)n;
}

static bool read_through(File *file, Err *err)
{
    char *chunk = mem_grow(NULL, CSV_CHUNK, 1);
    ssize_t n;
    do
        n = read_file(file, chunk, CSV_CHUNK, err);
    while (n > 0 && interrupt_check(err));
    free(chunk);
    return err->code == ERR_NONE;
}

/* What the form is, by the letters that were counted. */
static bool settle_form(File *file, Source *source, CsvLetters *letters, Err *err)
{
    char *sample = mem_grow(NULL, CSV_SAMPLE, 1);
    ssize_t n = source->table ? read_sample(file, sample, err) : 0;
    csv_letters_end(letters);
    bool ok = n >= 0 && csv_form_settle(&file->form, source->table, letters, (Str){sample, (size_t)n}, n < CSV_SAMPLE,
                                        file->name, err);
    free(sample);
    if (ok && source->table) {
        snprintf(source->encoding, sizeof source->encoding, "%s", file->form.encoding);
        source->delimiter[0] = file->form.delimiter;
    }
    return ok;
}

/* Before the file is read: as its fingerprint has shown, or by a look at it. */
static bool know_form(File *file, Source *source, Err *err)
{
    CsvLetters letters = {0};
    if (source->encoding[0]) {
        file->form.delimiter = source->delimiter[0];
        if (!file->form.encoding && csv_is_decoded(source))
            file->form.decode = source->encoding;
        return true;
    }
    if (!file->form.encoding && source->table) {
        file->letters = &letters;
        if (!read_through(file, err))
            return false;
        file->letters = NULL;
        file->size = 0;
    }
    return settle_form(file, source, &letters, err);
}

static bool read_records(File *file, RawSink *sink, void *ctx, Err *err)
{
    const CsvForm *form = &file->form;
    CsvSource source = {.name = file->name, .chunk = CSV_CHUNK, .delimiter = form->delimiter};
    source.read = read_file;
    source.ctx = file;
    CsvDecoder *decoder = NULL;
    source.has_bom = !form->decode && form->skip > 0;
    if (form->decode) {
        decoder = csv_decoder_new(form->decode, form->skip, CSV_CHUNK, read_file, file, err);
        if (!decoder)
            return err_context(err, "%s", file->name);
        source.may_have_bom = true;
        source.read = csv_decoder_read;
        source.ctx = decoder;
    }
    bool ok = csv_read_ahead(&source, sink, ctx, err);
    csv_decoder_free(decoder);
    return ok;
}

bool csv_read(Source *source, RawSink *sink, void *ctx, CsvFile *out, Err *err)
{
    File file;
    bool ok = open_file(&file, source, err) && know_form(&file, source, err);
    if (ok) {
        file.hash = out ? sha256_new() : NULL;
        ok = check_end(&file, read_records(&file, sink, ctx, err), err);
    }
    if (ok && out) {
        out->mark = csv_mark(&file.before);
        sha256_end(file.hash, out->sha256);
        file.hash = NULL;
    }
    close_file(&file);
    return ok;
}

bool csv_check(const Source *source, Err *err)
{
    File file;
    bool ok = open_file(&file, source, err);
    close_file(&file);
    return ok;
}

bool csv_hash(Source *source, char hash[SHA256_HEX], Err *err)
{
    File file;
    CsvLetters letters = {0};
    bool ok = open_file(&file, source, err);
    if (ok) {
        file.hash = sha256_new();
        file.letters = file.form.encoding ? NULL : &letters;
        ok = check_end(&file, read_through(&file, err) && settle_form(&file, source, &letters, err), err);
    }
    if (ok) {
        sha256_end(file.hash, hash);
        file.hash = NULL;
    }
    close_file(&file);
    return ok;
}

bool csv_is_decoded(const Source *source)
{
    char order;
    const char *family = source->encoding[0] ? csv_encoding_family(source->encoding, &order) : "UTF-8";
    return !family || strcmp(family, "UTF-8") != 0;
}

bool csv_decode_file(const Source *source, FILE *to, Err *err)
{
    File file;
    bool ok = open_file(&file, source, err);
    CsvDecoder *decoder = NULL;
    if (ok && !file.form.encoding)
        file.form.decode = source->encoding;
    ok = ok && (decoder = csv_decoder_new(file.form.decode, file.form.skip, CSV_CHUNK, read_file, &file, err));
    char *chunk = mem_grow(NULL, CSV_CHUNK, 1);
    ssize_t n = 0;
    while (ok && interrupt_check(err) && (n = csv_decoder_read(decoder, chunk, CSV_CHUNK, err)) > 0)
        if (fwrite(chunk, 1, (size_t)n, to) != (size_t)n)
            break;
    if (err->code == ERR_NONE && ok && (n > 0 || fflush(to) != 0))
        err_set(err, ERR_IO, "set TMPDIR to a folder with more free space", "cannot keep %s in %s: %s", file.name,
                file_temporary_folder(), strerror(errno));
    free(chunk);
    csv_decoder_free(decoder);
    close_file(&file);
    return err->code == ERR_NONE;
}
