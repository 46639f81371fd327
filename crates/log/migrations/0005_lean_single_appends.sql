-- log.append_single with less in it. What its connection is told once, it is no longer told on every call: to keep plans, and
-- to use indexes; where a caller does not do that it is slower, and right. The guard and the number are looked for in
-- statements of their own, only where there is one: as parts of the insert they were made ready on every call.
create or replace function log.append_single(
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
) returns bigint[] language plpgsql security definer as $$
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
  if p_guard_version operator(pg_catalog.<>) 0::bigint then
    perform from log.event g
      where g.stream_id operator(pg_catalog.=) p_stream_id and g.version operator(pg_catalog.=) p_guard_version;
    if not found then
      raise exception 'the stream is not at version %', p_guard_version using errcode = 'CB005';
    end if;
  end if;
  if p_number_series is not null then
    select e.number into v_number from log.event e where e.number_series operator(pg_catalog.=) p_number_series
      order by e.number desc limit 1;
    v_number := coalesce(v_number, 0::bigint) operator(pg_catalog.+) 1::bigint;
  end if;
  insert into log.event (position, version, occurred_at, recorded_at, number, stream_id, event_id, correlation_id,
      causation_id, command_id, command_size, schema_version, event_type, actor, number_series, request_hash, body,
      traceparent)
    values (v_position, p_guard_version operator(pg_catalog.+) 1::bigint, p_occurred_at, v_recorded_at, v_number,
      p_stream_id, p_event_id, p_correlation_id, p_causation_id, p_command_id, 1, p_schema_version, p_event_type,
      p_actor, p_number_series, p_request_hash, p_body, p_traceparent);
  return array[v_position, v_number];
end $$;
