-- Counts for the watch in numbers, kept as the transfers move; and a batch is written from typed rows.

-- A projector of the version before would not count on: it finds the function gone with which it wrote, and begins anew
-- until it is replaced. What the one of this version remembers is drawn anew.
update views_1.checkpoint set generation = gen_random_uuid();

create table views_1.watch_count (
  from_department text not null collate "C",
  to_department text not null collate "C",
  office text not null collate "C",
  holder text not null collate "C",
  state text not null collate "C",
  list text not null collate "C",
  copies text[] not null collate "C",
  copies_sha256 bytea not null,
  overdue boolean not null,
  transfers bigint not null,
  primary key (from_department, to_department, office, holder, state, list, copies_sha256, overdue)
) with (fillfactor = 75);
create index watch_count_to on views_1.watch_count (to_department);
create index watch_count_office on views_1.watch_count (office);
create index watch_count_holder on views_1.watch_count (holder);
create index watch_count_copies on views_1.watch_count using gin (copies);
comment on table views_1.watch_count is 'How many transfers are alike for whoever counts them: one row for each list, and all that decides who sees a transfer. A row without sender counts all of them.';
comment on column views_1.watch_count.from_department is 'Sender; empty: all transfers, whoever their parties are.';
comment on column views_1.watch_count.to_department is 'Receiver; empty where the sender is.';
comment on column views_1.watch_count.office is 'Coordination office between them; empty where the sender is.';
comment on column views_1.watch_count.holder is 'Who owes the next step; empty: nobody, and on the lists of the watch.';
comment on column views_1.watch_count.state is 'State; empty on the lists of the watch.';
comment on column views_1.watch_count.list is 'transfer: all transfers; unacknowledged, missing_feedback: those on that list.';
comment on column views_1.watch_count.copies is 'Departments that get a copy.';
comment on column views_1.watch_count.copies_sha256 is 'SHA-256 of their ids between commas, for the key: there may be hundreds of them.';
comment on column views_1.watch_count.overdue is 'Their due moment had come at their last event, or, on the lists, when it was recorded that the clock ran out.';
comment on column views_1.watch_count.transfers is 'How many; never 0.';

-- Those whose due moment may have come since: few, as the watch records it within moments.
create index transfer_turns_due on views_1.transfer (due_at) where due_at > updated_at;
create index unacknowledged_turns_due on views_1.unacknowledged (due_at) where missed_at is null or due_at > missed_at;
create index missing_feedback_turns_due on views_1.missing_feedback (due_at)
  where missed_at is null or due_at > missed_at;

create function views_1.sha256_of(p_ids text[]) returns bytea language sql immutable as $$
  select sha256(convert_to(array_to_string(p_ids, ','), 'UTF8'))
$$;
comment on function views_1.sha256_of is 'SHA-256 of ids between commas.';

create function views_1.counts_of(p_transfers uuid[]) returns setof views_1.watch_count language sql stable as $$
  with one as (
    select t.from_department, t.to_department, t.office, coalesce(t.holder, '') as holder, t.state, 'transfer' as list,
        coalesce(t.copies, '{}') as copies, coalesce(t.due_at <= t.updated_at, false) as overdue
      from views_1.transfer t where p_transfers is null or t.id = any (p_transfers)
    union all
    select u.from_department, u.to_department, u.office, '', '', 'unacknowledged', coalesce(u.copies, '{}'),
        coalesce(u.due_at <= u.missed_at, false)
      from views_1.unacknowledged u where p_transfers is null or u.transfer_id = any (p_transfers)
    union all
    select m.from_department, m.to_department, m.office, '', '', 'missing_feedback', coalesce(m.copies, '{}'),
        coalesce(m.due_at <= m.missed_at, false)
      from views_1.missing_feedback m where p_transfers is null or m.transfer_id = any (p_transfers))
  select o.from_department, o.to_department, o.office, o.holder, o.state, o.list, o.copies, views_1.sha256_of(o.copies),
      o.overdue, count(*)
    from one o group by 1, 2, 3, 4, 5, 6, 7, 9
  union all
  select '', '', '', o.holder, o.state, o.list, '{}', views_1.sha256_of('{}'), o.overdue, count(*)
    from one o group by o.holder, o.state, o.list, o.overdue
$$;
comment on function views_1.counts_of is 'What these transfers add to watch_count; null: all of them, which is what it holds.';

create function views_1.count_on(p_moves views_1.watch_count[]) returns void language plpgsql
set plan_cache_mode = force_generic_plan set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
as $$
begin
  insert into views_1.watch_count as c
  select m.from_department, m.to_department, m.office, m.holder, m.state, m.list, m.copies, views_1.sha256_of(m.copies),
      m.overdue, m.transfers from unnest(p_moves) m
  on conflict (from_department, to_department, office, holder, state, list, copies_sha256, overdue)
    do update set transfers = c.transfers + excluded.transfers;
  delete from views_1.watch_count c using unnest(p_moves) m
   where m.transfers < 0 and c.transfers = 0
     and (c.from_department, c.to_department, c.office, c.holder, c.state, c.list, c.copies_sha256, c.overdue)
       = (m.from_department, m.to_department, m.office, m.holder, m.state, m.list, views_1.sha256_of(m.copies), m.overdue);
end $$;
comment on function views_1.count_on is 'Adds to watch_count: how many more of each, or fewer.';

insert into views_1.watch_count select * from views_1.counts_of(null);

create or replace function views_1.reset() returns void language plpgsql as $$
begin
  update views_1.checkpoint set position = 0, epoch = 0, generation = gen_random_uuid();
  truncate views_1.transfer, views_1.clock, views_1.feedback, views_1.timeline, views_1.audience, views_1.matter,
    views_1.unacknowledged, views_1.missing_feedback, views_1.assignment, views_1.scorecard, views_1.parked,
    views_1.handoff, views_1.handoff_lane, views_1.handoff_document, views_1.watch_count;
end $$;

create or replace function views_1.grant_service(p_role text) returns void language plpgsql as $$
begin
  execute format('grant usage on schema views_1 to %I', p_role);
  execute format('grant select on all tables in schema views_1 to %I', p_role);
  execute format('grant update on views_1.checkpoint to %I', p_role);
  execute format('grant insert on views_1.timeline, views_1.audience, views_1.parked to %I', p_role);
  execute format('grant insert, update, delete on views_1.transfer, views_1.clock, views_1.feedback, views_1.matter, '
    'views_1.unacknowledged, views_1.missing_feedback, views_1.assignment, views_1.scorecard, '
    'views_1.handoff, views_1.handoff_lane, views_1.handoff_document, views_1.watch_count to %I', p_role);
end $$;

create function views_1.write_rows(
  p_position bigint, p_generation uuid, p_to bigint,
  p_moved views_1.transfer[], p_clock views_1.clock[], p_feedback views_1.feedback[], p_assignment views_1.assignment[],
  p_scorecard views_1.scorecard[], p_matter views_1.matter[],
  p_acknowledged uuid[], p_unacknowledged views_1.unacknowledged[],
  p_reported uuid[], p_missing_feedback views_1.missing_feedback[],
  p_handoff views_1.handoff[], p_handoff_lane views_1.handoff_lane[], p_watch_count views_1.watch_count[],
  p_transfer views_1.transfer[], p_handoff_document views_1.handoff_document[], p_timeline views_1.timeline[],
  p_audience views_1.audience[], p_parked views_1.parked[]
) returns boolean language plpgsql
-- Plans are made once for all calls: by index, however small the tables are at that time.
set plan_cache_mode = force_generic_plan set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
as $$
begin
  update views_1.checkpoint set position = p_to
   where view_set = 'views_1.2' and position = p_position and generation = p_generation;
  if not found then return false; end if;
  -- What a crash takes away is folded again from the log; nobody needs to wait for the disk.
  perform set_config('synchronous_commit', 'off', true);

  if p_moved is not null then
    update views_1.transfer t
       set (state, handling, holder, objection_raised, contest_raised, converted, feedback_count, final_feedback, accepted_at,
           last_feedback_at, due_at, version, position, updated_at, stale, facts, ended_at, plan_filed_at, reports,
           last_report_at, decided_outcome, standard, amount_fen, earlier_penalties, meets_standard)
         = (m.state, m.handling, m.holder, m.objection_raised, m.contest_raised, m.converted, m.feedback_count,
           m.final_feedback, m.accepted_at, m.last_feedback_at, m.due_at, m.version, m.position, m.updated_at, m.stale,
           m.facts, m.ended_at, m.plan_filed_at, m.reports, m.last_report_at, m.decided_outcome, m.standard, m.amount_fen,
           m.earlier_penalties, m.meets_standard)
      from unnest(p_moved) m where t.id = m.id;
  end if;
  if p_clock is not null then
    insert into views_1.clock select * from unnest(p_clock)
    on conflict (transfer_id, code, run) do update
      set (owner, state, due_at, provisional, stopped_at, missed_at, cause, warn_at, calendar, pause_reason, paused_at,
          share_warned_at, day_warned_at, urged_at, urge_count, supervised_at, lateness, extensions)
        = (excluded.owner, excluded.state, excluded.due_at, excluded.provisional, excluded.stopped_at, excluded.missed_at,
          excluded.cause, excluded.warn_at, excluded.calendar, excluded.pause_reason, excluded.paused_at,
          excluded.share_warned_at, excluded.day_warned_at, excluded.urged_at, excluded.urge_count, excluded.supervised_at,
          excluded.lateness, excluded.extensions);
  end if;
  if p_feedback is not null then
    insert into views_1.feedback select * from unnest(p_feedback)
    on conflict (transfer_id, feedback) do update set (kind, text, outcome, given_at, state)
      = (excluded.kind, excluded.text, excluded.outcome, excluded.given_at, excluded.state);
  end if;
  if p_assignment is not null then
    insert into views_1.assignment select * from unnest(p_assignment)
    on conflict (transfer_id, department) do update set (unit, due_on, note, assigned_at)
      = (excluded.unit, excluded.due_on, excluded.note, excluded.assigned_at);
  end if;
  if p_scorecard is not null then
    insert into views_1.scorecard select * from unnest(p_scorecard)
    on conflict (transfer_id) do update set (stages, clocks, final_feedback_at, ground, returned, rerouted)
      = (excluded.stages, excluded.clocks, excluded.final_feedback_at, excluded.ground, excluded.returned, excluded.rerouted);
  end if;
  if p_matter is not null then
    -- By how much each matter moved.
    insert into views_1.matter as m select * from unnest(p_matter)
    on conflict (id) do update set (transfers, open, first_sent_at, last_position)
      = (m.transfers + excluded.transfers, m.open + excluded.open, least(m.first_sent_at, excluded.first_sent_at),
        greatest(m.last_position, excluded.last_position));
  end if;
  if p_acknowledged is not null then
    delete from views_1.unacknowledged where transfer_id = any (p_acknowledged);
  end if;
  if p_unacknowledged is not null then
    insert into views_1.unacknowledged select * from unnest(p_unacknowledged)
    on conflict (transfer_id) do update set (code, due_at, provisional, missed_at, cause, acknowledged_until)
      = (excluded.code, excluded.due_at, excluded.provisional, excluded.missed_at, excluded.cause,
        excluded.acknowledged_until);
  end if;
  if p_reported is not null then
    delete from views_1.missing_feedback where transfer_id = any (p_reported);
  end if;
  if p_missing_feedback is not null then
    insert into views_1.missing_feedback select * from unnest(p_missing_feedback)
    on conflict (transfer_id) do update set (accepted_at, last_feedback_at, code, due_at, provisional, missed_at, cause,
        acknowledged_until)
      = (excluded.accepted_at, excluded.last_feedback_at, excluded.code, excluded.due_at, excluded.provisional,
        excluded.missed_at, excluded.cause, excluded.acknowledged_until);
  end if;
  if p_handoff is not null then
    insert into views_1.handoff select * from unnest(p_handoff)
    on conflict (id) do update set (state, open, police, seen_by, holders, due_at, look_at, version, position, updated_at,
        stale, after)
      = (excluded.state, excluded.open, excluded.police, excluded.seen_by, excluded.holders, excluded.due_at,
        excluded.look_at, excluded.version, excluded.position, excluded.updated_at, excluded.stale, excluded.after);
  end if;
  if p_handoff_lane is not null then
    insert into views_1.handoff_lane select * from unnest(p_handoff_lane)
    on conflict (handoff_id, number) do update set (state, station, holder, outcome, subject_key, since, code, due_at)
      = (excluded.state, excluded.station, excluded.holder, excluded.outcome, excluded.subject_key, excluded.since,
        excluded.code, excluded.due_at);
  end if;
  if p_watch_count is not null then
    perform views_1.count_on(p_watch_count);
  end if;
  if p_transfer is not null then
    insert into views_1.transfer select * from unnest(p_transfer);
  end if;
  if p_handoff_document is not null then
    insert into views_1.handoff_document select * from unnest(p_handoff_document);
  end if;
  if p_timeline is not null then
    insert into views_1.timeline select * from unnest(p_timeline);
  end if;
  if p_audience is not null then
    insert into views_1.audience select * from unnest(p_audience);
  end if;
  if p_parked is not null then
    insert into views_1.parked select * from unnest(p_parked);
  end if;
  return true;
end $$;
comment on function views_1.write_rows is 'Moves the checkpoint from where the projector left it, and writes the rows that a batch changed; false, and nothing is written, when it stands elsewhere. The last five are rows that are new and not copied in.';

drop function views_1.write(bigint, uuid, bigint, jsonb);

-- Every act on a transfer writes into each of its indexes. What these two found, others find too: those of states that are
-- due by transfer_state, those received since a moment by scorecard_to. Last, because it keeps readers
-- out.
drop index views_1.transfer_due;
drop index views_1.transfer_received;
