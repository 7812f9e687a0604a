/* main.c - what belongs to the process: descriptors, signals, secrets in argv. The rest is cli_main's. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "artsync/cli.h"
#include "artsync/interrupt.h"

/* A closed standard descriptor would be taken by the next file that is opened, a connection for example. Its
 * replacement refuses what does not fit it, so that output which cannot arrive is still noticed. */
static void hold_standard_descriptors(void)
{
    static const int flags[] = {O_WRONLY, O_RDONLY, O_WRONLY};
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)!open("/dev/null", flags[fd]);
}

/* Everybody on the machine can list a process's arguments. */
static void hide_password(char *argument)
{
    char *secret = env_has_password(argument) ? strstr(argument, "://") : NULL;
    if (!secret && env_has_password(argument))
        secret = strstr(argument, "password");
    if (secret)
        memset(secret, 'x', strlen(secret));
}

int main(int argc, char **argv)
{
    hold_standard_descriptors();
    interrupt_setup();
    char **copy = mem_alloc(sizeof *copy * (size_t)(argc + 1));
    for (int i = 0; i < argc; i++) {
        copy[i] = mem_dup(argv[i]);
        hide_password(argv[i]);
    }
    ExitStatus status = cli_main(commands, argc, copy);
    for (int i = 0; i < argc; i++)
        free(copy[i]);
    free(copy);
    return (int)status;
}
