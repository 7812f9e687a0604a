#include "artsync/changes.h"

#include <cjson/cJSON.h>

#include "artsync/cells.h"

int changed_columns(const char *pairs, Buf *out)
{
    cJSON *parsed = cJSON_Parse(pairs ? pairs : "{}");
    const cJSON *pair;
    cJSON_ArrayForEach(pair, parsed)
    {
        cells_add(out, pair->string);
        cells_add(out, cJSON_GetStringValue(cJSON_GetArrayItem(pair, 0)));
        cells_add(out, cJSON_GetStringValue(cJSON_GetArrayItem(pair, 1)));
    }
    int n = cJSON_GetArraySize(parsed);
    cJSON_Delete(parsed);
    return n;
}
