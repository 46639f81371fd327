-- A relay lets appends go on only where it has compared: another server may have taken the place of the one that it asked, and
-- another relay, or an operator, may have acted meanwhile.
create function log.resume_as_seen(p_epoch bigint, p_halted text, p_server_started_at timestamptz)
  returns boolean language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  if p_server_started_at <> pg_postmaster_start_time() then return false; end if;
  update log.log_head set halted = null, compared_on = p_server_started_at
   where epoch = p_epoch and halted is not distinct from p_halted
     and (halted is not null or compared_on is distinct from p_server_started_at);
  if found then return true; end if;
  -- There may be nothing to change.
  perform from log.log_head where epoch = p_epoch and halted is null and p_halted is null;
  return found;
end $$;
comment on function log.resume_as_seen is 'Lets appends go on: log and stream were found equal on the server that started then. False, and nothing is changed, where this is another server, the epoch is another one, or the log was halted otherwise meanwhile.';
revoke all on function log.resume_as_seen from public;
comment on function log.resume is 'Lets appends go on, for relays of before log.resume_as_seen.';
