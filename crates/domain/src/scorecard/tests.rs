//! The numbers of a scorecard, from facts written by hand.

use super::*;
use contract::event::ObjectionGround;
use contract::ids::TransferId;
use contract::scorecard::ScoreClock;

const SENDER: &str = "320100-ybj";
const RECEIVER: &str = "320100-wjw";

fn department(id: &str) -> DepartmentId {
    DepartmentId::new(id).unwrap()
}

/// A civil time of 2026.
fn at(text: &str) -> DateTime<Utc> {
    format!("2026-{}:00+08:00", text.replace(' ', "T")).parse().unwrap()
}

fn sent(number: u128, when: &str) -> ScoreFacts {
    ScoreFacts {
        transfer_id: TransferId(uuid::Uuid::from_u128(number)),
        kind: TransferKind::ClueTransfer,
        from_department: department(SENDER),
        to_department: department(RECEIVER),
        office: department("320100-lxb"),
        sent_at: at(when),
        stages: Vec::new(),
        clocks: Vec::new(),
        final_feedback_at: None,
        ground: None,
        returned: false,
        rerouted: false,
    }
}

/// What a test adds to a transfer.
trait Told: Sized {
    fn clock(self, code: ClockCode, owner: &str, due: Option<&str>, stopped: Option<&str>) -> Self;
    fn falls_away(self) -> Self;
    fn stage(self, state: TransferState, holder: &str, from: &str, to: Option<&str>) -> Self;
}

impl Told for ScoreFacts {
    fn clock(mut self, code: ClockCode, owner: &str, due: Option<&str>, stopped: Option<&str>) -> Self {
        self.clocks.push(ScoreClock {
            code,
            run: 1,
            owner: department(owner),
            started_at: self.sent_at,
            due_at: due.map(at),
            stopped_at: stopped.map(at),
            cancelled: false,
        });
        self
    }

    fn falls_away(mut self) -> Self {
        if let Some(clock) = self.clocks.last_mut() {
            clock.cancelled = true;
        }
        self
    }

    fn stage(mut self, state: TransferState, holder: &str, from: &str, to: Option<&str>) -> Self {
        let holder = department(holder);
        self.stages.push(Stage { state, holder, from: at(from), to: to.map(at) });
        self
    }
}

fn rows(facts: &[ScoreFacts], now: &str) -> Vec<Row> {
    let calendar = Calendar::national();
    let measure = Measure { now: at(now), calendar: &calendar, hours: OfficeHours::default() };
    compute(facts, &measure, |_| true)
}

fn row(facts: &[ScoreFacts], now: &str, id: &str) -> Row {
    rows(facts, now).into_iter().find(|row| row.department == department(id)).unwrap()
}

#[test]
fn a_duty_is_in_time_before_its_due_moment_and_late_at_it() {
    let signed =
        |stopped| sent(1, "09-16 09:00").clock(ClockCode::T02, RECEIVER, Some("09-18 00:00"), stopped);
    let tally = |facts: ScoreFacts, now| row(&[facts], now, RECEIVER).signed;
    assert_eq!(tally(signed(Some("09-17 23:59")), "09-20 10:00"), Tally { in_time: 1, ..Tally::default() });
    assert_eq!(tally(signed(Some("09-18 00:00")), "09-20 10:00"), Tally { late: 1, ..Tally::default() });
    assert_eq!(tally(signed(None), "09-17 23:59"), Tally { open: 1, ..Tally::default() });
    assert_eq!(tally(signed(None), "09-18 00:00"), Tally { missing: 1, ..Tally::default() });
}

#[test]
fn a_duty_that_fell_away_in_time_counts_nowhere_and_later_it_is_missing() {
    let withdrawn = |at| {
        sent(1, "09-16 09:00").clock(ClockCode::T02, RECEIVER, Some("09-18 00:00"), Some(at)).falls_away()
    };
    assert_eq!(row(&[withdrawn("09-16 10:00")], "10-20 10:00", RECEIVER).signed, Tally::default());
    assert_eq!(row(&[withdrawn("09-19 10:00")], "10-20 10:00", RECEIVER).signed.missing, 1);
}

#[test]
fn a_paused_duty_is_open_however_long_it_stands_still() {
    let paused = sent(1, "09-16 09:00").clock(ClockCode::T07, RECEIVER, None, None);
    assert_eq!(row(&[paused], "12-31 10:00", RECEIVER).decided, Tally { open: 1, ..Tally::default() });
}

#[test]
fn a_transfer_counts_once_with_the_worst_of_its_feedback_duties() {
    let due = Some("10-01 00:00");
    let late_then_in_time = sent(1, "09-16 09:00")
        .clock(ClockCode::T08, RECEIVER, due, Some("10-05 10:00"))
        .clock(ClockCode::T09b, RECEIVER, Some("12-01 00:00"), Some("10-20 10:00"));
    let in_time_then_open = sent(2, "09-16 09:00")
        .clock(ClockCode::T08, RECEIVER, due, Some("09-20 10:00"))
        .clock(ClockCode::T09b, RECEIVER, Some("12-01 00:00"), None);
    let never = sent(3, "09-16 09:00").clock(ClockCode::T08, RECEIVER, due, None);
    let facts = [late_then_in_time, in_time_then_open, never];
    let tally = row(&facts, "10-21 10:00", RECEIVER).feedback;
    assert_eq!(tally, Tally { in_time: 0, late: 1, missing: 1, open: 1 });
}

#[test]
fn a_task_reports_by_t21_and_a_request_is_answered_by_t14() {
    for (kind, code) in
        [(TransferKind::SupervisionTask, ClockCode::T21), (TransferKind::AssistanceRequest, ClockCode::T14)]
    {
        let facts = sent(1, "09-16 09:00").clock(code, RECEIVER, Some("09-30 00:00"), None);
        let row = row(&[ScoreFacts { kind, ..facts }], "10-20 10:00", RECEIVER);
        assert_eq!((row.kind, row.feedback.missing), (kind, 1));
    }
}

#[test]
fn sender_and_receiver_each_answer_for_their_own_duties() {
    let facts = [sent(1, "09-16 09:00")
        .clock(ClockCode::T02, RECEIVER, Some("09-18 00:00"), Some("09-16 10:00"))
        .clock(ClockCode::T18, SENDER, Some("10-01 00:00"), Some("10-02 10:00"))];
    let (sender, receiver) = (row(&facts, "10-20 10:00", SENDER), row(&facts, "10-20 10:00", RECEIVER));
    assert_eq!((sender.sent, sender.signed, sender.confirmed.late), (1, Tally::default(), 1));
    assert_eq!((receiver.sent, receiver.signed.in_time, receiver.confirmed), (0, 1, Tally::default()));
}

#[test]
fn an_answer_that_another_body_approves_is_no_duty_of_the_sender() {
    let facts = [sent(1, "09-16 09:00").clock(ClockCode::T18, "320100-lxb", Some("10-01 00:00"), None)];
    assert_eq!(row(&facts, "10-20 10:00", SENDER).confirmed, Tally::default());
}

#[test]
fn a_sender_sees_how_many_came_back_and_why() {
    let mut facts: Vec<_> = (1..=4).map(|number| sent(number, "09-16 09:00")).collect();
    facts[0].returned = true;
    facts[0].ground = Some(ObjectionGround::NotOurDuty);
    facts[1].rerouted = true;
    facts[2].ground = Some(ObjectionGround::Duplicate);
    let returned = row(&facts, "10-20 10:00", SENDER).returned;
    assert_eq!((returned.count, returned.rate_per_thousand), (2, 500));
    assert_eq!(returned.reasons, BTreeMap::from([("not_our_duty", 1), ("not_stated", 1)]));
    assert_eq!(row(&facts, "10-20 10:00", RECEIVER).returned, Returned::default());
}

#[test]
fn stages_show_working_time_by_state_and_holder_and_an_open_one_goes_on() {
    let facts = [
        sent(1, "09-16 09:00")
            .stage(TransferState::Delivered, RECEIVER, "09-16 09:00", Some("09-16 10:00"))
            .stage(TransferState::Signed, RECEIVER, "09-16 10:00", None),
        sent(2, "09-16 09:00").stage(TransferState::Delivered, RECEIVER, "09-16 09:00", Some("09-17 09:00")),
        sent(3, "09-16 09:00").stage(TransferState::Answered, SENDER, "09-16 16:00", None),
    ];
    let stages = row(&facts, "09-17 10:00", RECEIVER).stages;
    let stage = |state, holder: &str, count, median, p90| StageTime {
        state,
        holder: department(holder),
        count,
        median_working_minutes: median,
        p90_working_minutes: p90,
    };
    assert_eq!(
        stages,
        [
            stage(TransferState::Delivered, RECEIVER, 2, 60, 480),
            stage(TransferState::Signed, RECEIVER, 1, 480, 480),
            stage(TransferState::Answered, SENDER, 1, 120, 120),
        ]
    );
    assert_eq!(row(&facts, "09-17 10:00", SENDER).stages, stages);
}

#[test]
fn rows_are_sorted_by_department_month_and_kind_whatever_the_order_of_the_facts() {
    let mut facts = vec![sent(1, "09-30 23:59"), sent(2, "10-01 00:00"), sent(3, "09-01 00:00")];
    facts[2].kind = TransferKind::CaseReferral;
    let sorted = rows(&facts, "10-20 10:00");
    let keys: Vec<_> = sorted
        .iter()
        .map(|row| (row.department.as_str(), row.month.to_string(), row.kind.name(), row.sent))
        .collect();
    assert_eq!(
        keys,
        [
            (RECEIVER, "2026-09".to_owned(), "clue_transfer", 0),
            (RECEIVER, "2026-09".to_owned(), "case_referral", 0),
            (RECEIVER, "2026-10".to_owned(), "clue_transfer", 0),
            (SENDER, "2026-09".to_owned(), "clue_transfer", 1),
            (SENDER, "2026-09".to_owned(), "case_referral", 1),
            (SENDER, "2026-10".to_owned(), "clue_transfer", 1),
        ]
    );
    facts.reverse();
    assert_eq!(rows(&facts, "10-20 10:00"), sorted);
}

#[test]
fn a_department_that_is_not_shown_has_no_row() {
    let calendar = Calendar::national();
    let measure = Measure { now: at("10-20 10:00"), calendar: &calendar, hours: OfficeHours::default() };
    let rows = compute(&[sent(1, "09-16 09:00")], &measure, |id| *id == department(SENDER));
    assert_eq!(rows.iter().map(|row| row.department.as_str()).collect::<Vec<_>>(), [SENDER]);
}
