-- The event log: one head, one table of events, one way in.

create schema if not exists log;

create table log.log_head (
  only_row boolean primary key default true check (only_row),
  position bigint not null check (position >= 0),
  epoch bigint not null check (epoch > 0),
  recorded_at timestamptz not null,
  halted text
) with (fillfactor = 10);
comment on table log.log_head is 'The end of the log. Every append locks this row, so commits are numbered in commit order.';
comment on column log.log_head.only_row is 'Always true: there is one head.';
comment on column log.log_head.position is 'Position of the last event; 0 in an empty log.';
comment on column log.log_head.epoch is 'Raised after a failover or restore that may have lost events, so that a position is never read as another event of the same number.';
comment on column log.log_head.recorded_at is 'recorded_at of the last event; it never goes back.';
comment on column log.log_head.halted is 'Why nothing may be appended; null while it may. Set while the stream on the bus is ahead of the log or different.';
insert into log.log_head (position, epoch, recorded_at) values (0, 1, '2000-01-01T00:00:00Z');

create table log.event (
  position bigint not null,
  version bigint not null,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  number bigint,
  stream_id uuid not null,
  event_id uuid not null,
  correlation_id uuid not null,
  causation_id uuid,
  command_id uuid,
  command_size integer,
  schema_version smallint not null,
  event_type text not null collate "C",
  actor text not null collate "C",
  number_series text collate "C",
  request_hash bytea,
  body bytea not null,
  constraint event_position primary key (position),
  constraint event_stream_version unique (stream_id, version),
  constraint event_body_size check (octet_length(body) <= 262144),
  constraint event_command_complete check (
    (command_id is null) = (request_hash is null) and (command_id is null) = (command_size is null)),
  constraint event_number_complete check ((number is null) = (number_series is null))
) with (fillfactor = 100, autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 50000, autovacuum_freeze_min_age = 0);
create unique index event_command on log.event (command_id) where command_id is not null;
create unique index event_number on log.event (number_series, number) where number_series is not null;
comment on table log.event is 'What happened, in commit order, for ever. Append-only: a trigger refuses changes, and the service has no right to make them.';
comment on column log.event.position is 'Dense: 1, 2, 3, … in commit order; equals the JetStream sequence.';
comment on column log.event.version is 'Place in its stream: 1, 2, 3, …';
comment on column log.event.occurred_at is 'Business time.';
comment on column log.event.recorded_at is 'clock_timestamp() after the head was locked; never decreasing.';
comment on column log.event.number is 'Number allotted from number_series under the head lock: 1, 2, 3, …';
comment on column log.event.stream_id is 'The stream: one per transfer.';
comment on column log.event.event_id is 'Id of the event, UUID version 7.';
comment on column log.event.correlation_id is 'What this belongs to: the matter.';
comment on column log.event.causation_id is 'The event that caused this one.';
comment on column log.event.command_id is 'The command, on its first event only.';
comment on column log.event.command_size is 'How many events the command appended, on its first event only.';
comment on column log.event.schema_version is 'Version of the shape of the body.';
comment on column log.event.event_type is '<family>.<event>';
comment on column log.event.actor is 'Who acted.';
comment on column log.event.number_series is 'Opaque key of the series in which the event was numbered.';
comment on column log.event.request_hash is 'SHA-256 of the request behind the command, on its first event only.';
comment on column log.event.body is 'Exact bytes, at most 256 KiB; stored, hashed and published the same.';

create function log.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'the event log is append-only: % is refused', tg_op using errcode = 'CB001';
end $$;
create trigger event_append_only before update or delete on log.event
  for each row execute function log.refuse_change();
create trigger event_no_truncate before truncate on log.event
  for each statement execute function log.refuse_change();
create trigger log_head_stays before delete or truncate on log.log_head
  for each statement execute function log.refuse_change();

-- Appends commands in order, each whole or not at all, and answers each.
--
-- The first statement locks the head; every later statement of this function has a newer snapshot (READ COMMITTED,
-- VOLATILE), so it sees all that was committed before. Streams and series are given once and referred to by index;
-- p_earlier_in_call is the index of the command before with the same id, 0 when there is none.
-- Every look-up goes through an index, whatever the planner knows of the table: its statistics lag behind a log that
-- grows fast, and a plan made while the table was small would read all of it on every call. Plans are made once.
create function log.append(
  p_epoch bigint,
  p_streams uuid[],
  p_series text[],
  p_command_ids uuid[],
  p_earlier_in_call integer[],
  p_request_hashes bytea[],
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
  v_recorded_at timestamptz;
  v_versions bigint[];
  v_numbers bigint[];
  v_event_positions bigint[] := array_fill(null::bigint, array[cardinality(p_event_ids)]);
  v_event_versions bigint[] := v_event_positions;
  v_event_numbers bigint[] := v_event_positions;
  v_known_first bigint[];
  v_known_size integer[];
  v_known_hash bytea[];
  v_from_guard integer := 1;
  v_from_event integer := 1;
  v_conflict integer;
  v_stream integer;
  v_series integer;
  v_earlier integer;
begin
  select h.position, h.epoch, h.recorded_at, h.halted into strict v_position, v_epoch, v_recorded_at, v_halted
    from log.log_head h where h.only_row for update;
  if v_epoch <> p_epoch then
    raise exception 'the log is in epoch %, not %', v_epoch, p_epoch using errcode = 'CB002';
  end if;
  v_start := v_position;
  v_recorded_at := greatest(clock_timestamp(), v_recorded_at);
  outcomes := array_fill(0::smallint, array[cardinality(p_command_ids)]);
  firsts := array_fill(0::bigint, array[cardinality(p_command_ids)]);
  lasts := firsts;

  select array_agg(coalesce((select e.version from log.event e where e.stream_id = s.id order by e.version desc limit 1), 0) order by s.ordinal)
    into v_versions from unnest(p_streams) with ordinality s(id, ordinal);
  select array_agg(coalesce((select e.number from log.event e where e.number_series = s.key order by e.number desc limit 1), 0) order by s.ordinal)
    into v_numbers from unnest(p_series) with ordinality s(key, ordinal);
  select array_agg(e.position order by c.ordinal), array_agg(e.command_size order by c.ordinal), array_agg(e.request_hash order by c.ordinal)
    into v_known_first, v_known_size, v_known_hash
    from unnest(p_command_ids) with ordinality c(id, ordinal)
      left join lateral (
        select k.position, k.command_size, k.request_hash from log.event k where k.command_id = c.id limit 1) e on true;

  for i in 1 .. cardinality(p_command_ids) loop
    -- The last command of the same id within this call that was answered with positions.
    v_earlier := p_earlier_in_call[i];
    while v_earlier > 0 and outcomes[v_earlier] > 1 loop
      v_earlier := p_earlier_in_call[v_earlier];
    end loop;
    if v_known_first[i] is not null then
      if v_known_hash[i] = p_request_hashes[i] then
        outcomes[i] := 1;
        firsts[i] := v_known_first[i];
        lasts[i] := v_known_first[i] + v_known_size[i] - 1;
      else
        outcomes[i] := 3;
      end if;
    elsif v_earlier > 0 then
      if p_request_hashes[v_earlier] = p_request_hashes[i] then
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
  if v_halted is not null then
    raise exception '%', v_halted using errcode = 'CB003';
  end if;
  insert into log.event (position, version, occurred_at, recorded_at, number, stream_id, event_id, correlation_id,
      causation_id, command_id, command_size, schema_version, event_type, actor, number_series, request_hash, body)
    select v_event_positions[x.ordinal], v_event_versions[x.ordinal], x.occurred_at, v_recorded_at,
        v_event_numbers[x.ordinal], p_streams[x.stream], x.event_id, x.correlation_id, x.causation_id,
        c.id, c.size, x.schema_version, x.event_type, x.actor,
        case when x.series > 0 then p_series[x.series] end, c.request_hash, x.body
      from unnest(p_event_streams, p_event_ids, p_event_types, p_schema_versions, p_occurred_at, p_actors,
          p_correlation_ids, p_causation_ids, p_event_series, p_bodies) with ordinality
        x(stream, event_id, event_type, schema_version, occurred_at, actor, correlation_id, causation_id, series, body, ordinal)
      left join (
        select k.id, k.request_hash, firsts[k.ordinal] as first, (lasts[k.ordinal] - firsts[k.ordinal] + 1)::integer as size
          from unnest(p_command_ids, p_request_hashes) with ordinality k(id, request_hash, ordinal)
          where outcomes[k.ordinal] = 0) c
        on c.first = v_event_positions[x.ordinal]
      where v_event_positions[x.ordinal] is not null
      order by x.ordinal;
  update log.log_head set position = v_position, recorded_at = v_recorded_at where only_row;
  perform pg_notify('casebus_log', v_position::text);
end $$;
comment on function log.append is 'The one way into the log. outcomes: 0 appended (firsts, lasts: positions), 1 repeated (of the first answer), 2 conflict (index of the stream, its version), 3 command id reused for another request.';
revoke all on function log.append from public;

create function log.halt(p_reason text) returns void language sql security definer
  set search_path = pg_catalog, pg_temp
  as $$ update log.log_head set halted = p_reason where halted is distinct from p_reason $$;
comment on function log.halt is 'Stops every append in every process until log.resume, or a new epoch.';
revoke all on function log.halt from public;

create function log.resume() returns void language sql security definer
  set search_path = pg_catalog, pg_temp
  as $$ update log.log_head set halted = null where halted is not null $$;
comment on function log.resume is 'Lets appends go on.';
revoke all on function log.resume from public;
