COPY pg_temp.artsync_found (seq, record_id, file, record, line, column_name, value, code, reason, raw, source) FROM STDIN
