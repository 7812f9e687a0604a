/* folder.c - what is in the export folder, and when that changes. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "artsync/hash.h"
#include "artsync/mem.h"
#include "internal.h"

enum {
    OF_FILES = IN_CREATE | IN_CLOSE_WRITE | IN_MODIFY | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB |
               IN_DELETE_SELF | IN_MOVE_SELF,
    OF_NAME = IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE
};

/* The folder itself may be replaced, or a link of its name: its parent tells. */
void folder_open(Folder *folder, const char *path)
{
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/')
        n--;
    size_t slash = n;
    while (slash > 0 && path[slash - 1] != '/')
        slash--;
    Buf parent = {0}, name = {0};
    if (slash == 0)
        buf_str(&parent, ".");
    else
        buf_add(&parent, path, slash);
    buf_add(&name, path + slash, n - slash);
    *folder = (Folder){.path = path,
                       .parent = parent.data,
                       .name = name.data ? name.data : mem_dup(""),
                       .events = inotify_init1(IN_CLOEXEC | IN_NONBLOCK),
                       .own = -1,
                       .of_parent = -1};
}

void folder_close(Folder *folder)
{
    if (folder->events >= 0)
        close(folder->events);
    free(folder->parent);
    free((char *)folder->name);
}

static void watch_now(Folder *folder, const struct stat *info)
{
    if (folder->events < 0)
        return;
    if (folder->of_parent < 0)
        folder->of_parent = inotify_add_watch(folder->events, folder->parent, OF_NAME | IN_ONLYDIR);
    if (folder->own >= 0 && folder->device == (uint64_t)info->st_dev && folder->inode == (uint64_t)info->st_ino)
        return;
    if (folder->own >= 0)
        inotify_rm_watch(folder->events, folder->own); /* fails where the folder is gone: then the watch is, too */
    folder->own = inotify_add_watch(folder->events, folder->path, OF_FILES | IN_ONLYDIR);
    folder->device = (uint64_t)info->st_dev;
    folder->inode = (uint64_t)info->st_ino;
}

/* Since it came here or was changed: a copy may have an old time of modification. */
static int64_t age_of(const struct stat *info)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (now.tv_sec - info->st_ctim.tv_sec) * 1000 + (now.tv_nsec - info->st_ctim.tv_nsec) / 1000000;
}

/* Of one file, without regard to the order in which the folder lists them. */
static uint64_t fingerprint(const char *name, const struct stat *info)
{
    char hash[SHA256_HEX];
    Sha256 *sum = sha256_new();
    const int64_t numbers[] = {(int64_t)info->st_size, info->st_mtim.tv_sec, info->st_mtim.tv_nsec,
                               (int64_t)info->st_ino, (int64_t)info->st_dev};
    sha256_add(sum, name, strlen(name) + 1);
    sha256_add(sum, (const char *)numbers, sizeof numbers);
    sha256_end(sum, hash);
    hash[16] = '\0';
    return strtoull(hash, NULL, 16);
}

uint64_t folder_look(Folder *folder, int64_t *age_ms)
{
    struct stat info;
    uint64_t sum = 1;
    *age_ms = INT64_MAX;
    if (stat(folder->path, &info) != 0) {
        memset(&info, 0, sizeof info);
        watch_now(folder, &info); /* of the parent, at least */
        return 0;
    }
    watch_now(folder, &info); /* before it is read: what changes since is an event */
    DIR *dir = opendir(folder->path);
    if (!dir)
        return 0;
    for (const struct dirent *entry; (entry = readdir(dir));) {
        /* what downloads write under other names is a change as well: the export is still coming */
        if (entry->d_name[0] == '.' || fstatat(dirfd(dir), entry->d_name, &info, 0) != 0 || !S_ISREG(info.st_mode))
            continue;
        sum += fingerprint(entry->d_name, &info);
        int64_t age = age_of(&info);
        *age_ms = age < *age_ms ? age : *age_ms;
    }
    closedir(dir);
    return sum ? sum : 1;
}

void folder_drain(Folder *folder)
{
    char bytes[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
    ssize_t n;
    while ((n = read(folder->events, bytes, sizeof bytes)) > 0)
        for (ssize_t at = 0; at < n;) {
            const struct inotify_event *event = (const struct inotify_event *)(bytes + at);
            if (event->wd == folder->own && (event->mask & (IN_IGNORED | IN_DELETE_SELF | IN_MOVE_SELF)))
                folder->own = -1;
            at += (ssize_t)(sizeof *event + event->len);
        }
}
