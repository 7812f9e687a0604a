#include "artsync/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static MemOutcome current; /* of the main thread; the thread that reads ahead has ended before COMMIT */

static const struct {
    const char *message;
    ExitStatus status;
} outcomes[] = {
    [MEM_NOTHING_CHANGED] = {"artsync: out of memory; nothing was changed\n", EXIT_REFUSED},
    [MEM_UNKNOWN] = {"artsync: out of memory during COMMIT; it is unknown whether the changes were committed\n",
                     EXIT_UNKNOWN},
    [MEM_DONE] = {"artsync: out of memory after the changes were committed; the report is not complete\n",
                  EXIT_ATTENTION},
};

void mem_outcome(MemOutcome outcome) { current = outcome; }

static void (*before_end)(void);

void mem_before_end(void (*tidy)(void)) { before_end = tidy; }

_Noreturn void mem_exhausted(void)
{
    const char *message = outcomes[current].message;
    ssize_t ignored = write(STDERR_FILENO, message, strlen(message));
    (void)ignored;
    if (before_end)
        before_end();
    _exit((int)outcomes[current].status);
}

void *mem_alloc(size_t size)
{
    void *p = calloc(1, size ? size : 1);
    if (!p)
        mem_exhausted();
    return p;
}

void *mem_grow(void *old, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        mem_exhausted();
    void *p = realloc(old, count && size ? count * size : 1);
    if (!p)
        mem_exhausted();
    return p;
}

char *mem_dup(const char *text)
{
    size_t n = strlen(text) + 1;
    return memcpy(mem_alloc(n), text, n);
}

/* ---- arena ---- */

enum { ARENA_BLOCK = 64 * 1024, ARENA_ALIGN = 16 };

struct ArenaBlock {
    ArenaBlock *next;
    size_t size;
    size_t used;
    _Alignas(ARENA_ALIGN) char bytes[];
};

void *arena_alloc(Arena *arena, size_t size)
{
    size_t need = (size + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
    ArenaBlock *block = arena->head;
    if (!block || block->size - block->used < need) {
        size_t space = need > ARENA_BLOCK ? need : ARENA_BLOCK;
        block = mem_grow(NULL, 1, sizeof *block + space);
        *block = (ArenaBlock){.next = arena->head, .size = space};
        arena->head = block;
    }
    void *p = block->bytes + block->used;
    block->used += need;
    arena->used += need;
    return memset(p, 0, size);
}

char *arena_strn(Arena *arena, const char *text, size_t n)
{
    char *copy = arena_alloc(arena, n + 1);
    if (n)
        memcpy(copy, text, n);
    return copy;
}

char *arena_str(Arena *arena, const char *text) { return arena_strn(arena, text, strlen(text)); }

char *arena_printf(Arena *arena, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0)
        mem_exhausted();
    char *text = arena_alloc(arena, (size_t)n + 1);
    if (vsnprintf(text, (size_t)n + 1, format, again) != n)
        mem_exhausted();
    va_end(again);
    return text;
}

void arena_reset(Arena *arena)
{
    ArenaBlock *keep = NULL;
    for (ArenaBlock *block = arena->head, *next; block; block = next) {
        next = block->next;
        if (!keep && block->size == ARENA_BLOCK) {
            keep = block;
            continue;
        }
        free(block);
    }
    if (keep) {
        keep->next = NULL;
        keep->used = 0;
    }
    arena->head = keep;
    arena->used = 0;
}

void arena_free(Arena *arena)
{
    for (ArenaBlock *block = arena->head, *next; block; block = next) {
        next = block->next;
        free(block);
    }
    *arena = (Arena){0};
}

/* ---- buf ---- */

void buf_grow(Buf *buf, size_t more)
{
    size_t need = buf->len + more + 1;
    size_t cap = buf->cap ? buf->cap : 64;
    while (cap < need)
        cap *= 2;
    buf->data = mem_grow(buf->data, cap, 1);
    buf->cap = cap;
    buf->data[buf->len] = '\0';
}

void buf_add(Buf *buf, const void *bytes, size_t n)
{
    buf_reserve(buf, n);
    if (n)
        memcpy(buf->data + buf->len, bytes, n);
    buf->len += n;
    buf->data[buf->len] = '\0';
}

void buf_str(Buf *buf, const char *text) { buf_add(buf, text, strlen(text)); }

void buf_quoted(Buf *buf, const char *text)
{
    buf_char(buf, '"');
    for (; *text; text++) {
        if (*text == '"')
            buf_char(buf, '"');
        buf_char(buf, *text);
    }
    buf_char(buf, '"');
}

void buf_vprintf(Buf *buf, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    if (n < 0)
        mem_exhausted();
    buf_reserve(buf, (size_t)n);
    if (vsnprintf(buf->data + buf->len, (size_t)n + 1, format, again) != n)
        mem_exhausted();
    buf->len += (size_t)n;
    va_end(again);
}

void buf_printf(Buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    buf_vprintf(buf, format, args);
    va_end(args);
}

void buf_clear(Buf *buf)
{
    buf->len = 0;
    if (buf->data)
        buf->data[0] = '\0';
}

void buf_free(Buf *buf)
{
    free(buf->data);
    *buf = (Buf){0};
}
