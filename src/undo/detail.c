/* detail.c - the lines of a rollback's report. */
#include "internal.h"

bool undo_detail(Undo *undo, const char *id, const char *action, cJSON *columns, const char *reason, Err *err)
{
    cJSON *line = cJSON_CreateObject();
    cJSON_AddStringToObject(line, "table", undo->stage.table->name);
    cJSON_AddStringToObject(line, "id", id);
    cJSON_AddStringToObject(line, "action", action);
    cJSON_AddItemToObject(line, "columns", columns ? columns : cJSON_CreateObject());
    cJSON_AddItemToObject(line, "reason", reason ? cJSON_CreateString(reason) : cJSON_CreateNull());
    char *text = cJSON_PrintUnformatted(line);
    bool ok = spool_add(undo->result->details, text, err);
    cJSON_free(text);
    cJSON_Delete(line);
    return ok;
}
