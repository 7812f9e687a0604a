/* report_json.c - the object that sync and diff print: docs/REFERENCE.md, JSON. */
#include "artsync/log.h"
#include "private.h"

typedef struct Lines {
    JsonOut *json;
    int64_t left; /* < 0: no limit */
} Lines;

static bool print_line(void *ctx, const char *line, Err *err)
{
    (void)err;
    Lines *lines = ctx;
    if (lines->left == 0)
        return true;
    if (lines->left > 0)
        lines->left--;
    json_raw(lines->json, NULL, line);
    return true;
}

static bool print_spool(JsonOut *json, const char *key, Spool *spool, int64_t limit, Err *err)
{
    Lines lines = {json, limit > 0 ? limit : -1};
    json_open(json, key, '[');
    bool ok = !spool || spool_each(spool, print_line, &lines, err);
    json_close(json, ']');
    return ok;
}

static void print_tables(JsonOut *json, const SyncResult *result)
{
    json_open(json, "tables", '[');
    for (int i = 0; i < result->n_tables; i++) {
        const SyncTable *t = &result->tables[i];
        const struct {
            const char *key;
            int64_t n;
        } counts[] = {
            {"read", t->counts.read},           {"created", t->counts.created},         {"updated", t->counts.updated},
            {"unchanged", t->counts.unchanged}, {"deactivated", t->counts.deactivated}, {"reactivated", t->counts.reactivated},
            {"rejected", t->counts.rejected},   {"new_rejects", t->counts.new_rejects}, {"skipped_records", t->counts.skipped_records},
            {"conflicts", t->counts.conflicts}, {"overwritten", t->counts.overwritten}, {"warnings", t->counts.warnings}};
        json_open(json, NULL, '{');
        json_text(json, "table", t->table->name);
        json_text(json, "file", t->source.name);
        json_item(json, "sha256", json_string_or_null(t->source.fingerprint));
        json_bool(json, "skipped", t->skipped);
        for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++)
            json_number(json, counts[c].key, counts[c].n);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void print_cleaning(JsonOut *json, CleaningReport *report)
{
    const CleaningChange *changes = NULL;
    size_t n = report ? cleaning_report_changes(report, &changes) : 0;
    json_open(json, "cleaning", '[');
    for (size_t i = 0; i < n; i++) {
        json_open(json, NULL, '{');
        json_text(json, "table", changes[i].table);
        json_text(json, "column", changes[i].column);
        json_text(json, "from", changes[i].from);
        json_text(json, "to", changes[i].to);
        json_number(json, "count", changes[i].count);
        json_close(json, '}');
    }
    json_close(json, ']');
}

void report_file_warnings(CleaningReport *report)
{
    const CleaningWarning *warnings = NULL;
    size_t n = report ? cleaning_report_warnings(report, &warnings) : 0;
    for (size_t i = 0; i < n; i++)
        if (warnings[i].lines[0] == 0)
            log_attention("%s%s%s: %s", warnings[i].table, warnings[i].column ? "." : "",
                          warnings[i].column ? warnings[i].column : "", warnings[i].text);
}

bool report_json(const SyncResult *result, const Err *failed, int64_t limit, Err *err)
{
    JsonOut json;
    json_begin(&json, stdout);
    json_item(&json, "sync_id", json_string_or_null(result->sync_id));
    json_text(&json, "mode", sync_mode_name(result->mode));
    json_bool(&json, "dry_run", result->dry_run);
    json_bool(&json, "forced", result->forced);
    json_text(&json, "status", result->status ? result->status : "failed");
    json_item(&json, "started_at", json_string_or_null(result->started_at));
    json_number(&json, "duration_ms", result->duration_ms);
    print_tables(&json, result);
    bool ok = print_spool(&json, "rejects", result->rejects, 0, err) &&
              print_spool(&json, "conflicts", result->conflicts, 0, err);
    print_cleaning(&json, result->cleaning);
    if (limit >= 0)
        ok = ok && print_spool(&json, "changes", result->changes, limit, err);
    if (failed && failed->code != ERR_NONE)
        json_item(&json, "error", json_error(failed));
    json_end(&json);
    report_file_warnings(result->cleaning); /* the object has no place for them */
    return ok;
}
