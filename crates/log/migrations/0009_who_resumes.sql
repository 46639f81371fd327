-- Who could let appends go on before can do so as it was seen.
do $$
declare
  v_caller text;
begin
  for v_caller in
    select a.grantee::regrole::text from pg_proc f cross join aclexplode(f.proacl) a
      where f.oid = 'log.resume'::regproc and a.grantee not in (0, f.proowner)
  loop
    execute format('grant execute on function log.resume_as_seen to %s', v_caller);
  end loop;
end $$;
