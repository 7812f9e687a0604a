/* plan_check.c - statements around a check's query. The line feed behind it ends a comment that its file may
 * end with. */
#include "plan_check.h"

void plan_violations(Buf *out, const char *query, int most)
{
    buf_printf(out, "SELECT pg_catalog.count(*) OVER (), violation.* FROM (\n%s\n) AS violation LIMIT %d", query, most);
}

void plan_explain(Buf *out, const char *query)
{
    buf_printf(out, "EXPLAIN SELECT * FROM (\n%s\n) AS violation", query);
}
