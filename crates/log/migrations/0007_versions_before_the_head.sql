-- log.append_lean looks for the versions that its commands follow before it takes the head: a call that waits behind another one
-- has looked by the time the other one is durable. What is there stays there, so that looking later would find no less.
create or replace function log.append_lean(
  p_epoch bigint,
  p_series text[],
  p_command_ids uuid[],
  p_request_hashes bytea[],
  p_guard_versions bigint[],
  p_stream_ids uuid[],
  p_event_ids uuid[],
  p_event_types text[],
  p_schema_versions smallint[],
  p_occurred_at timestamptz[],
  p_actors text[],
  p_correlation_ids uuid[],
  p_causation_ids uuid[],
  p_event_series integer[],
  p_series_ranks integer[],
  p_bodies bytea[],
  p_traceparents text[] default null,
  out start bigint,
  out numbers bigint[]
) language plpgsql security definer set search_path = pg_catalog, pg_temp
  set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
  v_events constant integer := cardinality(p_event_ids);
  v_recorded_at timestamptz;
begin
  -- No `exists`: the planner may hash the whole log for it.
  perform from (select unnest(p_stream_ids) as stream_id, unnest(p_guard_versions) as version) x
    where x.version is distinct from 0
      and (select true from log.event g where g.stream_id = x.stream_id and g.version = x.version) is null
    limit 1;
  if found then
    raise exception 'a stream is not at its version' using errcode = 'CB005';
  end if;
  update log.log_head h set position = h.position + v_events, recorded_at = greatest(clock_timestamp(), h.recorded_at)
    where h.only_row and h.epoch = p_epoch and h.halted is null
      and (h.compared_on is null or h.compared_on = pg_postmaster_start_time())
    returning h.position - v_events, h.recorded_at into start, v_recorded_at;
  if start is null then
    raise exception 'the log is halted, in another epoch or not compared' using errcode = 'CB005';
  end if;
  if cardinality(p_series) > 0 then
    numbers := array(
      select coalesce((select e.number from log.event e where e.number_series = s.key order by e.number desc limit 1), 0)
        from unnest(p_series) s(key));
  end if;
  insert into log.event (position, version, occurred_at, recorded_at, number, stream_id, event_id, correlation_id,
      causation_id, command_id, command_size, schema_version, event_type, actor, number_series, request_hash, body,
      traceparent)
    select start + x.ordinal, x.guard_version + 1, x.occurred_at, v_recorded_at,
        case when x.series > 0 then numbers[x.series] + x.rank end, x.stream_id, x.event_id, x.correlation_id,
        x.causation_id, x.command_id, 1, x.schema_version, x.event_type, x.actor,
        case when x.series > 0 then p_series[x.series] end, x.request_hash, x.body,
        x.traceparent
      -- Side by side in the select list the arrays are read in step; in the from list each is first written out as a table.
      from (select unnest(p_command_ids) as command_id, unnest(p_request_hashes) as request_hash,
          unnest(p_guard_versions) as guard_version, unnest(p_stream_ids) as stream_id, unnest(p_event_ids) as event_id,
          unnest(p_event_types) as event_type, unnest(p_schema_versions) as schema_version,
          unnest(p_occurred_at) as occurred_at, unnest(p_actors) as actor, unnest(p_correlation_ids) as correlation_id,
          unnest(p_causation_ids) as causation_id, unnest(p_event_series) as series, unnest(p_series_ranks) as rank,
          unnest(p_bodies) as body, unnest(p_traceparents) as traceparent, generate_series(1, v_events) as ordinal) x;
end $$;
