/* mem.h - memory: an allocator that cannot fail, an arena, a growing buffer, a string view.
 *
 * Out of memory ends the program with one line on stderr: the server undoes the transaction, so nothing is
 * half-written, and no caller has to check. What the line says, and the exit status, follow from mem_outcome().
 *
 * Ownership: an Arena owns all that was allocated from it, until arena_reset or arena_free. A Buf owns its bytes.
 * A Str owns nothing; the function that returns one says how long it lives.
 */
#ifndef ARTSYNC_MEM_H
#define ARTSYNC_MEM_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "artsync/err.h"

/* A run of bytes. Wherever artsync returns one, p[n] is a NUL that does not count. */
typedef struct Str {
    const char *p;
    size_t n;
} Str;

#define STR(literal) ((Str){(literal), sizeof(literal) - 1})
static inline Str str_of(const char *text) { return (Str){text, strlen(text)}; }
static inline bool str_eq(Str a, Str b) { return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0); }

/* What is true of the run's changes if memory runs out now: nothing was changed (4), COMMIT was sent and not yet
 * answered (6), or they are done and only the rest of the report is missing (1). */
typedef enum MemOutcome { MEM_NOTHING_CHANGED, MEM_UNKNOWN, MEM_DONE } MemOutcome;
void mem_outcome(MemOutcome outcome);

/* What is called once before the program ends because memory ran out; it may only call what is safe in a signal
 * handler. */
void mem_before_end(void (*tidy)(void));

/* For a library's call that failed because memory ran out: as above. Its return value must not be used as a result. */
_Noreturn void mem_exhausted(void);

void *mem_alloc(size_t size);                          /* zeroed */
void *mem_grow(void *old, size_t count, size_t size);  /* realloc of count * size, overflow checked */
char *mem_dup(const char *text);

/* Make space for one more element in a malloc'ed array: ARRAY_RESERVE(items, n, cap); items[n++] = value; */
#define ARRAY_RESERVE(items, n, cap)                                                                                   \
    do {                                                                                                               \
        if ((n) == (cap)) {                                                                                            \
            (cap) = (cap) ? (cap)*2 : 8;                                                                               \
            (items) = mem_grow((items), (size_t)(cap), sizeof *(items));                                               \
        }                                                                                                              \
    } while (0)

/* ---- arena: allocate many, free once ---- */

typedef struct ArenaBlock ArenaBlock;
typedef struct Arena {
    ArenaBlock *head;
    size_t used; /* bytes handed out since the last reset */
} Arena;

void *arena_alloc(Arena *arena, size_t size); /* zeroed, aligned for any type */
char *arena_strn(Arena *arena, const char *text, size_t n); /* copy with a NUL behind it */
char *arena_str(Arena *arena, const char *text);
char *arena_printf(Arena *arena, const char *format, ...) ART_PRINTF(2, 3);
void arena_reset(Arena *arena); /* keeps one block for reuse */
void arena_free(Arena *arena);

/* ---- buf: bytes that grow; data[len] is always NUL once anything was added ---- */

typedef struct Buf {
    char *data;
    size_t len;
    size_t cap;
} Buf;

void buf_grow(Buf *buf, size_t more); /* buf_reserve's slow half */
static inline void buf_reserve(Buf *buf, size_t more)
{
    if (buf->len + more >= buf->cap)
        buf_grow(buf, more);
}
static inline void buf_char(Buf *buf, char c)
{
    buf_reserve(buf, 1);
    buf->data[buf->len++] = c;
    buf->data[buf->len] = '\0';
}
void buf_add(Buf *buf, const void *bytes, size_t n);
void buf_str(Buf *buf, const char *text);
void buf_quoted(Buf *buf, const char *text); /* in double quotes, those in it doubled */
void buf_printf(Buf *buf, const char *format, ...) ART_PRINTF(2, 3);
void buf_vprintf(Buf *buf, const char *format, va_list args) ART_PRINTF(2, 0);
void buf_clear(Buf *buf); /* len = 0, keeps the memory */
void buf_free(Buf *buf);
static inline Str buf_view(const Buf *buf) { return (Str){buf->data ? buf->data : "", buf->len}; }

#endif
