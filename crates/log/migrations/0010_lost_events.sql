-- A database may come back without events that were acknowledged and that no relay had published yet: then the stream fits the log, and
-- only a process that knows of them can tell. What it then halts no relay lets go on.
alter table log.log_head add column lost_in_epoch bigint;
comment on column log.log_head.lost_in_epoch is 'Epoch in which events that were acknowledged are lost: while it lasts, nothing is appended any more; null: never.';

-- Where nothing was compared yet, this server counts: a copy that is restored or promoted before the first comparison waits for one too.
update log.log_head set compared_on = pg_postmaster_start_time() where compared_on is null;
comment on column log.log_head.compared_on is 'Start of the server on which a relay last found the log and the stream equal, or on which the epoch began. A promoted standby and a restored copy started at another moment: nothing is appended there until a relay has compared.';

create function log.check_kept(p_epoch bigint, p_end bigint, p_position bigint, p_event uuid)
  returns text language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_epoch bigint;
  v_end bigint;
  v_event uuid;
  v_lost text;
begin
  -- What a standby has not replayed yet is not lost.
  if pg_is_in_recovery() then
    raise exception 'this server is a standby' using errcode = 'read_only_sql_transaction';
  end if;
  select h.epoch, h.position, (select e.event_id from log.event e where e.position = p_position)
    into strict v_epoch, v_end, v_event from log.log_head h;
  if v_epoch > p_epoch then return null; end if;
  v_lost := case
    when v_epoch < p_epoch then format('the log is of epoch %s, but it was in epoch %s', v_epoch, p_epoch)
    when v_end < p_end then format('the log ends at position %s, but it went as far as %s', v_end, p_end)
    when v_event is distinct from p_event then format('the log holds another event at position %s than before', p_position)
  end;
  if v_lost is null then return null; end if;
  v_lost := format('%s, as %s knows: it has lost events that were acknowledged; nothing is appended any more: find out why, then run '
    '`casebus log new-epoch`', v_lost, coalesce(nullif(current_setting('application_name'), ''), 'a process'));
  update log.log_head set halted = v_lost, lost_in_epoch = v_epoch
   where epoch = v_epoch and lost_in_epoch is distinct from v_epoch;
  return v_lost;
end $$;
comment on function log.check_kept is 'Looks whether the log goes as far as a process knows that it went, and holds that event at that position. If not, it stops every append in this epoch, and answers why; the first reason stays.';
revoke all on function log.check_kept from public;

create or replace function log.halt(p_reason text) returns void language sql security definer
  set search_path = pg_catalog, pg_temp
  as $$ update log.log_head set halted = p_reason
         where halted is distinct from p_reason and lost_in_epoch is distinct from epoch $$;

create or replace function log.resume() returns void language sql security definer
  set search_path = pg_catalog, pg_temp
  as $$ update log.log_head set halted = null, compared_on = pg_postmaster_start_time()
         where lost_in_epoch is distinct from epoch
           and (halted is not null or compared_on is distinct from pg_postmaster_start_time()) $$;

create or replace function log.resume_as_seen(p_epoch bigint, p_halted text, p_server_started_at timestamptz)
  returns boolean language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  if p_server_started_at <> pg_postmaster_start_time() then return false; end if;
  update log.log_head set halted = null, compared_on = p_server_started_at
   where epoch = p_epoch and halted is not distinct from p_halted and lost_in_epoch is distinct from epoch
     and (halted is not null or compared_on is distinct from p_server_started_at);
  if found then return true; end if;
  -- There may be nothing to change.
  perform from log.log_head where epoch = p_epoch and halted is null and p_halted is null;
  return found;
end $$;

-- Who can halt the log can look for that.
do $$
declare
  v_caller text;
begin
  for v_caller in
    select a.grantee::regrole::text from pg_proc f cross join aclexplode(f.proacl) a
      where f.oid = 'log.halt'::regproc and a.grantee not in (0, f.proowner)
  loop
    execute format('grant execute on function log.check_kept to %s', v_caller);
  end loop;
end $$;
