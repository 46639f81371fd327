-- A database may come back without events that were acknowledged and that no relay had published yet: then the stream fits the log, and
-- only a process that knows of them can tell. What it then halts no relay lets go on.
alter table log.log_head add column halted_until_epoch boolean not null default false;
comment on column log.log_head.halted_until_epoch is 'Whether only a new epoch ends the halt: events that were acknowledged are lost.';

-- Where nothing was compared yet, this server counts: a copy that is restored or promoted before the first comparison waits for one too.
update log.log_head set compared_on = pg_postmaster_start_time() where compared_on is null;
comment on column log.log_head.compared_on is 'Start of the server on which a relay last found the log and the stream equal, or on which the epoch began. A promoted standby and a restored copy started at another moment: nothing is appended there until a relay has compared.';

create function log.halt_until_epoch(p_epoch bigint, p_reason text) returns void language sql security definer
  set search_path = pg_catalog, pg_temp
  as $$ update log.log_head set halted = p_reason, halted_until_epoch = true
         where epoch = p_epoch and not halted_until_epoch $$;
comment on function log.halt_until_epoch is 'Stops every append in this epoch: events that were acknowledged are lost. The first reason stays.';
revoke all on function log.halt_until_epoch from public;

create or replace function log.halt(p_reason text) returns void language sql security definer
  set search_path = pg_catalog, pg_temp
  as $$ update log.log_head set halted = p_reason where halted is distinct from p_reason and not halted_until_epoch $$;

create or replace function log.resume() returns void language sql security definer
  set search_path = pg_catalog, pg_temp
  as $$ update log.log_head set halted = null, compared_on = pg_postmaster_start_time()
         where not halted_until_epoch
           and (halted is not null or compared_on is distinct from pg_postmaster_start_time()) $$;

create or replace function log.resume_as_seen(p_epoch bigint, p_halted text, p_server_started_at timestamptz)
  returns boolean language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  if p_server_started_at <> pg_postmaster_start_time() then return false; end if;
  update log.log_head set halted = null, compared_on = p_server_started_at
   where epoch = p_epoch and halted is not distinct from p_halted and not halted_until_epoch
     and (halted is not null or compared_on is distinct from p_server_started_at);
  if found then return true; end if;
  -- There may be nothing to change.
  perform from log.log_head where epoch = p_epoch and halted is null and p_halted is null;
  return found;
end $$;

-- Who can halt the log can do so until a new epoch.
do $$
declare
  v_caller text;
begin
  for v_caller in
    select a.grantee::regrole::text from pg_proc f cross join aclexplode(f.proacl) a
      where f.oid = 'log.halt'::regproc and a.grantee not in (0, f.proowner)
  loop
    execute format('grant execute on function log.halt_until_epoch to %s', v_caller);
  end loop;
end $$;
