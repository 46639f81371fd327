-- The head without versions. Each append updated the row of the head, and Postgres keeps every version of a row that somebody might still
-- read: beside a transaction that stays open, a `pg_dump` for example, each append passed those of all appends since, and became slower and
-- slower. Now the log ends where its last event is. What an append locks is a row that changes only when the log halts, goes on or begins an
-- epoch; a lock makes no version.

alter table log.log_head rename to log_state;
alter table log.log_state rename constraint log_head_pkey to log_state_pkey;
alter trigger log_head_stays on log.log_state rename to log_state_stays;
alter trigger log_head_is_one on log.log_state rename to log_state_is_one;
alter table log.log_state drop column position, drop column recorded_at, reset (fillfactor);
comment on table log.log_state is 'The epoch of the log, and whether it takes events. Every append locks this row, so commits are numbered in commit order.';
comment on column log.log_state.only_row is 'Always true: there is one log.';

-- Without recorded_at, which only the functions below read: a call of them that waits for this migration must not go on in their former
-- form, where it would have the position from before its wait. It fails for the missing column, and is made again.
create view log.log_head as
  select s.only_row, coalesce((select e.position from log.event e order by e.position desc limit 1), 0) as position, s.epoch, s.halted,
      s.compared_on, s.lost_in_epoch
    from log.log_state s where s.only_row;
comment on view log.log_head is 'Where the log ends, and how it stands. To be read: what is to be numbered after its end is read in a statement that begins once log.log_state is locked.';
comment on column log.log_head.position is 'Position of the last event; 0 in an empty log.';
comment on column log.log_head.only_row is 'Always true: there is one head.';
comment on column log.log_head.epoch is 'That of log.log_state.';
comment on column log.log_head.halted is 'That of log.log_state.';
comment on column log.log_head.compared_on is 'That of log.log_state.';
comment on column log.log_head.lost_in_epoch is 'That of log.log_state.';

-- It is its owner's whose the table is, whoever migrates, and who could read the whole table can read it.
do $$
declare
  v_reader text;
begin
  execute format('alter view log.log_head owner to %s', (select t.relowner::regrole from pg_class t where t.oid = 'log.log_state'::regclass));
  for v_reader in
    select case when a.grantee = 0 then 'public' else a.grantee::regrole::text end from pg_class t cross join aclexplode(t.relacl) a
      where t.oid = 'log.log_state'::regclass and a.privilege_type = 'SELECT' and a.grantee <> t.relowner
  loop
    execute format('grant select on log.log_head to %s', v_reader);
  end loop;
end $$;

-- What halts the log, lets it go on and looks whether it has lost anything: the same as before, on the table.
create or replace function log.halt(p_reason text) returns void language sql security definer
  set search_path = pg_catalog, pg_temp set lock_timeout = '5s'
  as $$ update log.log_state set halted = p_reason
         where halted is distinct from p_reason and lost_in_epoch is distinct from epoch $$;

create or replace function log.resume() returns void language sql security definer
  set search_path = pg_catalog, pg_temp
  as $$ update log.log_state set halted = null, compared_on = pg_postmaster_start_time()
         where lost_in_epoch is distinct from epoch
           and (halted is not null or compared_on is distinct from pg_postmaster_start_time()) $$;

create or replace function log.resume_as_seen(p_epoch bigint, p_halted text, p_server_started_at timestamptz)
  returns boolean language plpgsql security definer
  set search_path = pg_catalog, pg_temp set lock_timeout = '5s'
as $$
begin
  if p_server_started_at <> pg_postmaster_start_time() then return false; end if;
  update log.log_state set halted = null, compared_on = p_server_started_at
   where epoch = p_epoch and halted is not distinct from p_halted and lost_in_epoch is distinct from epoch
     and (halted is not null or compared_on is distinct from p_server_started_at);
  if found then return true; end if;
  -- There may be nothing to change.
  perform from log.log_state where epoch = p_epoch and halted is null and p_halted is null;
  return found;
end $$;

create or replace function log.check_kept(p_epoch bigint, p_end bigint, p_position bigint, p_event uuid)
  returns text language plpgsql security definer
  set search_path = pg_catalog, pg_temp set lock_timeout = '5s'
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
  -- One statement: all of one moment.
  select s.epoch, coalesce((select e.position from log.event e order by e.position desc limit 1), 0),
      (select e.event_id from log.event e where e.position = p_position)
    into strict v_epoch, v_end, v_event from log.log_state s where s.only_row;
  if v_epoch > p_epoch then return null; end if;
  v_lost := case
    when v_epoch < p_epoch then format('the log is of epoch %s, but it was in epoch %s', v_epoch, p_epoch)
    when v_end < p_end then format('the log ends at position %s, but it went as far as %s', v_end, p_end)
    when v_event is distinct from p_event then format('the log holds another event at position %s than before', p_position)
  end;
  if v_lost is null then return null; end if;
  v_lost := format('%s, as %s knows: it has lost events that were acknowledged; nothing is appended any more: find out why, then run '
    '`casebus log new-epoch`', v_lost, coalesce(nullif(current_setting('application_name'), ''), 'a process'));
  update log.log_state set halted = v_lost, lost_in_epoch = v_epoch
   where epoch = v_epoch and lost_in_epoch is distinct from v_epoch;
  return v_lost;
end $$;

-- No program since the second migration appends with this one.
drop function log.append;

-- The first statement locks; the later ones have newer snapshots (READ COMMITTED, VOLATILE) and see where the log ends by then.
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
  perform from log.log_state s
    where s.only_row and s.epoch operator(pg_catalog.=) p_epoch and s.halted is null
      and (s.compared_on is null or s.compared_on operator(pg_catalog.=) pg_catalog.pg_postmaster_start_time())
    for update;
  if not found then
    raise exception 'the log is halted, in another epoch or not compared' using errcode = 'CB005';
  end if;
  select e.position, e.recorded_at into v_position, v_recorded_at from log.event e order by e.position desc limit 1;
  v_position := coalesce(v_position, 0::bigint) operator(pg_catalog.+) 1::bigint;
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
    values (v_position, p_guard_version operator(pg_catalog.+) 1::bigint, p_occurred_at,
      greatest(pg_catalog.clock_timestamp(), v_recorded_at), v_number, p_stream_id, p_event_id, p_correlation_id, p_causation_id,
      p_command_id, 1, p_schema_version, p_event_type, p_actor, p_number_series, p_request_hash, p_body, p_traceparent);
  return array[v_position, v_number];
end $$;

-- For programs of before log.append_single.
create or replace function log.append_one(
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
  v_answer bigint[];
begin
  v_answer := log.append_single(p_epoch, p_command_id, p_request_hash, p_guard_version, p_stream_id, p_event_id, p_event_type,
    p_schema_version, p_occurred_at, p_actor, p_correlation_id, p_causation_id, p_number_series, p_body, p_traceparent);
  append_one.first := v_answer[1];
  append_one.number := v_answer[2];
end $$;

-- As log.append_single does, this one says the schema of every name instead of setting a search path, and leaves it to the connection to
-- keep plans and to use indexes.
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
) language plpgsql security definer as $$
declare
  v_events constant integer := pg_catalog.cardinality(p_event_ids);
  v_recorded_at timestamp with time zone;
begin
  -- No `exists`: the planner may hash the whole log for it.
  perform from (select pg_catalog.unnest(p_stream_ids) as stream_id, pg_catalog.unnest(p_guard_versions) as version) x
    where x.version operator(pg_catalog.<>) 0::bigint
      and (select true from log.event g where g.stream_id operator(pg_catalog.=) x.stream_id
             and g.version operator(pg_catalog.=) x.version) is null
    limit 1;
  if found then
    raise exception 'a stream is not at its version' using errcode = 'CB005';
  end if;
  perform from log.log_state s
    where s.only_row and s.epoch operator(pg_catalog.=) p_epoch and s.halted is null
      and (s.compared_on is null or s.compared_on operator(pg_catalog.=) pg_catalog.pg_postmaster_start_time())
    for update;
  if not found then
    raise exception 'the log is halted, in another epoch or not compared' using errcode = 'CB005';
  end if;
  select e.position, e.recorded_at into start, v_recorded_at from log.event e order by e.position desc limit 1;
  start := coalesce(start, 0::bigint);
  v_recorded_at := greatest(pg_catalog.clock_timestamp(), v_recorded_at);
  if pg_catalog.cardinality(p_series) operator(pg_catalog.>) 0 then
    numbers := array(
      select coalesce((select e.number from log.event e where e.number_series operator(pg_catalog.=) s.key
                         order by e.number desc limit 1), 0::bigint)
        from pg_catalog.unnest(p_series) s(key));
  end if;
  insert into log.event (position, version, occurred_at, recorded_at, number, stream_id, event_id, correlation_id,
      causation_id, command_id, command_size, schema_version, event_type, actor, number_series, request_hash, body,
      traceparent)
    select start operator(pg_catalog.+) x.ordinal, x.guard_version operator(pg_catalog.+) 1::bigint, x.occurred_at, v_recorded_at,
        case when x.series operator(pg_catalog.>) 0 then numbers[x.series] operator(pg_catalog.+) x.rank end, x.stream_id, x.event_id,
        x.correlation_id, x.causation_id, x.command_id, 1, x.schema_version, x.event_type, x.actor,
        case when x.series operator(pg_catalog.>) 0 then p_series[x.series] end, x.request_hash, x.body,
        x.traceparent
      -- Side by side in the select list the arrays are read in step; in the from list each is first written out as a table.
      from (select pg_catalog.unnest(p_command_ids) as command_id, pg_catalog.unnest(p_request_hashes) as request_hash,
          pg_catalog.unnest(p_guard_versions) as guard_version, pg_catalog.unnest(p_stream_ids) as stream_id,
          pg_catalog.unnest(p_event_ids) as event_id, pg_catalog.unnest(p_event_types) as event_type,
          pg_catalog.unnest(p_schema_versions) as schema_version, pg_catalog.unnest(p_occurred_at) as occurred_at,
          pg_catalog.unnest(p_actors) as actor, pg_catalog.unnest(p_correlation_ids) as correlation_id,
          pg_catalog.unnest(p_causation_ids) as causation_id, pg_catalog.unnest(p_event_series) as series,
          pg_catalog.unnest(p_series_ranks) as rank, pg_catalog.unnest(p_bodies) as body,
          pg_catalog.unnest(p_traceparents) as traceparent, pg_catalog.generate_series(1, v_events) as ordinal) x;
end $$;

create or replace function log.append_many(
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
  select s.epoch, s.halted, s.compared_on into strict v_epoch, v_halted, v_compared_on
    from log.log_state s where s.only_row for update;
  if v_epoch <> p_epoch then
    raise exception 'the log is in epoch %, not %', v_epoch, p_epoch using errcode = 'CB002';
  end if;
  select e.position, e.recorded_at into v_position, v_recorded_at from log.event e order by e.position desc limit 1;
  v_position := coalesce(v_position, 0);
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
end $$;
