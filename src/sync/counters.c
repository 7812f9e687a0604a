#include "artsync/counters.h"

#define COUNTED(member) offsetof(TableCounts, member)

const Counter counters[COUNTERS] = {
    {"read", "read", "records_processed", COUNTED(read), STYLE_PLAIN, COUNTER_ALWAYS},
    {"created", "created", "records_created", COUNTED(created), STYLE_GOOD, COUNTER_ALWAYS},
    {"updated", "updated", "records_updated", COUNTED(updated), STYLE_GOOD, COUNTER_ALWAYS},
    {"unchanged", "unchanged", "records_unchanged", COUNTED(unchanged), STYLE_PLAIN, COUNTER_ALWAYS},
    {"deactivated", "deactivated", "records_deleted", COUNTED(deactivated), STYLE_WARN, COUNTER_NOT_ZERO},
    {"reactivated", "reactivated", "records_reactivated", COUNTED(reactivated), STYLE_PLAIN, COUNTER_NOT_ZERO},
    {"rejected", "rejected", "records_failed", COUNTED(rejected), STYLE_BAD, COUNTER_ALWAYS},
    {"new_rejects", "new rejects", "new_rejects", COUNTED(new_rejects), STYLE_BAD, COUNTER_DATA},
    {"skipped_records", "skipped", "records_skipped", COUNTED(skipped_records), STYLE_PLAIN, COUNTER_ALWAYS},
    {"not_found", "not found", "records_not_found", COUNTED(not_found), STYLE_WARN, COUNTER_NOT_ZERO},
    {"conflicts", "conflicts", "records_conflicting", COUNTED(conflicts), STYLE_WARN, COUNTER_NOT_ZERO},
    {"overwritten", "overwritten", "records_overwritten", COUNTED(overwritten), STYLE_WARN, COUNTER_NOT_ZERO},
    {"warnings", "warnings", "warnings", COUNTED(warnings), STYLE_WARN, COUNTER_NOT_ZERO},
};

int64_t counter_value(const Counter *counter, const TableCounts *counts)
{
    return *(const int64_t *)(const void *)((const char *)counts + counter->offset);
}

TableCounts counters_total(const SyncResult *result)
{
    TableCounts total = {0};
    for (int i = 0; i < result->n_tables; i++)
        for (int c = 0; c < COUNTERS; c++)
            *(int64_t *)(void *)((char *)&total + counters[c].offset) +=
                counter_value(&counters[c], &result->tables[i].counts);
    return total;
}
