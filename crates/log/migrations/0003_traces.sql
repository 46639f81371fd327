-- The trace of an event stands beside it, from the request to whoever reads the event.

alter table log.event add column traceparent text collate "C";
comment on column log.event.traceparent is 'Trace in which the event was asked for, as a traceparent of W3C Trace Context; null: none. It is no part of the event: nothing compares it or hashes it.';

-- The functions of 0002 with one argument more. It has a default, so programs of the version before call these too, and
-- who could call the old ones can call these. Where no event of a call has a trace the array is null or empty: unnest
-- fills the column with nulls, and nothing more is sent.
create function log.append_one(
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
  p_traceparent text default null,
  out first bigint,
  out number bigint
) language plpgsql security definer set search_path = pg_catalog, pg_temp
  set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
  v_recorded_at timestamptz;
begin
  update log.log_head h set position = h.position + 1, recorded_at = greatest(clock_timestamp(), h.recorded_at)
    where h.only_row and h.epoch = p_epoch and h.halted is null
      and (h.compared_on is null or h.compared_on = pg_postmaster_start_time())
    returning h.position, h.recorded_at into append_one.first, v_recorded_at;
  if append_one.first is null then
    raise exception 'the log is halted, in another epoch or not compared' using errcode = 'CB005';
  end if;
  insert into log.event (position, version, occurred_at, recorded_at, number, stream_id, event_id, correlation_id,
      causation_id, command_id, command_size, schema_version, event_type, actor, number_series, request_hash, body,
      traceparent)
    select append_one.first, p_guard_version + 1, p_occurred_at, v_recorded_at,
        case when p_number_series is not null then coalesce(
          (select e.number from log.event e where e.number_series = p_number_series order by e.number desc limit 1), 0) + 1 end,
        p_stream_id, p_event_id, p_correlation_id, p_causation_id, p_command_id, 1, p_schema_version, p_event_type, p_actor,
        p_number_series, p_request_hash, p_body, p_traceparent
      where p_guard_version = 0
        or (select true from log.event g where g.stream_id = p_stream_id and g.version = p_guard_version)
    returning event.number into append_one.number;
  if not found then
    raise exception 'the stream is not at version %', p_guard_version using errcode = 'CB005';
  end if;
end $$;

create function log.append_lean(
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
  v_inserted integer;
begin
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
      from unnest(p_command_ids, p_request_hashes, p_guard_versions, p_stream_ids, p_event_ids, p_event_types,
          p_schema_versions, p_occurred_at, p_actors, p_correlation_ids, p_causation_ids, p_event_series, p_series_ranks,
          p_bodies, p_traceparents) with ordinality
        x(command_id, request_hash, guard_version, stream_id, event_id, event_type, schema_version, occurred_at, actor,
          correlation_id, causation_id, series, rank, body, traceparent, ordinal)
      -- No `exists`: the planner may hash the whole log for it.
      where x.guard_version = 0
        or (select true from log.event g where g.stream_id = x.stream_id and g.version = x.guard_version);
  get diagnostics v_inserted = row_count;
  if v_inserted <> v_events then
    raise exception 'a stream is not at its version' using errcode = 'CB005';
  end if;
end $$;

create function log.append_many(
  p_epoch bigint,
  p_streams uuid[],
  p_series text[],
  p_command_ids uuid[],
  p_earlier_in_call integer[],
  p_guard_ends integer[],
  p_guard_streams integer[],
  p_guard_versions bigint[],
  p_event_ends integer[],
  p_event_streams integer[],
  p_event_ids uuid[],
  p_event_types text[],
  p_schema_versions smallint[],
  p_occurred_at timestamptz[],
  p_actors text[],
  p_correlation_ids uuid[],
  p_causation_ids uuid[],
  p_event_series integer[],
  p_event_commands uuid[],
  p_event_command_sizes integer[],
  p_event_request_hashes bytea[],
  p_bodies bytea[],
  p_traceparents text[] default null,
  out outcomes smallint[],
  out firsts bigint[],
  out lasts bigint[],
  out numbers bigint[]
) language plpgsql security definer set search_path = pg_catalog, pg_temp
  set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
  v_position bigint;
  v_start bigint;
  v_epoch bigint;
  v_halted text;
  v_compared_on timestamptz;
  v_recorded_at timestamptz;
  v_versions bigint[];
  v_numbers bigint[];
  v_event_positions bigint[] := array_fill(null::bigint, array[cardinality(p_event_ids)]);
  v_event_versions bigint[] := v_event_positions;
  v_known bigint[];
  v_known_size integer;
  v_known_hash bytea;
  v_from_guard integer := 1;
  v_from_event integer := 1;
  v_conflict integer;
  v_stream integer;
  v_series integer;
  v_earlier integer;
  v_same boolean;
begin
  select h.position, h.epoch, h.recorded_at, h.halted, h.compared_on
    into strict v_position, v_epoch, v_recorded_at, v_halted, v_compared_on
    from log.log_head h where h.only_row for update;
  if v_epoch <> p_epoch then
    raise exception 'the log is in epoch %, not %', v_epoch, p_epoch using errcode = 'CB002';
  end if;
  v_start := v_position;
  numbers := v_event_positions;
  outcomes := array_fill(0::smallint, array[cardinality(p_command_ids)]);
  firsts := array_fill(0::bigint, array[cardinality(p_command_ids)]);
  lasts := firsts;

  -- unnest gives its rows in the order of the array.
  select array(select coalesce((select e.version from log.event e where e.stream_id = s.id order by e.version desc limit 1), 0)
                 from unnest(p_streams) s(id)),
      array(select coalesce((select e.number from log.event e where e.number_series = s.key order by e.number desc limit 1), 0)
              from unnest(p_series) s(key)),
      array(select (select k.position from log.event k where k.command_id = c.id) from unnest(p_command_ids) c(id))
    into v_versions, v_numbers, v_known;

  for i in 1 .. cardinality(p_command_ids) loop
    -- The last command of the same id within this call that was answered with positions.
    v_earlier := p_earlier_in_call[i];
    while v_earlier > 0 and outcomes[v_earlier] > 1 loop
      v_earlier := p_earlier_in_call[v_earlier];
    end loop;
    if v_known[i] is not null then
      select e.command_size, e.request_hash into v_known_size, v_known_hash from log.event e where e.position = v_known[i];
      if v_known_hash = p_event_request_hashes[v_from_event] then
        outcomes[i] := 1;
        firsts[i] := v_known[i];
        lasts[i] := v_known[i] + v_known_size - 1;
      else
        outcomes[i] := 3;
      end if;
    elsif v_earlier > 0 then
      v_same := p_event_request_hashes[case when v_earlier > 1 then p_event_ends[v_earlier - 1] + 1 else 1 end]
        = p_event_request_hashes[v_from_event];
      if v_same then
        outcomes[i] := 1;
        firsts[i] := firsts[v_earlier];
        lasts[i] := lasts[v_earlier];
      else
        outcomes[i] := 3;
      end if;
    else
      v_conflict := 0;
      for g in v_from_guard .. p_guard_ends[i] loop
        if v_versions[p_guard_streams[g]] <> p_guard_versions[g] then
          v_conflict := p_guard_streams[g];
          exit;
        end if;
      end loop;
      if v_conflict > 0 then
        outcomes[i] := 2;
        firsts[i] := v_conflict;
        lasts[i] := v_versions[v_conflict];
      else
        firsts[i] := v_position + 1;
        for e in v_from_event .. p_event_ends[i] loop
          v_position := v_position + 1;
          v_stream := p_event_streams[e];
          v_versions[v_stream] := v_versions[v_stream] + 1;
          v_event_positions[e] := v_position;
          v_event_versions[e] := v_versions[v_stream];
          v_series := p_event_series[e];
          if v_series > 0 then
            v_numbers[v_series] := v_numbers[v_series] + 1;
            numbers[e] := v_numbers[v_series];
          end if;
        end loop;
        lasts[i] := v_position;
      end if;
    end if;
    v_from_guard := p_guard_ends[i] + 1;
    v_from_event := p_event_ends[i] + 1;
  end loop;

  if v_position = v_start then
    return;
  end if;
  -- Only now: a repeat gets its first answer even while the log is halted.
  if v_halted is not null or v_compared_on <> pg_postmaster_start_time() then
    perform log.check_open(v_halted, v_compared_on);
  end if;
  v_recorded_at := greatest(clock_timestamp(), v_recorded_at);
  insert into log.event (position, version, occurred_at, recorded_at, number, stream_id, event_id, correlation_id,
      causation_id, command_id, command_size, schema_version, event_type, actor, number_series, request_hash, body,
      traceparent)
    select v_event_positions[x.ordinal], v_event_versions[x.ordinal], x.occurred_at, v_recorded_at,
        numbers[x.ordinal], p_streams[x.stream], x.event_id, x.correlation_id, x.causation_id,
        x.command_id, x.command_size, x.schema_version, x.event_type, x.actor,
        case when x.series > 0 then p_series[x.series] end, x.request_hash, x.body,
        x.traceparent
      from unnest(p_event_streams, p_event_ids, p_event_types, p_schema_versions, p_occurred_at, p_actors,
          p_correlation_ids, p_causation_ids, p_event_series, p_event_commands, p_event_command_sizes,
          p_event_request_hashes, p_bodies, p_traceparents) with ordinality
        x(stream, event_id, event_type, schema_version, occurred_at, actor, correlation_id, causation_id, series,
          command_id, command_size, request_hash, body, traceparent, ordinal)
      where v_event_positions[x.ordinal] is not null;
  update log.log_head set position = v_position, recorded_at = v_recorded_at where only_row;
end $$;

do $$
declare
  v_former record;
begin
  for v_former in
    select f.oid::regprocedure as function, n.oid::regprocedure as successor,
        array(select a.grantee::regrole::text from aclexplode(f.proacl) a where a.grantee not in (0, f.proowner)) as callers
      from pg_proc f join pg_proc n on n.pronamespace = f.pronamespace and n.proname = f.proname and n.pronargs = f.pronargs + 1
      where f.pronamespace = 'log'::regnamespace and f.proname in ('append_one', 'append_lean', 'append_many')
  loop
    for i in 1 .. cardinality(v_former.callers) loop
      execute format('grant execute on function %s to %s', v_former.successor, v_former.callers[i]);
    end loop;
    execute format('drop function %s', v_former.function);
  end loop;
end $$;

comment on function log.append_one is 'The lean way into the log for one command with one event; fails where log.append_many would answer anything but appended.';
revoke all on function log.append_one from public;
comment on function log.append_lean is 'The lean way into the log for commands with one event each, on different streams: positions from start + 1 on, numbers: where each series stood. Fails where log.append_many would answer anything but appended.';
revoke all on function log.append_lean from public;
comment on function log.append_many is 'The one way into the log for any number of commands. outcomes: 0 appended (firsts, lasts: positions), 1 repeated (of the first answer), 2 conflict (index of the stream, its version), 3 command id reused for another request. numbers: of each event.';
revoke all on function log.append_many from public;
