#include <stdlib.h>

#include "artsync/base.h"
#include "artsync/shell.h"

void problems_add(Problems *problems, const char *place, const char *hint, const char *format, ...)
{
    Buf message = {0};
    buf_reserve(&message, 64);
    va_list args;
    va_start(args, format);
    buf_vprintf(&message, format, args);
    va_end(args);
    ARRAY_RESERVE(problems->items, problems->n, problems->cap);
    problems->items[problems->n++] = (Problem){
        .location = mem_dup(place),
        .message = message.data,
        .hint = hint ? mem_dup(hint) : NULL,
    };
}

bool problems_raise(const Problems *problems, ErrCode code, Err *err)
{
    const Problem *first = &problems->items[0];
    Buf more = {0};
    if (problems->n > 1)
        buf_printf(&more, " (and %d more; %s)", problems->n - 1, command_hint("to see them all: {}", "base check"));
    err_set(err, code, first->hint, "%s: %s%s", first->location, first->message, buf_view(&more).p);
    buf_free(&more);
    return false;
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
