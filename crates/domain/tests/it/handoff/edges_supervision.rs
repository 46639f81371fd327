//! The edges of filing and of its supervision, and of several suspects.

use super::edges::lacks;
use super::given::{
    ADDRESSEE, AGENCY, COURT, DISTRICT_POLICE, OTHER_AGENCY, OTHER_POLICE, OTHER_PROCURATORATE, POLICE,
    PROCURATORATE, SENDER, World, all_on, department, national,
};
use super::reach::{reach, two_filed};
use super::saying::said_for;
use contract::clock::ClockState;
use contract::handoff::{
    HandoffAct as A, HandoffClock as C, HandoffState as S, JoinedOrigin, LaneOutcome, Milestone, Said,
    Secrecy, Verdict,
};
use contract::ids::{HandoffId, TransferId};
use contract::problem::ProblemCode;
use domain::handoff::article::Source;
use domain::handoff::{Guard, Handoff, HandoffRefusal};

#[test]
fn a_filing_order_to_silent_police_needs_the_conditions_of_filing() {
    let world = reach(&national(), S::SupervisionOverdue);
    let mut said = said_for(&world, PROCURATORATE, A::FilingOrder);
    said.conditions_met = false;
    lacks(&world.decided(PROCURATORATE, A::FilingOrder, said).unwrap_err(), Guard::ConditionsMet);
    assert!(world.allows(PROCURATORATE, A::FilingOrder));
}

#[test]
fn silence_is_complained_of_once_the_filing_clock_has_run_out_and_not_before() {
    let mut world = reach(&national(), S::Presented);
    world.when("06-08 10:00").act(POLICE, A::Receipt);
    lacks(
        &world.when("06-11 23:59").refused(AGENCY, A::OverdueComplaint),
        Guard::RunOut(&[C::C07, C::C07Seven, C::C07Thirty]),
    );
    assert!(world.when("06-12 00:00").allows(AGENCY, A::OverdueComplaint));
    let mut world = reach(&national(), S::Approved);
    world.when("06-08 10:00").act(AGENCY, A::Dispatch);
    lacks(&world.when("06-09 09:59").refused(AGENCY, A::OverdueComplaint), Guard::RunOut(&[C::C03]));
    assert!(world.when("06-09 10:00").allows(AGENCY, A::OverdueComplaint));
}

#[test]
fn a_supplement_is_supplied_also_where_the_silence_was_complained_of() {
    for act in [A::Supplement, A::SupplementExplanation] {
        let mut world = reach(&national(), S::Supplementing);
        world.days_later(10).act(AGENCY, A::OverdueComplaint);
        assert_eq!(world.state(), S::SupervisionOverdue);
        world.act(AGENCY, act);
        assert_eq!(world.state(), S::SupervisionOverdue, "the police are silent all the same");
        assert_eq!(world.clock(C::C06).unwrap().state, ClockState::MetLate);
        lacks(&world.refused(AGENCY, act), Guard::SupplementAwaited);
    }
    let world = reach(&national(), S::SupervisionOverdue);
    lacks(&world.refused(AGENCY, A::Supplement), Guard::SupplementAwaited);
}

#[test]
fn a_dismissed_complaint_leaves_a_supplement_awaited_that_was_awaited_before() {
    let mut world = reach(&national(), S::Supplementing);
    world.days_later(10).act(AGENCY, A::OverdueComplaint);
    world.act(PROCURATORATE, A::OverdueDismissal);
    assert_eq!(world.state(), S::Supplementing);
    world.act(AGENCY, A::Supplement);
    assert_eq!((world.state(), world.clock(C::C06).unwrap().state), (S::Accepted, ClockState::MetLate));
    let mut world = reach(&national(), S::SupervisionOverdue);
    world.act(PROCURATORATE, A::OverdueDismissal);
    assert_eq!(world.state(), S::Accepted, "where none was asked for");
}

#[test]
fn what_no_word_could_fulfil_is_not_offered() {
    let national = national();
    let offered = |state, by| {
        let world = reach(&national, state);
        domain::handoff::allowed_acts(
            world.handoff(),
            &department(by),
            world.now,
            &world.rules,
            &world.registry,
        )
    };
    assert!(!offered(S::Accepted, POLICE).contains(&A::ReviewExtension), "the pack has both off");
    assert!(!offered(S::Filed, POLICE).contains(&A::GoodsReceipt), "nothing is offered");
}

#[test]
fn the_explanation_stops_the_clock_of_the_silence_and_a_decision_in_one_lane_does_not() {
    let mut world = reach(&national(), S::SupervisionOverdue);
    world.act(PROCURATORATE, A::OverdueExplanationRequest);
    let mut decided = world.clone();
    decided.act_in(1, POLICE, A::Filing);
    assert_eq!(decided.clock(C::C16).unwrap().state, ClockState::Running);
    decided.act_in(2, POLICE, A::NonFiling);
    assert_eq!(decided.clock(C::C16).unwrap().state, ClockState::Met);
    world.act(POLICE, A::OverdueExplanation);
    assert_eq!(world.clock(C::C16).unwrap().state, ClockState::Met);
    assert_eq!(world.lane(1).holder, Some(department(PROCURATORATE)));
}

#[test]
fn a_redirection_ends_the_filing_clock_and_the_other_police_count_anew() {
    let mut world = reach(&national(), S::Accepted);
    world.act(POLICE, A::Redirection);
    assert_eq!(world.clock(C::C07).unwrap().state, ClockState::Met);
    assert!(world.days_later(30).allows(AGENCY, A::OverdueComplaint), "for the receipt");
    world.act("320100-slga", A::Receipt);
    let run = world.clock(C::C07).unwrap();
    assert_eq!((run.run, run.owner.as_str(), run.state), (2, "320100-slga", ClockState::Running));
}

#[test]
fn whoever_acts_on_a_notice_has_it() {
    for (state, notify, by, act, code) in [
        (S::NotFiled, true, AGENCY, A::SupervisionSuggestion, C::C10),
        (S::NotFiled, true, AGENCY, A::ReconsiderationRequest, C::C10),
        (S::NotFiled, true, AGENCY, A::ResultAcceptance, C::C10),
        (S::ReconUpheld, true, AGENCY, A::SupervisionSuggestion, C::C12),
        (S::Supplementing, false, AGENCY, A::Supplement, C::C06),
        (S::OrderedToTransfer, false, AGENCY, A::Dispatch, C::C19),
        (S::Reconsidering, false, POLICE, A::ReconsiderationFiling, C::C11),
        (S::OrderedToFile, false, POLICE, A::Filing, C::C14),
        (S::ReversePending, false, ADDRESSEE, A::ReverseAcceptance, C::C21),
        (S::ReversePending, false, ADDRESSEE, A::ReverseObjection, C::C21),
    ] {
        let mut world = reach(&national(), state);
        if notify {
            world.act(POLICE, A::Notification);
        }
        let waits = world.handoff().after.notices.iter().rfind(|notice| notice.starts == code).unwrap();
        assert_eq!((waits.received_at, waits.to.as_str()), (None, by));
        let decision = world.try_act(by, act, said_for(&world, by, act)).unwrap();
        assert_eq!(decision.drafts[0].body.event, A::NoticeReceipt, "{act:?}");
        assert!(world.clock(code).is_some(), "{code} began");
    }
}

#[test]
fn the_organ_that_a_dispute_names_owes_the_reply_and_the_first_one_no_more() {
    let mut world = reach(&national(), S::Dispute);
    let said = Said {
        department: Some(department(OTHER_AGENCY)),
        ..said_for(&world, PROCURATORATE, A::ReverseDesignation)
    };
    world.act_saying(PROCURATORATE, A::ReverseDesignation, said);
    assert_eq!(world.clock(C::C21).unwrap().state, ClockState::Cancelled);
    lacks(&world.refused(OTHER_AGENCY, A::ReverseObjection), Guard::NotBinding);
    world.act(OTHER_AGENCY, A::ReverseAcceptance);
    let run = world.clock(C::C21).unwrap();
    assert_eq!((run.owner.as_str(), run.state), (OTHER_AGENCY, ClockState::Running));
}

#[test]
fn one_suspect_is_filed_and_the_other_is_not() {
    let mut world = reach(&national(), S::Accepted);
    world.act_in(1, POLICE, A::Filing);
    assert_eq!(world.clock(C::C07).unwrap().state, ClockState::Running, "the other one is undecided");
    world.act_in(2, POLICE, A::NonFiling);
    assert_eq!(world.clock(C::C07).unwrap().state, ClockState::Met);
    assert_eq!((world.lane(1).state, world.lane(2).state), (S::Filed, S::NotFiled));
    let together = world.refused(POLICE, A::Notification);
    lacks(&together, Guard::OneDecision);
    world.act_in(1, POLICE, A::Notification).act_in(2, POLICE, A::Notification);
    assert!(!world.allows(POLICE, A::Redirection) && !world.allows(POLICE, A::PoliceTransfer));
    world.act(AGENCY, A::ResultAcceptance);
    assert_eq!((world.lane(1).state, world.lane(2).state), (S::Filed, S::AdminHandling));
    assert_eq!(world.handoff().after.state, S::Filed);
}

#[test]
fn not_prosecuting_one_of_two_leaves_the_other_with_the_procuratorate() {
    let mut world = reach(&national(), S::Filed);
    world.act(POLICE, A::Milestone).act_in(1, PROCURATORATE, A::NonProsecution);
    world.act_in(2, PROCURATORATE, A::Milestone).act_in(1, PROCURATORATE, A::NoPenalty);
    world.act_in(1, AGENCY, A::ResultFeedback);
    for party in world.lane(1).feedback.clone().unwrap().to {
        world.act(party.as_str(), A::FeedbackConfirmation);
    }
    assert_eq!(world.lane(1).holder, None);
    assert!(world.handoff().after.open, "the other one is before the court");
    assert_eq!(world.lane(1).outcome, Some(LaneOutcome::NonProsecuted));
    assert_eq!(
        (world.lane(2).outcome, world.lane(2).holder.clone()),
        (Some(LaneOutcome::Prosecuted), Some(department(COURT)))
    );
    world.act(COURT, A::Judgment).act(AGENCY, A::ResultFeedback);
    for party in world.lane(2).feedback.clone().unwrap().to {
        world.act(party.as_str(), A::FeedbackConfirmation);
    }
    assert!(!world.handoff().after.open);
}

#[test]
fn a_detention_changes_nothing_and_brings_nothing_with_it_that_others_see() {
    let mut world = reach(&national(), S::Filed);
    world.act(POLICE, A::Notification).days_later(30);
    let waiting = world.handoff().after.notices.iter().filter(|notice| notice.received_at.is_none()).count();
    assert!(waiting > 0, "a notice counts as arrived by now, and nobody has written that down");
    for milestone in [Milestone::Detention, Milestone::Arrest] {
        let said = Said { milestone: Some(milestone), lanes: vec![1], ..Said::default() };
        let drafts = world.decided(POLICE, A::Milestone, said).unwrap().drafts;
        let [only] = drafts.as_slice() else { panic!("{drafts:?}") };
        assert_eq!(only.body.stream_id(), world.first.investigation());
        assert_eq!(only.body.after, world.handoff().after);
    }
    let told = Said { milestone: Some(Milestone::TransferForProsecution), lanes: vec![1], ..Said::default() };
    let drafts = world.decided(POLICE, A::Milestone, told).unwrap().drafts;
    assert!(drafts.len() > 1 && drafts.iter().all(|draft| draft.body.stream_id() == world.first.0));
}

#[test]
fn a_suspect_who_is_added_after_the_filing_is_filed_and_owes_no_notice() {
    let mut world = reach(&national(), S::Filed);
    world.act(POLICE, A::SuspectAddition);
    let lane = world.lane(3);
    assert_eq!((lane.state, lane.added_by_police, lane.notified), (S::Filed, true, true));
    assert!(!world.allows(AGENCY, A::SuspectAddition));
    world.act_in(3, POLICE, A::InvestigationEnding);
    assert_eq!(world.lane(3).outcome, Some(LaneOutcome::InvestigationEnded));
    assert_eq!(world.lane(1).state, S::Filed);
}

#[test]
fn the_agency_learns_what_another_organ_made_of_its_case() {
    let mut world = reach(&national(), S::ReversePending);
    world.act(ADDRESSEE, A::ReverseAcceptance).act(ADDRESSEE, A::AdministrativeDecision);
    world.act(ADDRESSEE, A::ResultFeedback);
    let to = world.lane(1).feedback.clone().unwrap().to;
    assert_eq!(to, [SENDER, PROCURATORATE, AGENCY].map(department));
}

#[test]
fn the_police_that_move_a_case_tell_the_sender() {
    let mut world = reach(&national(), S::Filed);
    world.act(POLICE, A::PoliceTransfer);
    let parties = &world.handoff().after.parties;
    assert_eq!(parties.procuratorate, Some(department(OTHER_PROCURATORATE)));
    assert_eq!(world.clock(C::C29).unwrap().owner.as_str(), POLICE);
    let wrong = world.refused(OTHER_POLICE, A::SenderNotification);
    assert!(matches!(wrong, HandoffRefusal::WrongOrgan { .. }), "{wrong:?}");
    world.act(OTHER_POLICE, A::CaseWithdrawal).act(OTHER_POLICE, A::SenderNotification);
    assert_eq!(world.clock(C::C29).unwrap().state, ClockState::Running, "who tells its own, tells no more");
    assert_eq!(world.clock(C::C18).unwrap().state, ClockState::Met);
    world.act(POLICE, A::SenderNotification);
    assert_eq!(world.clock(C::C29).unwrap().state, ClockState::Met);
}

#[test]
fn a_fine_after_a_fine_of_a_court_is_against_the_penalty_law() {
    let mut world = reach(&national(), S::Filed);
    world.act(POLICE, A::Milestone).act(PROCURATORATE, A::Milestone);
    let judgment = Said { fine_fen: Some(500_000), ..said_for(&world, COURT, A::Judgment) };
    world.act_saying(COURT, A::Judgment, judgment);
    // A lane in which the court has fined comes into administrative handling only with the whole of its past.
    let handoff = fined_and_handed_back(&world);
    world.handoffs.insert(world.first, handoff);
    let fine = Said { fine_fen: Some(1), ..said_for(&world, AGENCY, A::AdministrativeDecision) };
    let refusal = world.decided(AGENCY, A::AdministrativeDecision, fine).unwrap_err();
    lacks(&refusal, Guard::FineAllowed);
    let article = refusal.article().unwrap();
    assert_eq!((article.source, article.numbers), (Source::PenaltyLaw, "35"));
    assert!(world.allows(AGENCY, A::AdministrativeDecision), "a penalty without a fine");
}

fn fined_and_handed_back(world: &World) -> Handoff {
    let mut handoff = world.handoff().clone();
    for lane in &mut handoff.after.lanes {
        assert_eq!((lane.verdict, lane.court_fine_fen), (Some(Verdict::Guilty), Some(500_000)));
        lane.state = S::AdminHandling;
    }
    handoff
}

#[test]
fn an_addressee_that_takes_no_part_any_more_reads_nothing_of_a_joining() {
    let mut world = two_filed(&national());
    let mine = world.first;
    let other = world.handoffs.keys().copied().find(|id| *id != mine).unwrap();
    let secrecy = |world: &World| {
        let decision = world.decided(POLICE, A::Joining, said_for(world, POLICE, A::Joining)).unwrap();
        let away = decision.drafts.iter().find(|draft| draft.body.event == A::JoinedAway).unwrap();
        away.body.secrecy
    };
    assert_eq!(secrecy(&world), Secrecy::Parties);
    world.handoffs.get_mut(&other).unwrap().reference.to = department(DISTRICT_POLICE);
    assert_eq!(secrecy(&world), Secrecy::Unaddressed, "it went to other police at once");
}

#[test]
fn joining_keeps_both_histories_and_what_is_owed() {
    let mut world = two_filed(&national());
    let mine = world.first;
    let other = world.handoffs.keys().copied().find(|id| *id != mine).unwrap();
    world.first = other;
    world.act(POLICE, A::Notification);
    world.first = mine;
    let transfer = TransferId(other.0);
    world.handoffs.get_mut(&other).unwrap().opening.origin = Some(transfer);
    world.act(POLICE, A::Joining);
    let (after, ended) = (&world.handoffs[&mine].after, &world.handoffs[&other].after);
    assert_eq!(after.lanes.iter().map(|lane| lane.number).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert_eq!((ended.joined_into, ended.open), (Some(mine), false));
    assert_eq!(after.joined_origins, [JoinedOrigin { transfer, handoff: other }]);
    assert!(ended.lanes.iter().all(|lane| lane.state == S::Joined && lane.went_to == Some(mine)));
    assert!(ended.clocks.iter().all(|run| !run.is_owed()));
    let notice = after.notices.iter().find(|notice| notice.starts == C::C09).unwrap();
    assert_eq!((notice.lanes.as_slice(), notice.received_at), ([3, 4].as_slice(), None));
    let owed =
        |lane| after.clocks.iter().any(|run| run.code == C::C08 && run.lane == Some(lane) && run.is_owed());
    assert!(owed(1) && owed(2) && !owed(3) && !owed(4), "the notice of the other one was served");
    let refusal = world.refused(POLICE, A::Joining);
    assert_eq!(refusal.code(), ProblemCode::HandoffCannotJoin, "it is joined already");
}

#[test]
fn splitting_keeps_both_histories_and_what_is_owed() {
    let mut world = reach(&all_on(), S::OrderedToFile);
    world.act(POLICE, A::Filing).act(POLICE, A::Notification);
    let urged_from = world.clock(C::C17).unwrap().due_at;
    let all = Said { lanes: vec![1, 2], ..said_for(&world, POLICE, A::Splitting) };
    lacks(&world.decided(POLICE, A::Splitting, all).unwrap_err(), Guard::LeavesSomebody);
    world.act_in(2, POLICE, A::Splitting);
    let mine = world.first;
    let split: HandoffId = world.lane(2).went_to.unwrap();
    assert_eq!((world.lane(1).state, world.lane(2).state), (S::Filed, S::Split));
    let new = &world.handoffs[&split];
    assert_eq!(new.opening.split_from, Some(mine));
    assert_eq!(new.after.parties, world.handoff().after.parties);
    assert_eq!(new.after.upstream, world.handoff().after.upstream);
    let run = new.after.clocks.iter().find(|run| run.code == C::C17).unwrap();
    assert_eq!((run.lane, run.due_at), (Some(1), urged_from));
    world.first = split;
    world.act(AGENCY, A::NoticeReceipt);
    assert_eq!(world.clock(C::C09).unwrap().state, ClockState::Running);
}

#[test]
fn new_facts_lead_a_refused_case_to_its_filing() {
    for state in [S::NotFiled, S::AdminHandling] {
        let mut world = reach(&national(), state);
        let bare = Said { reason: None, ..said_for(&world, POLICE, A::Filing) };
        lacks(&world.decided(POLICE, A::Filing, bare).unwrap_err(), Guard::NewFacts);
        world.act(POLICE, A::Filing);
        assert_eq!(world.state(), S::Filed);
    }
}
