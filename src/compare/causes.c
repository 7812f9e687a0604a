/* causes.c - the words for the causes of a difference. */
#include "artsync/parity.h"

static const struct {
    const char *name, *words;
} causes[PARITY_CAUSES] = {
    [PARITY_EDITED] = {"edited_in_database", "edited in the database"},
    [PARITY_NEWER] = {"newer_in_export", "newer in the export"},
    [PARITY_BOTH] = {"both", "changed in both"},
    [PARITY_UNKNOWN] = {"never_synced", "never synced, cause unknown"},
};

const char *parity_cause_name(ParityCause cause) { return causes[cause].name; }
const char *parity_cause_words(ParityCause cause) { return causes[cause].words; }
