/* facts.c - what is known of one column: did the export change, did the row? */
#include "artsync/facts.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "artsync/clean.h"
#include "artsync/plan.h"

FactsBasis facts_basis(const Layouts *layouts, LinkIndex *const *links, const PgRows *rows, int row, Arena *arena)
{
    const char *updated = pg_get(rows, row, ROWS_UPDATED_AT), *synced = pg_get(rows, row, ROWS_SYNCED_AT);
    return (FactsBasis){.links = links,
                        .arena = arena,
                        .same_rules = layouts_same_rules(layouts, (int)pg_int(rows, row, ROWS_LAYOUT)),
                        .untouched = updated && same_text(updated, synced)};
}

uint64_t row_meaning(LinkIndex *const *links, const Column *column, const char *row, Arena *arena)
{
    if (!row || !column->to)
        return value_meaning(column, row, arena);
    const LinkIndex *index = links ? links[column->to->index] : NULL; /* a rollback has none */
    const char *id = index ? link_identity_of_key(index, row) : NULL;
    return value_hash(id ? id : row);
}

/* Formats of the state before 2 hold the hash of the text as it was printed, and so does a value that had
 * another type. */
static bool is_hash_of(uint64_t hash, uint64_t meaning, const char *text)
{
    bool empty = text && !*text; /* is NULL or not: the meaning says it */
    return hash == meaning || (!empty && hash == value_hash(text));
}

/* The cell tells it, except of a link by name, which another record may carry now, under the same mapping. */
static bool has_export_moved(const Column *column, const Value *value, const Slot *slot, bool same_rules)
{
    if (slot->cell == CELL_UNKNOWN || (column->to && same_rules))
        return true;
    return slot->cell != CELL_ELSEWHERE && slot->cell != value->cell;
}

/* The shortest text that reads as this real number. */
static const char *real_text(float real, Arena *arena)
{
    const char *text = NULL;
    for (int digits = FLT_DIG; digits <= FLT_DECIMAL_DIG; digits++) {
        text = arena_printf(arena, "%.*g", digits, (double)real);
        if (strtof(text, NULL) == real)
            break;
    }
    return text;
}

uint64_t real_meaning(const Column *column, const char *row, Arena *arena)
{
    if (column->catalog->type.kind != PG_FLOAT || column->catalog->type.bytes != sizeof(double) || !row)
        return 0;
    double number = strtod(row, NULL);
    bool is_real = isfinite(number) && fabs(number) <= (double)FLT_MAX && (double)(float)number == number;
    return is_real ? value_meaning(column, real_text((float)number, arena), arena) : 0;
}

static bool has_row_moved(const FactsBasis *basis, const Column *column, const char *row, const Slot *slot,
                          uint64_t meaning)
{
    const bool attachments = column->type == FIELD_ATTACHMENTS;
    if (attachments && row && !slot->made) /* the state is of an earlier format and knows the file names alone */
        return !basis->untouched;
    uint64_t base = slot_base(*slot);
    return !is_hash_of(base, meaning, row) && real_meaning(column, row, basis->arena) != base;
}

Facts facts_of(const FactsBasis *basis, const Column *column, const Value *value, const char *row, const Slot *slot)
{
    Facts facts = {.present = value->present,
                   .equal = value->present &&
                            (column->from_database ? same_text(value->text, row) : same_value(value->text, row)),
                   .row_null = row == NULL,
                   .known = slot->value != 0,
                   .attachments = column->type == FIELD_ATTACHMENTS};
    if (!value->present)
        return facts;
    facts.reading_moved = facts.known && !is_hash_of(slot->value, value->hash, value->text);
    facts.export_moved = facts.reading_moved && has_export_moved(column, value, slot, basis->same_rules);
    if (facts.equal)
        return facts;
    uint64_t meaning = row_meaning(basis->links, column, row, basis->arena);
    facts.equal = !facts.attachments && meaning == value->hash;
    facts.row_moved = facts.known && has_row_moved(basis, column, row, slot, meaning);
    return facts;
}

Slot facts_slot(const Facts *facts, const Value *value, const char *row, const Slot *before, bool writes)
{
    if (!value->present)
        return *before;
    Slot slot = {.value = value->hash, .cell = value->cell};
    if (facts->attachments) {
        bool edited = facts->known && facts->row_moved && !facts->equal;
        uint64_t holds = writes ? value_hash(value->text) : edited ? before->made : value_hash(row);
        slot.made = holds == slot.value ? 0 : holds;
    } else if (facts->known && !facts->reading_moved && !facts->equal && !writes) {
        slot.made = before->made;
    }
    return slot;
}

Slot facts_first_slot(const Column *column, const Value *value)
{
    const Facts facts = {.attachments = column->type == FIELD_ATTACHMENTS};
    return facts_slot(&facts, value, NULL, &(Slot){0}, true);
}
