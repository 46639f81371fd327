-- The way in for one command with one event, which is what a log under little load takes all day, with less around it.

-- Only the functions of this schema and its owner write the head, and positions and epochs only ever grow. As constraints
-- these were read and prepared on every append; a second head is refused here, and by the primary key.
alter table log.log_head
  drop constraint log_head_only_row_check,
  drop constraint log_head_position_check,
  drop constraint log_head_epoch_check;
create trigger log_head_is_one before insert on log.log_head
  for each statement execute function log.refuse_change();

-- What log.append_one does, for less:
--   * There is no `set search_path`, which alone costs a tenth of the call: setting and resetting it makes Postgres look up
--     the schemas again. Every name says its schema instead, so nobody can put another one in its place.
--   * It answers one array (position, number), not a row of a function that stands among the tables.
create function log.append_single(
  p_epoch bigint,
  p_command_id uuid,
  p_request_hash bytea,
  p_guard_version bigint,
  p_stream_id uuid,
  p_event_id uuid,
  p_event_type text,
  p_schema_version smallint,
  p_occurred_at timestamptz,
  p_actor text,
  p_correlation_id uuid,
  p_causation_id uuid,
  p_number_series text,
  p_body bytea,
  p_traceparent text
) returns bigint[] language plpgsql security definer
  set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
  v_position bigint;
  v_recorded_at timestamp with time zone;
  v_number bigint;
begin
  update log.log_head h set position = h.position operator(pg_catalog.+) 1::bigint,
      recorded_at = greatest(pg_catalog.clock_timestamp(), h.recorded_at)
    where h.only_row and h.epoch operator(pg_catalog.=) p_epoch and h.halted is null
      and (h.compared_on is null or h.compared_on operator(pg_catalog.=) pg_catalog.pg_postmaster_start_time())
    returning h.position, h.recorded_at into v_position, v_recorded_at;
  if v_position is null then
    raise exception 'the log is halted, in another epoch or not compared' using errcode = 'CB005';
  end if;
  insert into log.event (position, version, occurred_at, recorded_at, number, stream_id, event_id, correlation_id,
      causation_id, command_id, command_size, schema_version, event_type, actor, number_series, request_hash, body,
      traceparent)
    select v_position, p_guard_version operator(pg_catalog.+) 1::bigint, p_occurred_at, v_recorded_at,
        case when p_number_series is not null then coalesce(
          (select e.number from log.event e where e.number_series operator(pg_catalog.=) p_number_series
             order by e.number desc limit 1), 0::bigint) operator(pg_catalog.+) 1::bigint end,
        p_stream_id, p_event_id, p_correlation_id, p_causation_id, p_command_id, 1, p_schema_version, p_event_type,
        p_actor, p_number_series, p_request_hash, p_body, p_traceparent
      where p_guard_version operator(pg_catalog.=) 0::bigint
        or (select true from log.event g where g.stream_id operator(pg_catalog.=) p_stream_id
              and g.version operator(pg_catalog.=) p_guard_version)
    returning event.number into v_number;
  if not found then
    raise exception 'the stream is not at version %', p_guard_version using errcode = 'CB005';
  end if;
  return array[v_position, v_number];
end $$;
comment on function log.append_single is 'The lean way into the log for one command with one event: its position and number; fails where log.append_many would answer anything but appended.';
revoke all on function log.append_single from public;

-- Who could append one command before can do so now.
do $$
declare
  v_caller text;
begin
  for v_caller in
    select a.grantee::regrole::text from pg_proc f cross join aclexplode(f.proacl) a
      where f.oid = 'log.append_one'::regproc and a.grantee not in (0, f.proowner)
  loop
    execute format('grant execute on function log.append_single to %s', v_caller);
  end loop;
end $$;
