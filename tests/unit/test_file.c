/* Files that are whole or absent, and small files read whole. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "artsync/file.h"
#include "folder.h"

static const char *at(const char *name)
{
    static char path[4][400]; /* good for four calls */
    static int turn;
    turn = (turn + 1) % 4;
    snprintf(path[turn], sizeof path[turn], "%s/%s", folder, name);
    return path[turn];
}

static void expect_text(const char *name, const char *text)
{
    Buf buf = {0};
    Err err = {0};
    assert_true(file_read(at(name), 1000, &buf, &err));
    assert_string_equal(buf.data, text);
    buf_free(&buf);
}

static void expect_error(Err *err, ErrCode code, const char *message)
{
    if (err->code != code || !strstr(err->message, message))
        fail_msg("expected \"%s\", got \"%s\"", message, err->code ? err->message : "success");
    err_clear(err);
}

/* What is in the folder besides . and .. */
static int entries(void)
{
    char command[128];
    int n = -1;
    snprintf(command, sizeof command, "ls -A %s | wc -l", folder);
    FILE *pipe = popen(command, "r");
    assert_int_equal(fscanf(pipe, "%d", &n), 1);
    pclose(pipe);
    return n;
}

static AtomicFile *begin(const char *path, bool replace)
{
    Err err = {0};
    AtomicFile *file;
    assert_true(atomic_file_begin(&file, path, 0640, replace, &err));
    return file;
}

static void whole_or_absent(void **state)
{
    (void)state;
    Err err = {0};
    struct stat info;
    AtomicFile *file = begin(at("new"), false);
    fputs("text", atomic_file_stream(file));
    assert_int_equal(access(at("new"), F_OK), -1);
    assert_int_equal(stat(atomic_file_name(file), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_true(atomic_file_commit(file, &err));
    expect_text("new", "text");
    assert_int_equal(stat(at("new"), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0640);
    assert_int_equal(info.st_nlink, 1);
    assert_int_equal(entries(), 1);

    file = begin(at("other"), false);
    fputs("text", atomic_file_stream(file));
    atomic_file_abort(file);
    atomic_file_abort(NULL);
    assert_int_equal(entries(), 1);
}

static void existing_files_stay(void **state)
{
    (void)state;
    Err err = {0};
    AtomicFile *file = NULL;
    assert_false(atomic_file_begin(&file, at("new"), 0600, false, &err));
    assert_null(file);
    expect_error(&err, ERR_REFUSED, "new already exists");
    assert_false(atomic_file_begin(&file, folder, 0600, true, &err));
    expect_error(&err, ERR_REFUSED, "is a folder");
    assert_int_equal(symlink("nowhere", at("dangling")), 0);
    assert_false(atomic_file_begin(&file, at("dangling"), 0600, false, &err));
    expect_error(&err, ERR_REFUSED, "dangling already exists");
    unlink(at("dangling"));

    file = begin(at("new"), true);
    fputs("newer", atomic_file_stream(file));
    expect_text("new", "text");
    assert_true(atomic_file_commit(file, &err));
    expect_text("new", "newer");

    file = begin(at("race"), false); /* somebody else is faster */
    FILE *other = fopen(at("race"), "w");
    fputs("theirs", other);
    fclose(other);
    assert_false(atomic_file_commit(file, &err));
    expect_error(&err, ERR_REFUSED, "race already exists");
    expect_text("race", "theirs");
    unlink(at("race"));

    file = begin(at("folder"), true);
    assert_int_equal(mkdir(at("folder"), 0700), 0);
    assert_false(atomic_file_commit(file, &err));
    expect_error(&err, ERR_REFUSED, "folder is a folder");
    rmdir(at("folder"));
    assert_int_equal(entries(), 1);
}

/* Devices, FIFOs and sockets stay what they are, whatever is forced. */
static void only_files_and_links_are_replaced(void **state)
{
    (void)state;
    Err err = {0};
    AtomicFile *file = NULL;
    struct stat info;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", at("socket"));
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    close(fd);
    assert_int_equal(mkfifo(at("pipe"), 0600), 0);
    for (int force = 0; force < 2; force++) {
        assert_false(atomic_file_begin(&file, "/dev/null", 0600, force, &err));
        expect_error(&err, ERR_REFUSED, "/dev/null is a device");
        assert_false(atomic_file_begin(&file, at("socket"), 0600, force, &err));
        expect_error(&err, ERR_REFUSED, "socket is a socket");
        assert_false(atomic_file_begin(&file, at("pipe"), 0600, force, &err));
        expect_error(&err, ERR_REFUSED, "pipe is a FIFO");
    }
    unlink(at("socket"));

    file = begin(at("late"), true); /* it comes while the file is written */
    assert_int_equal(rename(at("pipe"), at("late")), 0);
    assert_false(atomic_file_commit(file, &err));
    expect_error(&err, ERR_REFUSED, "late is a FIFO");
    assert_int_equal(unlink(at("late")), 0);

    fclose(fopen(at("target"), "w"));
    assert_int_equal(symlink("target", at("link")), 0);
    assert_true(atomic_file_commit(begin(at("link"), true), &err));
    assert_int_equal(lstat(at("link"), &info), 0);
    assert_true(S_ISREG(info.st_mode)); /* the link is replaced, not what it points to */
    unlink(at("link"));
    unlink(at("target"));
    assert_false(atomic_file_begin(&file, "", 0600, true, &err));
    expect_error(&err, ERR_USAGE, "the file name is empty");
    assert_int_equal(entries(), 1);
}

static void flushed_before_named(void **state)
{
    (void)state;
    Err err = {0};
    AtomicFile *file = begin(at("flushed"), false);
    fputs("text", atomic_file_stream(file));
    assert_true(atomic_file_flush(file, &err));
    assert_int_equal(access(at("flushed"), F_OK), -1);
    assert_true(atomic_file_commit(file, &err));
    expect_text("flushed", "text");
    unlink(at("flushed"));
    file = begin(at("flushed"), false);
    assert_true(atomic_file_flush(file, &err));
    atomic_file_abort(file);
    assert_int_equal(entries(), 1);

    pid_t child = fork();
    if (child == 0) { /* memory runs out, which ends the program at once */
        begin(at("one"), false);
        begin(at("two"), false);
        close(STDERR_FILENO);
        mem_grow(NULL, SIZE_MAX, SIZE_MAX);
    }
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(entries(), 1);
}

static void temporary_files_go_where_TMPDIR_says(void **state)
{
    (void)state;
    Err err = {0};
    char path[300], link[64];
    setenv("TMPDIR", folder, 1);
    FILE *file = file_temporary(&err);
    assert_non_null(file);
    snprintf(link, sizeof link, "/proc/self/fd/%d", fileno(file));
    ssize_t n = readlink(link, path, sizeof path - 1);
    assert_true(n > 0);
    assert_memory_equal(path, folder, strlen(folder));
    fclose(file);
    assert_int_equal(entries(), 1);
    setenv("TMPDIR", at("nowhere"), 1);
    assert_null(file_temporary(&err));
    assert_non_null(strstr(err.hint, "TMPDIR"));
    expect_error(&err, ERR_IO, at("nowhere"));
    unsetenv("TMPDIR");
}

static void names_without_a_folder(void **state)
{
    (void)state;
    Err err = {0};
    char here[256], long_name[256];
    assert_non_null(getcwd(here, sizeof here));
    assert_int_equal(chdir(folder), 0);
    memset(long_name, 'n', sizeof long_name);
    long_name[255] = '\0';
    assert_true(atomic_file_commit(begin("here", false), &err));
    assert_true(atomic_file_commit(begin(long_name, false), &err));
    assert_int_equal(access(at("here"), F_OK), 0);
    assert_int_equal(unlink("here"), 0);
    assert_int_equal(unlink(long_name), 0);
    assert_int_equal(chdir(here), 0);
    AtomicFile *file;
    assert_false(atomic_file_begin(&file, "/proc/artsync-test", 0600, false, &err));
    expect_error(&err, ERR_IO, "cannot write in /proc");
    assert_false(atomic_file_begin(&file, at("no/such"), 0600, false, &err));
    expect_error(&err, ERR_IO, "cannot write in ");
}

/* A limit of the process replaces the full disk: the stream takes it all, the flush fails. */
static void a_full_disk(void **state)
{
    (void)state;
    Err err = {0};
    struct rlimit old, small;
    AtomicFile *file = begin(at("big"), false);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = (struct rlimit){1000, old.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    for (int i = 0; i < 2000; i++)
        putc('x', atomic_file_stream(file));
    bool ok = atomic_file_commit(file, &err);
    setrlimit(RLIMIT_FSIZE, &old);
    assert_false(ok);
    expect_error(&err, ERR_IO, "big: File too large");
    assert_int_equal(access(at("big"), F_OK), -1);

    /* what was latched long before keeps its reason */
    file = begin(at("big"), false);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    for (int i = 0; i < 20000; i++)
        putc('x', atomic_file_stream(file));
    errno = 0;
    assert_false(atomic_file_ok(file, &err));
    expect_error(&err, ERR_IO, "big: File too large");
    assert_false(atomic_file_flush(file, &err));
    expect_error(&err, ERR_IO, "big: File too large");
    setrlimit(RLIMIT_FSIZE, &old);
    atomic_file_abort(file);
    assert_int_equal(entries(), 1);
}

static void small_files(void **state)
{
    (void)state;
    Err err = {0};
    Buf buf = {0};
    expect_text("new", "newer");
    assert_true(file_read(at("new"), 5, &buf, &err)); /* appends: it just fits */
    assert_false(file_read(at("new"), 4, &buf, &err));
    expect_error(&err, ERR_LIMIT, "new is larger than 4 bytes");
    assert_false(file_read(at("none"), 4, &buf, &err));
    expect_error(&err, ERR_MISSING, "cannot open");
    assert_false(file_read(at("new/none"), 4, &buf, &err));
    expect_error(&err, ERR_MISSING, "cannot open");
    assert_false(file_read(folder, 4, &buf, &err));
    expect_error(&err, ERR_IO, "it is a folder");
    assert_false(file_read("/dev/zero", 200000, &buf, &err));
    expect_error(&err, ERR_LIMIT, "larger");
    assert_int_equal(symlink("loop", at("loop")), 0);
    assert_false(file_read(at("loop"), 4, &buf, &err));
    expect_error(&err, ERR_IO, "cannot open");
    assert_false(file_read("/proc/self/mem", 4, &buf, &err));
    expect_error(&err, ERR_IO, "cannot read");
    buf_free(&buf);
    assert_true(file_read("/dev/null", 4, &buf, &err));
    assert_string_equal(buf.data, "");
    buf_free(&buf);
}

/* As a shell's <(...): the writer may be late. A FIFO without a writer reads as empty. */
static void pipes(void **state)
{
    (void)state;
    Err err = {0};
    Buf buf = {0};
    assert_int_equal(mkfifo(at("fifo"), 0600), 0);
    assert_true(file_read(at("fifo"), 100, &buf, &err));
    assert_int_equal(buf.len, 0);
    int both = open(at("fifo"), O_RDWR); /* a writer is there, and stays until the text is in */
    pid_t child = fork();
    if (child == 0) {
        usleep(50000);
        _exit(write(both, "KEY=value\n", 10) == 10 ? 0 : 1);
    }
    close(both);
    assert_true(file_read(at("fifo"), 100, &buf, &err));
    assert_string_equal(buf.data, "KEY=value\n");
    buf_free(&buf);
    assert_int_equal(waitpid(child, NULL, 0), child);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_or_absent),
        cmocka_unit_test(existing_files_stay),
        cmocka_unit_test(only_files_and_links_are_replaced),
        cmocka_unit_test(flushed_before_named),
        cmocka_unit_test(temporary_files_go_where_TMPDIR_says),
        cmocka_unit_test(names_without_a_folder),
        cmocka_unit_test(a_full_disk),
        cmocka_unit_test(small_files),
        cmocka_unit_test(pipes),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
