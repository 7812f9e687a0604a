/* origin.c - what started this process. */
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include "artsync/mem.h"
#include "artsync/session.h"

enum { ANCESTORS_MAX = 64, STAT_MAX = 512 };

/* Name and parent of a process, from /proc/PID/stat: "PID (NAME) STATE PARENT ..."; a name may hold anything. */
static bool read_process(pid_t pid, char name[STAT_MAX], pid_t *parent)
{
    char path[40], line[STAT_MAX] = "";
    snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
    FILE *file = fopen(path, "re");
    if (!file)
        return false;
    size_t n = fread(line, 1, sizeof line - 1, file);
    fclose(file);
    line[n] = '\0';
    const char *open = strchr(line, '('), *close = strrchr(line, ')');
    char state;
    long number;
    if (!open || !close || close < open || sscanf(close + 1, " %c %ld", &state, &number) != 2)
        return false;
    snprintf(name, STAT_MAX, "%.*s", (int)(close - open - 1), open + 1);
    *parent = (pid_t)number;
    return true;
}

static bool is_below_cron(void)
{
    char name[STAT_MAX];
    pid_t pid = getppid(), parent = 0;
    for (int i = 0; i < ANCESTORS_MAX && pid > 1 && read_process(pid, name, &parent); i++, pid = parent)
        if (strcasecmp(name, "cron") == 0 || strcasecmp(name, "crond") == 0)
            return true;
    return false;
}

const char *run_origin(void)
{
    const char *by = getenv(ORIGIN_VARIABLE), *invocation = getenv("INVOCATION_ID");
    if (by && strcmp(by, "watch") == 0)
        return "watch";
    if (is_below_cron())
        return "cron";
    if (invocation && *invocation)
        return "systemd";
    return isatty(STDIN_FILENO) == 1 ? "terminal" : "other";
}
