/* service.c - tell systemd how it goes. */
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "artsync/mem.h"
#include "internal.h"

void service_say(const char *format, ...)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (!path || (path[0] != '/' && path[0] != '@') || strlen(path) >= sizeof address.sun_path)
        return;
    memcpy(address.sun_path, path, strlen(path));
    if (path[0] == '@') /* an abstract name: its first byte is NUL */
        address.sun_path[0] = '\0';
    Buf text = {0};
    va_list args;
    va_start(args, format);
    buf_reserve(&text, 1);
    buf_vprintf(&text, format, args);
    va_end(args);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
    if (fd >= 0) { /* a manager that does not listen is no reason to stop */
        ssize_t ignored =
            sendto(fd, text.data, text.len, MSG_NOSIGNAL | MSG_DONTWAIT, (struct sockaddr *)&address, size);
        (void)ignored;
        close(fd);
    }
    buf_free(&text);
}

int64_t service_watchdog_ms(void)
{
    const char *limit = getenv("WATCHDOG_USEC"), *of = getenv("WATCHDOG_PID");
    long long usec = limit ? strtoll(limit, NULL, 10) : 0;
    if (usec <= 0 || !getenv("NOTIFY_SOCKET") || (of && *of && strtol(of, NULL, 10) != (long)getpid()))
        return 0;
    return usec / 2000 > 0 ? usec / 2000 : 1; /* twice as often as it has to be */
}
