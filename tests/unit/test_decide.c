/* The decision of a sync as a truth table: every combination of facts that can happen, in every mode. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../src/merge/decide.h"
#include "case.h"

enum {
    PRESENT = 1, EQUAL = 2, ROW_NULL = 4, KNOWN = 8, READ_OTHERWISE = 16, CELL_MOVED = 32, ROW_MOVED = 64, ATTACHMENTS = 128,
    EVERY_FACT = 256,
    EXPORT_MOVED = READ_OTHERWISE | CELL_MOVED
};

static Facts facts(int bits)
{
    return (Facts){.present = bits & PRESENT,           .equal = bits & EQUAL,
                   .row_null = bits & ROW_NULL,         .known = bits & KNOWN,
                   .reading_moved = bits & READ_OTHERWISE, .export_moved = bits & CELL_MOVED,
                   .row_moved = bits & ROW_MOVED,       .attachments = bits & ATTACHMENTS};
}

/* C represents the three verdicts of a conflict, by --on-conflict. */
typedef enum Expected { SAME, WRITE, OVERWRITE, KEEP, C } Expected;

static const struct {
    const char *what;
    int bits;
    Expected incremental, merge; /* full decides columns as merge does */
} table[] = {
    {"no header for the column", 0, SAME, SAME},
    {"no header, row edited", KNOWN | ROW_MOVED, SAME, SAME},
    {"nothing changed", PRESENT | EQUAL | KNOWN, SAME, SAME},
    {"both changed to the same value", PRESENT | EQUAL | KNOWN | EXPORT_MOVED | ROW_MOVED, SAME, SAME},
    {"equal, never synced", PRESENT | EQUAL, SAME, SAME},
    {"both NULL, never synced", PRESENT | EQUAL | ROW_NULL, SAME, SAME},
    {"only the export changed", PRESENT | KNOWN | EXPORT_MOVED, WRITE, WRITE},
    {"only the export changed, from NULL", PRESENT | ROW_NULL | KNOWN | EXPORT_MOVED, WRITE, WRITE},
    {"only the database changed", PRESENT | KNOWN | ROW_MOVED, KEEP, OVERWRITE},
    {"the database was emptied", PRESENT | ROW_NULL | KNOWN | ROW_MOVED, KEEP, OVERWRITE},
    {"both changed, differently", PRESENT | KNOWN | EXPORT_MOVED | ROW_MOVED, C, OVERWRITE},
    {"both changed, the row to NULL", PRESENT | ROW_NULL | KNOWN | EXPORT_MOVED | ROW_MOVED, C, OVERWRITE},
    {"another mapping reads the same cell otherwise", PRESENT | KNOWN | READ_OTHERWISE, WRITE, WRITE},
    {"... and the row was edited", PRESENT | KNOWN | READ_OTHERWISE | ROW_MOVED, KEEP, OVERWRITE},
    {"... to what is read now", PRESENT | EQUAL | KNOWN | READ_OTHERWISE | ROW_MOVED, SAME, SAME},
    {"the database made something else of the same value", PRESENT | KNOWN, SAME, SAME},
    {"... NULL", PRESENT | KNOWN | ROW_NULL, SAME, SAME},
    {"never synced, the row is NULL", PRESENT | ROW_NULL, WRITE, WRITE},
    {"never synced, they differ", PRESENT, C, OVERWRITE},
    {"attachments: fresh URLs of the same files", PRESENT | ATTACHMENTS | KNOWN, SAME, SAME},
    {"attachments: same files, row edited", PRESENT | ATTACHMENTS | KNOWN | ROW_MOVED, SAME, SAME},
    {"attachments: other files", PRESENT | ATTACHMENTS | KNOWN | EXPORT_MOVED, WRITE, WRITE},
    {"attachments: other files, row edited", PRESENT | ATTACHMENTS | KNOWN | EXPORT_MOVED | ROW_MOVED, C, OVERWRITE},
    {"attachments: read otherwise, row edited", PRESENT | ATTACHMENTS | KNOWN | READ_OTHERWISE | ROW_MOVED, KEEP, OVERWRITE},
    {"attachments: never synced, none there", PRESENT | ATTACHMENTS | ROW_NULL, WRITE, WRITE},
    {"attachments: never synced, some there", PRESENT | ATTACHMENTS, SAME, SAME},
};

static Verdict verdict_for(Expected expected, OnConflict on_conflict)
{
    static const Verdict plain[] = {[SAME] = VERDICT_SAME, [WRITE] = VERDICT_WRITE, [OVERWRITE] = VERDICT_OVERWRITE,
                                    [KEEP] = VERDICT_KEEP};
    static const Verdict conflict[] = {[CONFLICT_EXPORT] = VERDICT_CONFLICT_WRITE,
                                       [CONFLICT_DATABASE] = VERDICT_CONFLICT_KEEP,
                                       [CONFLICT_REJECT] = VERDICT_CONFLICT_REJECT};
    return expected == C ? conflict[on_conflict] : plain[expected];
}

static void each_row_in_each_mode(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        for (SyncMode mode = SYNC_INCREMENTAL; mode <= SYNC_FULL; mode++)
            for (OnConflict on = CONFLICT_EXPORT; on <= CONFLICT_REJECT; on++) {
                Expected expected = mode == SYNC_INCREMENTAL ? table[i].incremental : table[i].merge;
                if (decide(mode, on, facts(table[i].bits)) != verdict_for(expected, on))
                    fail_msg("%s (%s, on conflict %d): %d", table[i].what, sync_mode_name(mode), (int)on,
                             (int)decide(mode, on, facts(table[i].bits)));
            }
}

/* Whatever the facts: an absent header writes nothing, and only a value that differs is ever written. */
static void nothing_else_is_written(void **state)
{
    (void)state;
    for (int bits = 0; bits < EVERY_FACT; bits++)
        for (SyncMode mode = SYNC_INCREMENTAL; mode <= SYNC_FULL; mode++) {
            CASE("bits %d, mode %s", bits, sync_mode_name(mode));
            Verdict v = decide(mode, CONFLICT_EXPORT, facts(bits));
            if (!(bits & PRESENT) || (bits & EQUAL))
                assert_false(verdict_writes(v));
            if ((bits & ATTACHMENTS) && !(bits & READ_OTHERWISE)) /* URLs alone are no news */
                assert_true(v == VERDICT_SAME || (!(bits & KNOWN) && (bits & ROW_NULL)));
            if (mode != SYNC_INCREMENTAL)
                assert_false(verdict_conflicts(v));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_row_in_each_mode), cmocka_unit_test(nothing_else_is_written)};
    return cmocka_run_group_tests_name("decide", tests, NULL, NULL);
}
