/* state.c - the last-synced state as it is stored: artsync.state_<table>.cols, artsync.changes.before_cols and
 * after_cols.
 *
 * One value of n slots, slot i belonging to artsync.layouts.columns[i] of the layout whose id is stored beside it.
 * Numbers are unsigned, most significant byte first. What a slot knows is in state.h.
 *
 *     OFFSET   SIZE        CONTENTS                                               layouts.format = 2
 *     0        ceil(n/2)   four bits a slot: slot i in byte i / 2, bits 4 * (i mod 2) and the three above;
 *                          bits behind the last slot are 0
 *                            bits 0-1: 0  the value is NULL: value_hash(NULL) = 1
 *                                      1  the value is the text f
 *                                      2  the value is the text t
 *                                      3  its hash follows; 0: not known
 *                            bit 2:       the hash of its cell follows, else the cell was empty (or nothing is known)
 *                            bit 3:       the hash of what the database made of it follows
 *     ceil(n/2)  4 to 20   per slot, in the order of i, what its bits announce: [8 value][4 cell][8 made]
 *                each
 *
 *     OFFSET   SIZE        CONTENTS                                               layouts.format = 1 (older)
 *     0        ceil(n/4)   the bits 0-1 alone: slot i in byte i / 4, bits 2 * (i mod 4) and the one above
 *     ceil(n/4)  8 each    the hashes of the slots whose bits are 3, in the order of i
 *
 *     OFFSET   SIZE        CONTENTS                                               layouts.format = 0 (oldest)
 *     0        8 each      the hashes of all n slots
 *
 *     A hash   value_hash(text): XXH3-64 of the bytes with seed 0; 1 for NULL; a hash of 0 or 1 counts 2 more, so that
 *              0 (not known) and 1 (NULL) are no text's. The text is the value in its canonical form (canonical.c), in
 *              older formats as it was printed; of a link the target's record id; of attachments their file names, as
 *              PostgreSQL prints text[]. cell_hash: the lower 32 bits of XXH3-64; 0 not known, 1 empty, 2 a cell of
 *              another header; a hash up to 2 counts 3 more.
 *
 * A value whose length does not fit its bits is damaged. A new form gets a new number, a row here and
 * a line in tests/unit/test_formats.c; what is stored stays readable as it is.
 */
#include "artsync/state.h"

#include <endian.h>
#include <stdlib.h>

#include "artsync/hex.h"

enum { FORMAT_PLAIN, FORMAT_PACKED, FORMAT_CELLS = STATE_FORMAT };

/* Most cells of a base are empty or boxes: their values take two bits. */
static const char *const words[] = {NULL, "f", "t"};
enum { WORDS = sizeof words / sizeof *words, SPELT = WORDS, HAS_CELL = 4, HAS_MADE = 8 };

static size_t half_bytes(int n) { return ((size_t)n + 1) / 2; }

size_t state_room(int n) { return half_bytes(n) + (2 * sizeof(uint64_t) + sizeof(uint32_t)) * (size_t)n; }

static char *put_hash(char *to, uint64_t hash)
{
    hash = htobe64(hash);
    return mempcpy(to, &hash, sizeof hash);
}

size_t state_pack(char *to, const Slot *slots, int n)
{
    uint64_t hashes[WORDS];
    for (int w = 0; w < WORDS; w++)
        hashes[w] = value_hash(words[w]);
    char *out = to + half_bytes(n);
    memset(to, 0, half_bytes(n));
    for (int i = 0; i < n; i++) {
        const Slot *slot = &slots[i];
        int bits = 0;
        while (bits < WORDS && slot->value != hashes[bits])
            bits++;
        if (bits == SPELT)
            out = put_hash(out, slot->value);
        if (slot->value && slot->cell != CELL_EMPTY) {
            uint32_t big = htobe32(slot->cell);
            out = mempcpy(out, &big, sizeof big);
            bits |= HAS_CELL;
        }
        if (slot->made) {
            out = put_hash(out, slot->made);
            bits |= HAS_MADE;
        }
        to[i / 2] |= (char)(bits << i % 2 * 4);
    }
    return (size_t)(out - to);
}

/* Bytes that are being read; `at` is NULL once they were too few. */
typedef struct Bytes {
    const char *at, *end;
} Bytes;

static void take(Bytes *bytes, void *to, size_t n)
{
    if (!bytes->at || (size_t)(bytes->end - bytes->at) < n) {
        bytes->at = NULL;
        memset(to, 0, n);
        return;
    }
    memcpy(to, bytes->at, n);
    bytes->at += n;
}

static uint64_t take_hash(Bytes *bytes)
{
    uint64_t big;
    take(bytes, &big, sizeof big);
    return be64toh(big);
}

static uint32_t take_cell(Bytes *bytes)
{
    uint32_t big;
    take(bytes, &big, sizeof big);
    return be32toh(big);
}

static uint64_t take_value(Bytes *bytes, int bits)
{
    return (bits & 3) == SPELT ? take_hash(bytes) : value_hash(words[bits & 3]);
}

static void take_cells(Bytes *bytes, const char *tags, Slot *slots, int n)
{
    for (int i = 0; i < n; i++) {
        int bits = (unsigned char)tags[i / 2] >> i % 2 * 4 & 15;
        slots[i].value = take_value(bytes, bits);
        slots[i].cell = bits & HAS_CELL ? take_cell(bytes) : slots[i].value ? CELL_EMPTY : CELL_UNKNOWN;
        slots[i].made = bits & HAS_MADE ? take_hash(bytes) : 0;
    }
}

static void take_packed(Bytes *bytes, const char *tags, Slot *slots, int n)
{
    for (int i = 0; i < n; i++)
        slots[i] = (Slot){.value = take_value(bytes, (unsigned char)tags[i / 4] >> i % 4 * 2)};
}

static void take_plain(Bytes *bytes, const char *tags, Slot *slots, int n)
{
    (void)tags;
    for (int i = 0; i < n; i++)
        slots[i] = (Slot){.value = take_hash(bytes)};
}

/* By format: slots in one byte of the tags, and how to read them. */
static const struct {
    size_t per_byte; /* 0: there are no tags */
    void (*take)(Bytes *bytes, const char *tags, Slot *slots, int n);
} formats[] = {
    [FORMAT_PLAIN] = {0, take_plain},
    [FORMAT_PACKED] = {4, take_packed},
    [FORMAT_CELLS] = {2, take_cells},
};

/* False: these are no bytes of n slots in this format. */
static bool unpack(int format, Str text, Slot *slots, int n)
{
    if (format < 0 || format >= (int)(sizeof formats / sizeof *formats))
        return false;
    size_t each = formats[format].per_byte, tags = each ? ((size_t)n + each - 1) / each : 0;
    if (text.n < tags)
        return false;
    Bytes bytes = {text.p + tags, text.p + text.n};
    formats[format].take(&bytes, text.p, slots, n);
    return bytes.at == bytes.end;
}

static bool fail_damaged(const Layouts *layouts, int layout, Err *err)
{
    return err_set(err, ERR_DATABASE, "restore a backup of schema artsync",
                   "artsync.%s holds state that is damaged: it does not fit its layout, %d", layouts->table->state,
                   layout);
}

/* The slots of a layout in the order of today. */
static void arrange(const Layouts *layouts, const struct Layout *layout, const Slot *slots, Slot *out)
{
    for (int i = 0; i < layout->n; i++) {
        int c = layout->columns[i];
        if (out[c].value) /* the column's present name goes before its former one */
            continue;
        out[c] = slots[i];
        if (layouts->former && c < layouts->table->n_columns)
            out[c].value = former_now(&layouts->former[c], slots[i].value);
        if (layout->elsewhere[i] && out[c].value)
            out[c].cell = CELL_ELSEWHERE;
    }
}

bool state_decode(const Layouts *layouts, int id, const char *hex, Slot *out, Err *err)
{
    memset(out, 0, sizeof *out * (size_t)layouts->n_slots);
    if (!hex)
        return true;
    const struct Layout *layout = layouts_find(layouts, id);
    if (!layout)
        return fail_damaged(layouts, id, err);
    Arena arena = {0};
    Slot *slots = arena_alloc(&arena, sizeof *slots * (size_t)(layout->n + 1));
    bool ok = unpack(layout->format, bytea_read(hex, &arena), slots, layout->n);
    if (ok)
        arrange(layouts, layout, slots, out);
    arena_free(&arena);
    return ok || fail_damaged(layouts, id, err);
}

void state_encode(Buf *out, const Slot *slots, int n)
{
    char *bytes = mem_alloc(state_room(n));
    bytea_add(out, (Str){bytes, state_pack(bytes, slots, n)});
    free(bytes);
}
