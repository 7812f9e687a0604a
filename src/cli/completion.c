/* completion.c - what may follow an option or be an argument. */
#include "completion.h"

#include <string.h>

Completed completed_by(const char *called, const char *option)
{
    if (option && strcmp(option, "check") == 0)
        return CHECKS;
    if (strstr(called, "SYNC_ID"))
        return SYNCS;
    if (strcmp(called, "TABLE") == 0)
        return TABLES;
    if (strstr(called, "DIR"))
        return FOLDERS;
    if (strstr(called, "FILE") || strstr(called, "PATH") || strcmp(called, "CMD") == 0)
        return FILES;
    const char *first = called + strspn(called, "[");
    return strchr(called, '|') && *first >= 'a' && *first <= 'z' ? WORDS : NOTHING; /* not N|P% */
}
