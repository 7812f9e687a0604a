-- Was a run committed whose COMMIT got no reply? Its last statement said completed. $1 sync id.
SELECT EXISTS (SELECT FROM public.sync_logs WHERE sync_id = $1 AND status = 'completed')
