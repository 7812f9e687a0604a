/* Which environment variables libpq reads. */
#include "private.h"

bool pg_is_variable(const char *name)
{
    static const char *const others[] = {"PGSERVICEFILE", "PGSYSCONFDIR"}; /* no connection option represents them */
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (strcmp(name, others[i]) == 0)
            return true;
    PQconninfoOption *options = PQconndefaults();
    bool found = false;
    for (const PQconninfoOption *o = options; o && o->keyword && !found; o++)
        found = o->envvar && strcmp(o->envvar, name) == 0;
    PQconninfoFree(options);
    return found;
}
