-- Appends that cost less, and that wait until somebody has compared the log with the stream after its server began anew.

alter table log.log_head add column compared_on timestamptz;
comment on column log.log_head.compared_on is 'Start of the server on which a relay last found the log and the stream equal; null: never. A promoted standby and a restored copy started at another moment, and may have lost events that the stream has.';

-- The function below is the only way in and keeps these; as constraints they were read and prepared on every call.
alter table log.event
  drop constraint event_body_size,
  drop constraint event_command_complete,
  drop constraint event_number_complete;

create function log.check_open(p_halted text, p_compared_on timestamptz) returns void language plpgsql as $$
begin
  if p_halted is not null then
    raise exception '%', p_halted using errcode = 'CB003';
  end if;
  if p_compared_on <> pg_catalog.pg_postmaster_start_time() then
    raise exception 'the server of the log began anew; the log takes nothing until a relay has compared it with the stream'
      using errcode = 'CB004';
  end if;
end $$;
comment on function log.check_open is 'Refuses while the log is halted, and after its server began anew until a relay has compared log and stream.';
revoke all on function log.check_open from public;

create or replace function log.resume() returns void language sql security definer
  set search_path = pg_catalog, pg_temp
  as $$ update log.log_head set halted = null, compared_on = pg_postmaster_start_time()
         where halted is not null or compared_on is distinct from pg_postmaster_start_time() $$;
comment on function log.resume is 'Lets appends go on: log and stream were found equal on this server.';

-- The lean way for one command with one event on one guarded stream. The first statement locks the head by moving it;
-- the later ones have newer snapshots (READ COMMITTED, VOLATILE) and see all that was committed before. What is answered
-- without an event moves it back. Outcomes are those of log.append.
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
  out outcome smallint,
  out first bigint,
  out last bigint
) language plpgsql security definer set search_path = pg_catalog, pg_temp
  set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
  v_epoch bigint;
  v_recorded_at timestamptz;
  v_halted text;
  v_compared_on timestamptz;
  v_known bigint;
  v_version bigint;
  v_number bigint;
  v_known_hash bytea;
begin
  update log.log_head set position = position + 1, recorded_at = greatest(clock_timestamp(), recorded_at) where only_row
    returning position, epoch, recorded_at, halted, compared_on
    into strict first, v_epoch, v_recorded_at, v_halted, v_compared_on;
  if v_epoch <> p_epoch then
    raise exception 'the log is in epoch %, not %', v_epoch, p_epoch using errcode = 'CB002';
  end if;
  if octet_length(p_body) > 262144 then
    raise exception 'the body of an event is larger than 256 KiB' using errcode = '23514';
  end if;
  select (select e.position from log.event e where e.command_id = p_command_id),
      (select e.version from log.event e where e.stream_id = p_stream_id order by e.version desc limit 1),
      case when p_number_series is not null then coalesce(
        (select e.number from log.event e where e.number_series = p_number_series order by e.number desc limit 1), 0) + 1 end
    into v_known, v_version, v_number;
  v_version := coalesce(v_version, 0);
  outcome := 0;
  last := first;
  if v_known is not null then
    select e.command_size, e.request_hash into last, v_known_hash from log.event e where e.position = v_known;
    outcome := case when v_known_hash = p_request_hash then 1 else 3 end;
    first := v_known;
    last := v_known + last - 1;
  elsif v_version <> p_guard_version then
    outcome := 2;
    first := 1;
    last := v_version;
  end if;
  if outcome > 0 then
    update log.log_head set position = position - 1 where only_row;
    return;
  end if;
  -- Only now: a repeat gets its first answer even while the log is halted.
  if v_halted is not null or v_compared_on <> pg_postmaster_start_time() then
    perform log.check_open(v_halted, v_compared_on);
  end if;
  insert into log.event (position, version, occurred_at, recorded_at, number, stream_id, event_id, correlation_id,
      causation_id, command_id, command_size, schema_version, event_type, actor, number_series, request_hash, body)
    values (first, v_version + 1, p_occurred_at, v_recorded_at, v_number, p_stream_id, p_event_id, p_correlation_id,
      p_causation_id, p_command_id, 1, p_schema_version, p_event_type, p_actor, p_number_series, p_request_hash, p_body);
end $$;
comment on function log.append_one is 'The lean way into the log for one command with one event; the same outcomes as log.append_many.';
revoke all on function log.append_one from public;

-- The way in for any number of commands, in order, each whole or not at all. It differs from log.append, which stays for
-- programs of the version before: the command stands beside its first event (p_event_commands: null on the others), so
-- nothing is joined; rows go in as they come, so nothing is sorted; what is known of a repeated command is read when there
-- is one; nobody is notified here, the writer does that beside the way.
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
  out outcomes smallint[],
  out firsts bigint[],
  out lasts bigint[]
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
  v_event_numbers bigint[] := v_event_positions;
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
  outcomes := array_fill(0::smallint, array[cardinality(p_command_ids)]);
  firsts := array_fill(0::bigint, array[cardinality(p_command_ids)]);
  lasts := firsts;

  select (select array_agg(coalesce((select e.version from log.event e where e.stream_id = s.id order by e.version desc limit 1), 0)
            order by s.ordinal) from unnest(p_streams) with ordinality s(id, ordinal)),
      (select array_agg(coalesce((select e.number from log.event e where e.number_series = s.key order by e.number desc limit 1), 0)
            order by s.ordinal) from unnest(p_series) with ordinality s(key, ordinal)),
      (select array_agg((select k.position from log.event k where k.command_id = c.id) order by c.ordinal)
         from unnest(p_command_ids) with ordinality c(id, ordinal))
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
            v_event_numbers[e] := v_numbers[v_series];
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
  if exists (select from unnest(p_bodies) b(body) where octet_length(b.body) > 262144) then
    raise exception 'the body of an event is larger than 256 KiB' using errcode = '23514';
  end if;
  v_recorded_at := greatest(clock_timestamp(), v_recorded_at);
  insert into log.event (position, version, occurred_at, recorded_at, number, stream_id, event_id, correlation_id,
      causation_id, command_id, command_size, schema_version, event_type, actor, number_series, request_hash, body)
    select v_event_positions[x.ordinal], v_event_versions[x.ordinal], x.occurred_at, v_recorded_at,
        v_event_numbers[x.ordinal], p_streams[x.stream], x.event_id, x.correlation_id, x.causation_id,
        x.command_id, x.command_size, x.schema_version, x.event_type, x.actor,
        case when x.series > 0 then p_series[x.series] end, x.request_hash, x.body
      from unnest(p_event_streams, p_event_ids, p_event_types, p_schema_versions, p_occurred_at, p_actors,
          p_correlation_ids, p_causation_ids, p_event_series, p_event_commands, p_event_command_sizes,
          p_event_request_hashes, p_bodies) with ordinality
        x(stream, event_id, event_type, schema_version, occurred_at, actor, correlation_id, causation_id, series,
          command_id, command_size, request_hash, body, ordinal)
      where v_event_positions[x.ordinal] is not null;
  update log.log_head set position = v_position, recorded_at = v_recorded_at where only_row;
end $$;
comment on function log.append_many is 'The one way into the log for any number of commands. outcomes: 0 appended (firsts, lasts: positions), 1 repeated (of the first answer), 2 conflict (index of the stream, its version), 3 command id reused for another request.';
revoke all on function log.append_many from public;
