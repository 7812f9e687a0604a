-- The ids that rows had before they were adopted. The last-synced state of a link is a hash of the record id of its
-- target; with this table an older hash still stands for the same row. Earlier adoptions are read from the history.
CREATE TABLE artsync.former_ids (
    base       text NOT NULL,
    table_name text NOT NULL,
    former_id  text COLLATE "C" NOT NULL,
    record_id  text COLLATE "C" NOT NULL,
    PRIMARY KEY (base, table_name, former_id)
);
COMMENT ON TABLE artsync.former_ids IS 'Derived and generated ids whose rows got a real id: the state of links may still hold the former one.';
COMMENT ON COLUMN artsync.former_ids.base IS 'The base.';
COMMENT ON COLUMN artsync.former_ids.table_name IS 'The mapped table.';
COMMENT ON COLUMN artsync.former_ids.former_id IS 'The derived or generated id.';
COMMENT ON COLUMN artsync.former_ids.record_id IS 'The real id that replaced it. A rollback puts the former id back and keeps this entry.';

INSERT INTO artsync.former_ids (base, table_name, former_id, record_id)
SELECT DISTINCT ON (l.base, l.table_name, c.columns->k.name->>0)
       l.base, l.table_name, c.columns->k.name->>0, c.columns->k.name->>1
  FROM artsync.changes AS c
  JOIN public.sync_logs AS l ON l.id = c.log_id
 CROSS JOIN LATERAL pg_catalog.json_object_keys(c.columns) AS k (name)
 WHERE l.sync_type <> 'rollback' AND c.action IN ('updated', 'reactivated')
   AND c.columns->k.name->>0 ~ '^(key|app)_[0-9a-f]{16}$'
   AND (c.record_id = c.columns->k.name->>1 OR c.record_id = c.columns->k.name->>0)
   AND c.columns->k.name->>1 IS NOT NULL
 ORDER BY l.base, l.table_name, c.columns->k.name->>0, c.id DESC;
