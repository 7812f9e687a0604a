#include <stdlib.h>

#include "artsync/base.h"

void problems_add(Problems *problems, const char *place, const char *hint, const char *format, ...)
{
    Buf message = {0};
    buf_reserve(&message, 64);
    va_list args;
    va_start(args, format);
    buf_vprintf(&message, format, args);
    va_end(args);
    ARRAY_ROOM(problems->items, problems->n, problems->cap);
    problems->items[problems->n++] = (Problem){
        .location = mem_dup(place),
        .message = message.data,
        .hint = hint ? mem_dup(hint) : NULL,
    };
}

void problems_free(Problems *problems)
{
    for (int i = 0; i < problems->n; i++) {
        free(problems->items[i].location);
        free(problems->items[i].message);
        free(problems->items[i].hint);
    }
    free(problems->items);
    *problems = (Problems){0};
}
