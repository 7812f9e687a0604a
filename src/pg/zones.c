/* zones.c - what the server knows of a base's time zones. */
#include <stdlib.h>

#include "artsync/embed.h"
#include "artsync/pg.h"

static bool check(Pg *pg, const Zone *zone, Err *err)
{
    char *known = NULL;
    const char *params[] = {zone->name};
    if (!pg_value(pg, sql_query("zone_known"), 1, params, &known, err))
        return false;
    bool ok = known[0] == 't';
    free(known);
    return ok || err_set(err, ERR_CONFIG, "pg_timezone_names lists those that there are, such as Europe/London",
                         "time_zone: the server knows no time zone \"%s\"", zone->name);
}

static bool load(Pg *pg, Zone *zone, Err *err)
{
    PgRows *rows = NULL;
    const char *params[] = {zone->name};
    if (!pg_query(pg, sql_query("zone_offsets"), 1, params, &rows, err))
        return false;
    zone->n = pg_count(rows);
    zone->offsets = mem_alloc(sizeof *zone->offsets * ((size_t)zone->n + 1));
    for (int i = 0; i < zone->n; i++)
        zone->offsets[i] = (ZoneOffset){pg_int(rows, i, 0), pg_int(rows, i, 1)};
    pg_rows_free(rows);
    return true;
}

bool pg_zones_check(Pg *pg, const Base *base, Err *err)
{
    for (int i = 0; i < base->n_zones; i++)
        if (!base->zones[i].offsets && !check(pg, &base->zones[i], err))
            return false;
    return true;
}

bool pg_zones(Pg *pg, const Base *base, Err *err)
{
    bool ok = pg_zones_check(pg, base, err);
    for (int i = 0; ok && i < base->n_zones; i++)
        ok = base->zones[i].offsets || load(pg, &base->zones[i], err);
    return ok;
}
