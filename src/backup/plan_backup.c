/* plan_backup.c - statements about the tables of a backup. */
#include "plan_backup.h"

/* A sum does not depend on the order of rows; SHA-256 does not depend on PostgreSQL's version. */
void plan_measure(Buf *out, const char *schema, const char *table)
{
    buf_str(out, "SELECT count(*), coalesce(sum(('x' || left(encode(sha256(convert_to(t::text, 'UTF8')), 'hex'), 16))"
                 "::bit(64)::bigint), 0) FROM ");
    sql_name(out, schema, table);
    buf_str(out, " AS t");
}

void plan_any_row(Buf *out, const char *schema, const char *table)
{
    buf_str(out, "SELECT EXISTS (SELECT FROM ");
    sql_name(out, schema, table);
    buf_char(out, ')');
}

void plan_make_schema(Buf *out, const char *schema)
{
    buf_str(out, "CREATE SCHEMA ");
    sql_ident(out, schema);
}
