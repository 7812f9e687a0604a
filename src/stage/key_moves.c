#include "key_moves.h"

#include <stdlib.h>

#include "internal.h"

enum { NAMED = 3 }; /* records of a circle that its reason names */

typedef struct Move {
    KeyMove m;
    int next_follower; /* the next move that waits for the same holder; -1: none */
    int next_wish;     /* the next move of the same record */
} Move;

/* One staged record. */
typedef struct Node {
    int followers, wishes; /* the first moves; -1: none */
    int waits;             /* for so many records that are to be written before */
    bool rejected, begins, in_circle, walked, told;
    const char *circle;    /* its records, once they were named */
} Node;

struct KeyMoves {
    Move *items;
    int n, cap;
    Node *nodes; /* by seq */
    int64_t last;
    int64_t *stack; /* space for every record that moves or is waited for */
    Arena arena;
};

KeyMoves *key_moves_new(int64_t last)
{
    KeyMoves *moves = mem_alloc(sizeof *moves);
    moves->last = last;
    moves->nodes = mem_alloc(sizeof *moves->nodes * (size_t)(last + 1));
    for (int64_t i = 0; i <= last; i++)
        moves->nodes[i] = (Node){.followers = -1, .wishes = -1};
    return moves;
}

void key_moves_free(KeyMoves *moves)
{
    if (!moves)
        return;
    free(moves->items);
    free(moves->nodes);
    free(moves->stack);
    arena_free(&moves->arena);
    free(moves);
}

void key_moves_add(KeyMoves *moves, const KeyMove *move)
{
    ARRAY_RESERVE(moves->items, moves->n, moves->cap);
    Move *added = &moves->items[moves->n++];
    *added = (Move){.m = *move, .next_follower = -1, .next_wish = -1};
    added->m.columns = arena_str(&moves->arena, move->columns);
    added->m.value = arena_str(&moves->arena, move->value);
    added->m.row = arena_str(&moves->arena, move->row);
}

static int64_t *room_for_records(const KeyMoves *moves)
{
    return mem_alloc(sizeof(int64_t) * 2 * (size_t)(moves->n + 1));
}

void key_moves_link(KeyMoves *moves)
{
    for (int i = moves->n - 1; i >= 0; i--) {
        Move *move = &moves->items[i];
        Node *record = &moves->nodes[move->m.seq], *holder = &moves->nodes[move->m.holder];
        move->next_wish = record->wishes;
        record->wishes = i;
        move->next_follower = holder->followers;
        holder->followers = i;
    }
    moves->stack = room_for_records(moves);
}

bool key_moves_is_rejected(const KeyMoves *moves, int64_t seq)
{
    return moves && seq <= moves->last && moves->nodes[seq].rejected;
}

/* ---- rejecting ---- */

static void refuse_blocked(const KeyMove *m, LateRejects *found)
{
    const char *keeps = m->active ? "which keeps it" : "an inactive row, which keeps it: rename or delete that row";
    const char *reason = arena_printf(&found->arena, "%s (%s) is used by %s in the database, %s (%s)", m->columns,
                                      m->value, m->row, keeps, m->key->name);
    late_rejects_add(found, m->seq, (Reject){REJECT_UNIQUE, m->columns, m->value, reason});
}

/* All that wait for the records stack[0..n-1], which are rejected, and so on. Each record is pushed once at most. */
static void reject_waiting(KeyMoves *moves, int n, LateRejects *found)
{
    while (n > 0) {
        const Node *holder = &moves->nodes[moves->stack[--n]];
        for (int i = holder->followers; i >= 0; i = moves->items[i].next_follower) {
            Node *node = &moves->nodes[moves->items[i].m.seq];
            if (node->rejected)
                continue;
            node->rejected = true;
            refuse_blocked(&moves->items[i].m, found);
            moves->stack[n++] = moves->items[i].m.seq;
        }
    }
}

void key_moves_reject_record(KeyMoves *moves, int64_t seq, LateRejects *found)
{
    if (!moves || seq > moves->last)
        return;
    moves->nodes[seq].rejected = true;
    moves->stack[0] = seq;
    reject_waiting(moves, 1, found);
}

void key_moves_reject_blocked(KeyMoves *moves, LateRejects *found)
{
    key_moves_reject_record(moves, 0, found); /* node 0: rows that keep what they have */
}

/* ---- order ---- */

static bool waits(const KeyMoves *moves, const Move *move)
{
    return move->m.in_order && !moves->nodes[move->m.seq].rejected && !moves->nodes[move->m.holder].rejected;
}

static void count_waits(KeyMoves *moves)
{
    for (int i = 0; i < moves->n; i++) {
        const KeyMove *m = &moves->items[i].m;
        moves->nodes[m->seq].waits = moves->nodes[m->holder].waits = 0;
        moves->nodes[m->holder].begins = false;
    }
    for (int i = 0; i < moves->n; i++)
        moves->nodes[moves->items[i].m.seq].waits += waits(moves, &moves->items[i]);
}

/* First those that wait for no record, then those that have waited for these alone, and so on. What is left with waits
 * > 0 is part of a circle or waits for one. */
int64_t *key_moves_order(KeyMoves *moves, int *n)
{
    int64_t *order = room_for_records(moves);
    *n = 0;
    count_waits(moves);
    for (int i = 0; i < moves->n; i++) {
        Node *holder = &moves->nodes[moves->items[i].m.holder];
        if (!waits(moves, &moves->items[i]) || holder->waits > 0 || holder->begins)
            continue;
        holder->begins = true;
        order[(*n)++] = moves->items[i].m.holder;
    }
    for (int done = 0; done < *n; done++)
        for (int i = moves->nodes[order[done]].followers; i >= 0; i = moves->items[i].next_follower)
            if (waits(moves, &moves->items[i]) && --moves->nodes[moves->items[i].m.seq].waits == 0)
                order[(*n)++] = moves->items[i].m.seq;
    return order;
}

/* ---- circles ---- */

static bool is_stuck(const KeyMoves *moves, const Move *move)
{
    return waits(moves, move) && moves->nodes[move->m.seq].waits > 0 && moves->nodes[move->m.holder].waits > 0;
}

/* Of the records that are stuck, leave out those that no other one waits for: they only wait for the circle. */
static void mark_circles(KeyMoves *moves)
{
    int *awaited = mem_alloc(sizeof *awaited * (size_t)(moves->last + 1)), n = 0;
    int64_t *outside = moves->stack;
    for (int i = 0; i < moves->n; i++)
        if (is_stuck(moves, &moves->items[i])) {
            awaited[moves->items[i].m.holder]++;
            moves->nodes[moves->items[i].m.seq].in_circle = true;
        }
    for (int i = 0; i < moves->n; i++) {
        int64_t seq = moves->items[i].m.seq;
        if (!moves->nodes[seq].in_circle || awaited[seq] > 0)
            continue;
        moves->nodes[seq].in_circle = false;
        outside[n++] = seq;
    }
    while (n > 0)
        for (int i = moves->nodes[outside[--n]].wishes; i >= 0; i = moves->items[i].next_wish) {
            int64_t holder = moves->items[i].m.holder;
            if (!is_stuck(moves, &moves->items[i]) || --awaited[holder] > 0 || !moves->nodes[holder].in_circle)
                continue;
            moves->nodes[holder].in_circle = false;
            outside[n++] = holder;
        }
    free(awaited);
}

static const Move *next_in_circle(const KeyMoves *moves, int64_t seq)
{
    for (int i = moves->nodes[seq].wishes; i >= 0; i = moves->items[i].next_wish)
        if (is_stuck(moves, &moves->items[i]) && moves->nodes[moves->items[i].m.holder].in_circle)
            return &moves->items[i];
    return NULL; /* never: what is in a circle waits for another one of it */
}

static const char *name_circle(KeyMoves *moves, int64_t first)
{
    Buf names = {0};
    int n = 0;
    int64_t at = first;
    do {
        const Move *move = next_in_circle(moves, at);
        if (n++ < NAMED)
            buf_printf(&names, "%s%s", n > 1 ? ", " : "", move->m.row);
        at = move->m.holder;
    } while (at != first);
    if (n > NAMED)
        buf_printf(&names, " and %d more", n - NAMED);
    const char *copy = arena_str(&moves->arena, names.data);
    buf_free(&names);
    return copy;
}

/* The circle that the record is part of or leads to. */
static const char *circle_of(KeyMoves *moves, int64_t seq)
{
    int64_t at = seq;
    for (; !moves->nodes[at].walked; at = next_in_circle(moves, at)->m.holder)
        moves->nodes[at].walked = true;
    const char *circle = moves->nodes[at].circle;
    if (!circle)
        circle = name_circle(moves, at);
    for (at = seq; !moves->nodes[at].circle; at = next_in_circle(moves, at)->m.holder)
        moves->nodes[at].circle = circle;
    return circle;
}

static void refuse_circle(const KeyMove *m, const char *circle, LateRejects *found)
{
    const char *reason =
        arena_printf(&found->arena,
                     "%s (%s) is used by %s in the database, and these records exchange their values in a "
                     "circle (%s), which needs a UNIQUE constraint that is DEFERRABLE (%s is not)",
                     m->columns, m->value, m->row, circle, m->key->name);
    late_rejects_add(found, m->seq, (Reject){REJECT_UNIQUE, m->columns, m->value, reason});
}

void key_moves_reject_circles(KeyMoves *moves, LateRejects *found)
{
    int n;
    free(key_moves_order(moves, &n));
    mark_circles(moves);
    n = 0;
    for (int i = 0; i < moves->n; i++) {
        int64_t seq = moves->items[i].m.seq;
        if (moves->nodes[seq].in_circle && !moves->nodes[seq].circle)
            circle_of(moves, seq);
    }
    for (int i = 0; i < moves->n; i++) {
        int64_t seq = moves->items[i].m.seq;
        Node *node = &moves->nodes[seq];
        if (!node->in_circle || node->told)
            continue;
        node->told = true;
        refuse_circle(&next_in_circle(moves, seq)->m, node->circle, found);
        moves->stack[n++] = seq;
    }
    for (int i = 0; i < n; i++)
        moves->nodes[moves->stack[i]].rejected = true; /* not before: next_in_circle looks at what is not rejected */
    reject_waiting(moves, n, found);
}
