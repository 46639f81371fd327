//! What holds after every event of any history (design: the invariants of the rules).

use crate::given::{HEALTH, INSURANCE, MARKET, OFFICE, World, at, department, sending};
use chrono::{DateTime, TimeDelta, Utc};
use contract::clock::{ClockCode, ClockMove, MissedCause};
use contract::event::{Body, CloseReason, LinkReason, OutcomeCode, Ruling, TransferEvent};
use contract::ids::TransferId;
use contract::kind::{TransferKind, Urgency};
use domain::dispute::commands::{
    AgreeInDispute, AnswerObjection, DesignateJurisdiction, ObjectToTransfer, SubmitDispute,
};
use domain::feedback::commands::{ConfirmFeedback, ContestFeedback, GiveFeedback, RuleContest};
use domain::transfer::clocks::{Phase, changes};
use domain::transfer::commands::{
    ConvertNotice, DecideCase, FileCase, KeepTransfer, MissTimeLimit, RequestSupplement, ResendTransfer,
    SendTransfer, SupplySupplement, WithdrawTransfer,
};
use domain::transfer::state::State;
use domain::{Command, Draft, Refusal, Transfer, decide};
use proptest::prelude::*;

const PARTIES: [&str; 4] = [HEALTH, INSURANCE, MARKET, OFFICE];

/// A command of every kind; `pick` varies what it says.
fn command(which: usize, pick: usize, id: TransferId) -> Command {
    let target = department(PARTIES[pick % 3]);
    let office = department(OFFICE);
    let reason = "事由".to_owned();
    let feedback = u32::try_from(pick % 4).unwrap();
    let is_even = pick.is_multiple_of(2);
    match which {
        0 => Command::Sign,
        1 => Command::Accept,
        2 => Command::RequestSupplement(RequestSupplement { reason, missing: vec!["材料".into()] }),
        3 => Command::SupplySupplement(SupplySupplement { note: reason, supplied: is_even }),
        4 => Command::Object(ObjectToTransfer { reason, proposed_department: target }),
        5 if is_even => Command::AnswerObjection(AnswerObjection::Agree { note: None }),
        5 => Command::AnswerObjection(AnswerObjection::Dispute { reason }),
        6 => Command::AgreeInDispute(AgreeInDispute { department: target, id, office }),
        7 => Command::SubmitDispute(SubmitDispute { superior: is_even.then_some(office), reason }),
        8 => Command::Designate(DesignateJurisdiction { department: target, reason, id, office }),
        9 if is_even => Command::File(FileCase::Filed { case_number: None }),
        9 => Command::File(FileCase::NotFiled { reason }),
        10 => Command::Decide(DecideCase { outcome: OutcomeCode::Penalty, summary: reason }),
        11 => Command::GiveFeedback(GiveFeedback { text: reason, outcome: None }),
        12 => Command::GiveFeedback(GiveFeedback { text: reason, outcome: Some(OutcomeCode::Rectified) }),
        13 => Command::ConfirmFeedback(ConfirmFeedback { feedback }),
        14 => Command::ContestFeedback(ContestFeedback { feedback, reason }),
        15 if is_even => Command::RuleContest(RuleContest { ruling: Ruling::Upheld, reason }),
        15 => Command::RuleContest(RuleContest { ruling: Ruling::AnswerAgain, reason }),
        16 => Command::Resend(ResendTransfer { id, to: department(MARKET), office }),
        17 => Command::Keep(KeepTransfer { reason }),
        18 => Command::Convert(ConvertNotice { id }),
        19 => Command::Withdraw(WithdrawTransfer { reason }),
        other => {
            let code = ClockCode::ALL[other % ClockCode::ALL.len()];
            Command::MissTimeLimit(MissTimeLimit { code, run: 1 + feedback / 2, cause: MissedCause::Idle })
        }
    }
}

fn exactly_one_holder_while_open(transfer: &Transfer) {
    assert_eq!(transfer.holder().is_none(), transfer.state.name().is_ended(), "{:?}", transfer.state);
}

fn only_the_holders_clocks_run(transfer: &Transfer) {
    for clock in transfer.clocks.iter().filter(|clock| clock.phase == Phase::Running) {
        assert_eq!(Some(&clock.owner), transfer.holder(), "{} in {:?}", clock.code, transfer.state);
        assert!(clock.due_at.is_some());
    }
    for clock in transfer.clocks.iter().filter(|clock| matches!(clock.phase, Phase::Paused(_))) {
        assert!(clock.due_at.is_none() && matches!(transfer.state, State::Supplementing { .. }));
    }
}

fn no_clock_runs_twice_at_once(transfer: &Transfer) {
    let open: Vec<_> =
        transfer.clocks.iter().filter(|clock| clock.is_open()).map(|clock| clock.code).collect();
    let distinct: std::collections::BTreeSet<_> = open.iter().collect();
    assert_eq!(open.len(), distinct.len(), "{open:?}");
}

/// Computes every clock change again from the events and the pack alone.
fn clocks_are_a_function_of_events_and_pack(
    world: &World,
    history: &[(Body, DateTime<Utc>)],
    id: TransferId,
) {
    let mut transfer: Option<Transfer> = None;
    for (body, now) in history.iter().filter(|(body, _)| body.transfer.id == id) {
        let place = domain::transfer::event::Place { position: 0, number: None, occurred_at: *now };
        let after = Transfer::evolve(transfer.clone(), body, place).unwrap();
        let before = transfer.unwrap_or_else(|| Transfer { clocks: Vec::new(), ..after.clone() });
        let mut bare = after.clone();
        bare.clocks.clone_from(&before.clocks);
        let pack = world.rules.pack(&after.sent.rule_pack).unwrap();
        let again = changes(&before, &bare, &body.event, *now, pack, world.rules.calendar());
        assert_eq!(again, body.after.clocks, "{}", body.event.name());
        transfer = Some(after);
    }
}

fn closing_had_final_feedback(transfer: &Transfer) {
    let State::Closed(reason) = &transfer.state else { return };
    match reason {
        CloseReason::Confirmed | CloseReason::ConfirmedByOffice | CloseReason::Ruled => {
            assert!(transfer.feedback.last().is_some_and(|given| given.is_final));
        }
        CloseReason::Kept | CloseReason::Read => {}
    }
}

fn allowed_actions_are_those_that_are_decided(world: &World, now: DateTime<Utc>) {
    for transfer in world.transfers.values() {
        for party in PARTIES {
            let by = department(party);
            let allowed = transfer.standing(now).allowed_actions(&by);
            for which in 0..20 {
                let attempt = command(which, 0, TransferId(uuid::Uuid::nil()));
                let Some(action) = attempt.action() else { continue };
                let decided = decide(transfer, &attempt, &by, now, &world.rules);
                let refused_by_content = match &decided {
                    Err(Refusal::FeedbackUnknown { .. }) => true,
                    Err(Refusal::NoCommonSuperior { .. }) => matches!(attempt, Command::SubmitDispute(_)),
                    Ok(_) | Err(_) => false,
                };
                assert_eq!(
                    allowed.contains(&action),
                    decided.is_ok() || refused_by_content,
                    "{action} by {party}"
                );
            }
        }
    }
}

/// The party sends something of its own in the matter of a transfer.
fn onward(transfer: &Transfer, by: &str, pick: usize, id: TransferId) -> SendTransfer {
    let kind = TransferKind::ALL[pick % TransferKind::ALL.len()];
    let to = PARTIES.into_iter().find(|party| *party != by).unwrap_or(MARKET);
    let from_receiver_of_origin = transfer.reference.to.as_str() == by;
    SendTransfer { from_receiver_of_origin, ..sending(kind, id, by, to, Urgency::Normal) }
}

fn informs_of_a_referral(transfer: &Transfer) -> bool {
    transfer.sent.origin.as_ref().is_some_and(|origin| origin.reason == LinkReason::Informed)
}

fn kind() -> impl Strategy<Value = TransferKind> {
    prop_oneof![
        4 => Just(TransferKind::ClueTransfer),
        4 => Just(TransferKind::CaseReferral),
        1 => Just(TransferKind::Notice),
        1 => Just(TransferKind::SupervisionTask),
    ]
}

/// Which transfer of the world, who, which command, what it says, hours later.
type Step = (usize, usize, usize, usize, u16);

fn steps() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec((0..4usize, 0..4usize, 0..25usize, 0..12usize, 0..200u16), 1..120)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_invariants_hold_after_every_act_of_any_history(kind in kind(), is_urgent: bool, steps in steps()) {
        let mut now = at("09-14 09:00");
        let urgency = if is_urgent { Urgency::Urgent } else { Urgency::Normal };
        let mut world = World::sent(kind, now, urgency);
        let mut history: Vec<(Body, DateTime<Utc>)> = vec![(world.history[0].clone(), now)];
        for (which_transfer, by, which, pick, hours) in steps {
            now += TimeDelta::hours(hours.into());
            let id = world.fresh();
            let ids: Vec<_> = world.transfers.keys().copied().collect();
            let transfer = &world.transfers[&ids[which_transfer % ids.len()]];
            let by = PARTIES[by];
            let decided = if which == 24 {
                onward(transfer, by, pick, id).decide(Some(transfer), now, &world.rules)
            } else {
                decide(transfer, &command(which, pick, id), &department(by), now, &world.rules)
            };
            let Ok(decision) = decided else { continue };
            let is_sent = |draft: &Draft| matches!(draft.body.event, TransferEvent::Sent(_));
            let hands_on = decision.drafts.iter().filter(|draft| is_sent(draft)).any(|draft| {
                let new = &draft.body.transfer;
                new.from == transfer.reference.to && new.kind != TransferKind::Notice
            });
            prop_assert!(!(hands_on && transfer.reference.kind == TransferKind::CaseReferral));
            let converts = hands_on && transfer.reference.kind == TransferKind::Notice && which == 18;
            prop_assert!(!(converts && informs_of_a_referral(transfer)));
            prop_assert!(decision.drafts.iter().all(|draft| draft.occurred_at >= transfer.updated_at || which == 24));
            prop_assert!(decision.drafts.iter().all(|draft| draft.body.transfer.from != draft.body.transfer.to));
            history.extend(decision.drafts.iter().map(|draft| (draft.body.clone(), draft.occurred_at)));
            world.take(&decision);
            for transfer in world.transfers.values() {
                exactly_one_holder_while_open(transfer);
                only_the_holders_clocks_run(transfer);
                closing_had_final_feedback(transfer);
                no_clock_runs_twice_at_once(transfer);
            }
        }
        let ids: Vec<_> = world.transfers.keys().copied().collect();
        for id in ids {
            clocks_are_a_function_of_events_and_pack(&world, &history, id);
        }
        allowed_actions_are_those_that_are_decided(&world, now);
        let missed_runs = history.iter().filter(|(body, _)| body.after.clocks.iter().any(|c| c.movement == ClockMove::Missed));
        let mut seen = std::collections::BTreeSet::new();
        for (body, _) in missed_runs {
            let change = &body.after.clocks[0];
            prop_assert!(seen.insert((body.transfer.id, change.code, change.run)), "a clock is missed once per run");
        }
    }
}
