-- Matters are counted when somebody asks, not whenever a transfer moves: hardly anybody asks, and a matter has few transfers.

-- A projector of the version before would write them on: it finds the function gone with which it wrote, and begins anew until it is
-- replaced.
update views_1.checkpoint set generation = gen_random_uuid();

drop function views_1.write_rows;
drop table views_1.matter;
create view views_1.matter as
  select t.matter as id, count(*) as transfers, count(t.holder) as open, min(t.sent_at) as first_sent_at,
      max(t.position) as last_position
    from views_1.transfer t group by t.matter;
comment on view views_1.matter is 'Each matter: the transfers that grew from one origin.';
comment on column views_1.matter.id is 'The matter.';
comment on column views_1.matter.transfers is 'How many transfers it has.';
comment on column views_1.matter.open is 'How many of them are open: somebody owes the next step.';
comment on column views_1.matter.first_sent_at is 'When the first of them was sent.';
comment on column views_1.matter.last_position is 'Position of the last event of any of them.';

create or replace function views_1.reset() returns void language plpgsql as $$
begin
  update views_1.checkpoint set position = 0, epoch = 0, generation = gen_random_uuid();
  truncate views_1.transfer, views_1.clock, views_1.feedback, views_1.timeline, views_1.audience,
    views_1.unacknowledged, views_1.missing_feedback, views_1.assignment, views_1.scorecard, views_1.parked,
    views_1.handoff, views_1.handoff_lane, views_1.handoff_document, views_1.watch_count;
end $$;

create or replace function views_1.grant_service(p_role text) returns void language plpgsql as $$
begin
  execute format('grant usage on schema views_1 to %I', p_role);
  execute format('grant select on all tables in schema views_1 to %I', p_role);
  execute format('grant update on views_1.checkpoint to %I', p_role);
  execute format('grant insert on views_1.timeline, views_1.audience, views_1.parked to %I', p_role);
  execute format('grant insert, update, delete on views_1.transfer, views_1.clock, views_1.feedback, '
    'views_1.unacknowledged, views_1.missing_feedback, views_1.assignment, views_1.scorecard, '
    'views_1.handoff, views_1.handoff_lane, views_1.handoff_document, views_1.watch_count to %I', p_role);
end $$;

create function views_1.write_rows(
  p_position bigint, p_generation uuid, p_to bigint,
  p_moved views_1.transfer[], p_clock views_1.clock[], p_feedback views_1.feedback[], p_assignment views_1.assignment[],
  p_scorecard views_1.scorecard[],
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


-- Most transfers name no subject, and GIN keeps an entry also for an empty list.
create index transfer_named_subjects on views_1.transfer using gin (subjects jsonb_path_ops)
  where holder is not null and subjects <> '[]';
drop index views_1.transfer_subjects;
