-- The projector writes a batch with one call. What it remembers of the batches before counts as long as the generation of
-- the read model is the one that it began with.

alter table views_1.checkpoint add column generation uuid not null default gen_random_uuid();
comment on column views_1.checkpoint.generation is 'Changes whenever rows came about by other means than folding on: the read model was emptied, built again, or repaired.';

-- Rows that change in place find room on their page.
alter table views_1.scorecard set (fillfactor = 75);
alter table views_1.matter set (fillfactor = 75);

create or replace function views_1.reset() returns void language plpgsql as $$
begin
  update views_1.checkpoint set position = 0, epoch = 0, generation = gen_random_uuid();
  truncate views_1.transfer, views_1.clock, views_1.feedback, views_1.timeline, views_1.audience, views_1.matter,
    views_1.unacknowledged, views_1.missing_feedback, views_1.assignment, views_1.scorecard, views_1.parked,
    views_1.handoff, views_1.handoff_lane, views_1.handoff_document;
end $$;

create function views_1.write(
  p_position bigint, p_generation uuid, p_to bigint, p_rows jsonb
) returns boolean language plpgsql
-- Plans are made once for all calls: by index, however small the tables are at that time.
set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
as $$
begin
  update views_1.checkpoint set position = p_to
   where view_set = 'views_1.2' and position = p_position and generation = p_generation;
  if not found then return false; end if;
  -- What a crash takes away is folded again from the log; nobody needs to wait for the disk.
  perform set_config('synchronous_commit', 'off', true);

  if p_rows ? 'transfer' then
    insert into views_1.transfer select * from jsonb_populate_recordset(null::views_1.transfer, p_rows -> 'transfer');
  end if;
  if p_rows ? 'moved' then
    update views_1.transfer t
       set (state, handling, holder, objection_raised, contest_raised, converted, feedback_count, final_feedback, accepted_at,
           last_feedback_at, due_at, version, position, updated_at, stale, facts, ended_at, plan_filed_at, reports,
           last_report_at, decided_outcome, standard, amount_fen, earlier_penalties, meets_standard)
         = (m.state, m.handling, m.holder, m.objection_raised, m.contest_raised, m.converted, m.feedback_count,
           m.final_feedback, m.accepted_at, m.last_feedback_at, m.due_at, m.version, m.position, m.updated_at, m.stale,
           m.facts, m.ended_at, m.plan_filed_at, m.reports, m.last_report_at, m.decided_outcome, m.standard, m.amount_fen,
           m.earlier_penalties, m.meets_standard)
      from jsonb_populate_recordset(null::views_1.transfer, p_rows -> 'moved') m where t.id = m.id;
  end if;
  if p_rows ? 'clock' then
    insert into views_1.clock select * from jsonb_populate_recordset(null::views_1.clock, p_rows -> 'clock')
    on conflict (transfer_id, code, run) do update
      set (owner, state, due_at, provisional, stopped_at, missed_at, cause, warn_at, calendar, pause_reason, paused_at,
          share_warned_at, day_warned_at, urged_at, urge_count, supervised_at, lateness, extensions)
        = (excluded.owner, excluded.state, excluded.due_at, excluded.provisional, excluded.stopped_at, excluded.missed_at,
          excluded.cause, excluded.warn_at, excluded.calendar, excluded.pause_reason, excluded.paused_at,
          excluded.share_warned_at, excluded.day_warned_at, excluded.urged_at, excluded.urge_count, excluded.supervised_at,
          excluded.lateness, excluded.extensions);
  end if;
  if p_rows ? 'feedback' then
    insert into views_1.feedback select * from jsonb_populate_recordset(null::views_1.feedback, p_rows -> 'feedback')
    on conflict (transfer_id, feedback) do update set (kind, text, outcome, given_at, state)
      = (excluded.kind, excluded.text, excluded.outcome, excluded.given_at, excluded.state);
  end if;
  if p_rows ? 'assignment' then
    insert into views_1.assignment select * from jsonb_populate_recordset(null::views_1.assignment, p_rows -> 'assignment')
    on conflict (transfer_id, department) do update set (unit, due_on, note, assigned_at)
      = (excluded.unit, excluded.due_on, excluded.note, excluded.assigned_at);
  end if;
  if p_rows ? 'scorecard' then
    insert into views_1.scorecard select * from jsonb_populate_recordset(null::views_1.scorecard, p_rows -> 'scorecard')
    on conflict (transfer_id) do update set (stages, clocks, final_feedback_at, ground, returned, rerouted)
      = (excluded.stages, excluded.clocks, excluded.final_feedback_at, excluded.ground, excluded.returned, excluded.rerouted);
  end if;
  if p_rows ? 'matter' then
    -- By how much each matter moved.
    insert into views_1.matter as m select * from jsonb_populate_recordset(null::views_1.matter, p_rows -> 'matter')
    on conflict (id) do update set (transfers, open, first_sent_at, last_position)
      = (m.transfers + excluded.transfers, m.open + excluded.open, least(m.first_sent_at, excluded.first_sent_at),
        greatest(m.last_position, excluded.last_position));
  end if;
  if p_rows ? 'acknowledged' then
    delete from views_1.unacknowledged
     where transfer_id = any (array(select jsonb_array_elements_text(p_rows -> 'acknowledged')::uuid));
  end if;
  if p_rows ? 'unacknowledged' then
    insert into views_1.unacknowledged
    select * from jsonb_populate_recordset(null::views_1.unacknowledged, p_rows -> 'unacknowledged')
    on conflict (transfer_id) do update set (code, due_at, provisional, missed_at, cause, acknowledged_until)
      = (excluded.code, excluded.due_at, excluded.provisional, excluded.missed_at, excluded.cause,
        excluded.acknowledged_until);
  end if;
  if p_rows ? 'reported' then
    delete from views_1.missing_feedback
     where transfer_id = any (array(select jsonb_array_elements_text(p_rows -> 'reported')::uuid));
  end if;
  if p_rows ? 'missing_feedback' then
    insert into views_1.missing_feedback
    select * from jsonb_populate_recordset(null::views_1.missing_feedback, p_rows -> 'missing_feedback')
    on conflict (transfer_id) do update set (accepted_at, last_feedback_at, code, due_at, provisional, missed_at, cause,
        acknowledged_until)
      = (excluded.accepted_at, excluded.last_feedback_at, excluded.code, excluded.due_at, excluded.provisional,
        excluded.missed_at, excluded.cause, excluded.acknowledged_until);
  end if;
  if p_rows ? 'handoff' then
    insert into views_1.handoff select * from jsonb_populate_recordset(null::views_1.handoff, p_rows -> 'handoff')
    on conflict (id) do update set (state, open, police, seen_by, holders, due_at, look_at, version, position, updated_at,
        stale, after)
      = (excluded.state, excluded.open, excluded.police, excluded.seen_by, excluded.holders, excluded.due_at,
        excluded.look_at, excluded.version, excluded.position, excluded.updated_at, excluded.stale, excluded.after);
  end if;
  if p_rows ? 'handoff_lane' then
    insert into views_1.handoff_lane
    select * from jsonb_populate_recordset(null::views_1.handoff_lane, p_rows -> 'handoff_lane')
    on conflict (handoff_id, number) do update set (state, station, holder, outcome, subject_key, since, code, due_at)
      = (excluded.state, excluded.station, excluded.holder, excluded.outcome, excluded.subject_key, excluded.since,
        excluded.code, excluded.due_at);
  end if;
  if p_rows ? 'handoff_document' then
    insert into views_1.handoff_document
    select * from jsonb_populate_recordset(null::views_1.handoff_document, p_rows -> 'handoff_document');
  end if;
  if p_rows ? 'timeline' then
    insert into views_1.timeline select * from jsonb_populate_recordset(null::views_1.timeline, p_rows -> 'timeline');
  end if;
  if p_rows ? 'audience' then
    insert into views_1.audience select * from jsonb_populate_recordset(null::views_1.audience, p_rows -> 'audience');
  end if;
  if p_rows ? 'parked' then
    insert into views_1.parked select * from jsonb_populate_recordset(null::views_1.parked, p_rows -> 'parked');
  end if;
  return true;
end $$;
comment on function views_1.write(bigint, uuid, bigint, jsonb) is 'Moves the checkpoint from where the projector left it, and writes the rows that a batch changed; false, and nothing is written, when it stands elsewhere. Rows by table, and of those that leave a list of the watch the ids.';
