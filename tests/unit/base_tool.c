/* base_tool: what the parser says of base.json texts, one on each line of standard input, for a test that compares it with
 * the JSON Schema. One line each: the problems, `place: message` with ` | ` between; empty where there is none. */
#include <stdio.h>
#include <stdlib.h>

#include "artsync/base.h"

int main(void)
{
    char *line = NULL;
    size_t allocated = 0;
    ssize_t n;
    while ((n = getline(&line, &allocated, stdin)) > 0) {
        Problems problems = {0};
        Base *base = base_parse(line, (size_t)n, "base.json", &problems);
        for (int i = 0; i < problems.n; i++)
            printf("%s%s: %s", i ? " | " : "", problems.items[i].location, problems.items[i].message);
        putchar('\n');
        base_free(base);
        problems_free(&problems);
    }
    free(line);
    return 0;
}
