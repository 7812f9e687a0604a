/* Reading ahead: a thread reads, hashes and splits the file while the caller works on earlier records.
 *
 * Records are passed in blocks through a short ring. A block belongs to the thread until it is filled and to the caller
 * until it is emptied; only the two counts and the flags are shared, under one lock. What the caller sees is what it
 * would see without the thread: every record in order, then the reader's error, if any.
 */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "artsync/progress.h"
#include "internal.h"

enum {
    BLOCKS = 4,
    BLOCK_RECORDS = 256,
    BLOCK_BYTES = 256 * 1024,       /* from there on a block is full */
    TICK_MS = 500, /* of the progress line, while a disk is slow */
    WAITING_BYTES = 8 * 1024 * 1024 /* more than that waits only where a single record is that large */
};

typedef struct Block {
    Arena arena; /* cells and their text */
    RawRecord records[BLOCK_RECORDS];
    int n;
} Block;

typedef struct ReadAhead {
    const CsvSource *source;
    Block blocks[BLOCKS];
    pthread_mutex_t lock;
    pthread_cond_t moved;
    uint64_t filled, emptied; /* blocks in all */
    size_t waiting;           /* bytes of the filled ones */
    bool finished;            /* nothing more comes */
    bool cancelled;            /* the caller has stopped */
    bool ok;                  /* the reader's answer, once finished */
    Err err;
} ReadAhead;

/* ---- the thread: fills blocks ---- */

/* The block under way is full: on to the next, as soon as it is free. False: cancelled. */
static bool pass_on(ReadAhead *ahead)
{
    pthread_mutex_lock(&ahead->lock);
    ahead->waiting += ahead->blocks[ahead->filled++ % BLOCKS].arena.used;
    pthread_cond_signal(&ahead->moved);
    while ((ahead->filled - ahead->emptied == BLOCKS || ahead->waiting > WAITING_BYTES) && !ahead->cancelled)
        pthread_cond_wait(&ahead->moved, &ahead->lock);
    bool wanted = !ahead->cancelled;
    pthread_mutex_unlock(&ahead->lock);
    return wanted;
}

static void copy_record(Block *block, const RawRecord *record)
{
    size_t size = 0;
    for (int i = 0; i < record->n_cells; i++)
        size += record->cells[i].n + 1;
    Str *cells = arena_alloc(&block->arena, sizeof *cells * (size_t)record->n_cells + size);
    char *text = (char *)(cells + record->n_cells);
    for (int i = 0; i < record->n_cells; i++) {
        cells[i] = raw_is_empty_text(record->cells[i]) ? RAW_EMPTY : (Str){text, record->cells[i].n};
        text = (char *)mempcpy(text, record->cells[i].p, record->cells[i].n) + 1;
    }
    block->records[block->n++] = (RawRecord){.position = record->position, .cells = cells, .n_cells = record->n_cells};
}

static bool put(void *ctx, const RawRecord *record, Err *err)
{
    (void)err; /* false without one: the caller has its own */
    ReadAhead *ahead = ctx;
    Block *block = &ahead->blocks[ahead->filled % BLOCKS];
    copy_record(block, record);
    return (block->n < BLOCK_RECORDS && block->arena.used < BLOCK_BYTES) || pass_on(ahead);
}

static void *read_all(void *ctx)
{
    ReadAhead *ahead = ctx;
    bool ok = csv_read_source(ahead->source, put, ahead, &ahead->err);
    pthread_mutex_lock(&ahead->lock);
    ahead->ok = ok;
    const Block *last = &ahead->blocks[ahead->filled % BLOCKS];
    if (!ahead->cancelled && last->n > 0) {
        ahead->waiting += last->arena.used;
        ahead->filled++;
    }
    ahead->finished = true;
    pthread_cond_signal(&ahead->moved);
    pthread_mutex_unlock(&ahead->lock);
    return NULL;
}

/* ---- the caller: empties them ---- */

/* The next filled block; NULL: there is none any more. */
static Block *next_block(ReadAhead *ahead)
{
    pthread_mutex_lock(&ahead->lock);
    while (ahead->emptied == ahead->filled && !ahead->finished) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += TICK_MS * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000L;
        until.tv_nsec %= 1000000000L;
        pthread_cond_clockwait(&ahead->moved, &ahead->lock, CLOCK_MONOTONIC, &until);
        progress_tick();
    }
    Block *block = ahead->emptied < ahead->filled ? &ahead->blocks[ahead->emptied % BLOCKS] : NULL;
    pthread_mutex_unlock(&ahead->lock);
    return block;
}

/* Emptied, so that a large record is gone at once and not when the ring reaches it again. */
static void release_block(ReadAhead *ahead, Block *block, bool ok)
{
    size_t size = block->arena.used;
    arena_reset(&block->arena);
    block->n = 0;
    pthread_mutex_lock(&ahead->lock);
    ahead->waiting -= size;
    ahead->emptied++;
    ahead->cancelled = !ok;
    pthread_cond_signal(&ahead->moved);
    pthread_mutex_unlock(&ahead->lock);
}

static bool take_all(ReadAhead *ahead, RawSink *sink, void *ctx, Err *err)
{
    bool ok = true;
    for (Block *block; ok && (block = next_block(ahead)); release_block(ahead, block, ok))
        for (int i = 0; ok && i < block->n; i++)
            ok = sink(ctx, &block->records[i], err);
    return ok;
}

/* Signals are the caller's: its handlers wake its own waits. */
static bool start(pthread_t *thread, ReadAhead *ahead)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    bool ok = pthread_create(thread, NULL, read_all, ahead) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return ok;
}

bool csv_read_ahead(const CsvSource *source, RawSink *sink, void *ctx, Err *err)
{
    ReadAhead *ahead = mem_alloc(sizeof *ahead);
    ahead->source = source;
    pthread_mutex_init(&ahead->lock, NULL);
    pthread_cond_init(&ahead->moved, NULL);
    pthread_t thread;
    bool ok;
    if (start(&thread, ahead)) {
        ok = take_all(ahead, sink, ctx, err);
        pthread_join(thread, NULL);
        if (ok && !ahead->ok) {
            *err = ahead->err;
            ok = false;
        } else {
            err_clear(&ahead->err);
        }
    } else {
        ok = csv_read_source(source, sink, ctx, err); /* no thread could be started: the same, one after the other */
    }
    for (int i = 0; i < BLOCKS; i++)
        arena_free(&ahead->blocks[i].arena);
    pthread_cond_destroy(&ahead->moved);
    pthread_mutex_destroy(&ahead->lock);
    free(ahead);
    return ok;
}
