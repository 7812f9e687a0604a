/* plan_former.c - the statements over artsync.former_ids (former.h). */
#include "artsync/pg.h"
#include "artsync/plan.h"
#include "plan_former.h"

/* "base = ... AND table_name = ..." */
static void of_table(Buf *out, const Table *table)
{
    buf_str(out, "f.base = ");
    sql_literal(out, table->base->name);
    buf_str(out, " AND f.table_name = ");
    sql_literal(out, table->name);
}

static void note(Buf *out, const Table *table, const char *pairs)
{
    buf_str(out, "INSERT INTO artsync.former_ids (base, table_name, former_id, record_id) SELECT ");
    sql_literal(out, table->base->name);
    buf_str(out, ", ");
    sql_literal(out, table->name);
    sql_expand(out, table, pairs);
    buf_str(out, " ON CONFLICT (base, table_name, former_id) DO UPDATE SET record_id = excluded.record_id");
}

void plan_note_former(Buf *out, const Table *table)
{
    note(out, table, ", s.at_id::text, s.id FROM pg_temp.artsync_stage AS s WHERE " PLAN_ADOPTED);
}

void plan_pass_former(Buf *out, const Table *table)
{
    buf_str(out, "UPDATE artsync.former_ids AS f SET record_id = s.id FROM pg_temp.artsync_stage AS s "
                 "WHERE f.record_id = s.at_id::text AND f.former_id <> s.id AND " PLAN_ADOPTED " AND ");
    of_table(out, table);
}

void plan_note_returned(Buf *out, const Table *table)
{
    note(out, table, ", h.former, h.id FROM unnest($1::text[], $2::text[]) AS h (former, id) "
                     "JOIN {table} AS t ON {t.id=h.id}");
}

void plan_part_former(Buf *out, const Table *table)
{
    sql_expand(out, table,
               "WITH back AS (SELECT f.record_id, f.former_id FROM artsync.former_ids AS f "
               "JOIN pg_temp.artsync_stage AS s ON s.id = f.record_id AND s.live AND s.op = 'i' "
               "JOIN {table} AS t ON {t.id=f.former_id} WHERE ");
    of_table(out, table);
    buf_str(out,
            " AND f.former_id <> f.record_id), "
            "parted AS (SELECT b.record_id, min(b.former_id) AS former_id FROM back AS b GROUP BY b.record_id), "
            "passed AS (UPDATE artsync.former_ids AS f SET record_id = CASE WHEN EXISTS (SELECT FROM back AS b "
            "WHERE b.former_id = f.former_id) THEN f.former_id ELSE p.former_id END FROM parted AS p "
            "WHERE f.record_id = p.record_id AND f.former_id <> f.record_id AND ");
    of_table(out, table);
    buf_str(out, ") SELECT count(*) FROM parted");
}

/* Of all ids of one record: those that no row has now count as one of them. That is the one that the row has, if it is
 * a former one, which a rollback put back; else the first of the former ones, also for the row with the record's own
 * id. */
void plan_former_ids(Buf *out, const Table *table)
{
    sql_expand(out, table,
               "WITH each AS (SELECT f.former_id, f.record_id, {o.id} IS NOT NULL AS is_there, "
               "{n.id} IS NOT NULL AS has_row FROM artsync.former_ids AS f "
               "LEFT JOIN {table} AS o ON {o.id=f.former_id} "
               "LEFT JOIN {table} AS n ON {n.id=f.record_id} WHERE ");
    of_table(out, table);
    buf_str(out, "), records AS (SELECT e.record_id, bool_or(e.has_row OR e.is_there) AS has_row, "
                 "coalesce(min(e.former_id) FILTER (WHERE e.is_there AND NOT e.has_row), "
                 "min(e.former_id) FILTER (WHERE NOT e.is_there)) AS shown FROM each AS e GROUP BY e.record_id) "
                 "SELECT e.former_id, r.shown, r.has_row FROM each AS e JOIN records AS r ON r.record_id = e.record_id "
                 "WHERE NOT e.is_there UNION ALL "
                 "SELECT r.record_id, r.shown, r.has_row FROM records AS r WHERE r.shown IS NOT NULL");
}
