//! Sending, signing, accepting, supplementing, withdrawing; notices and tasks.

use crate::given::{HEALTH, INSURANCE, MARKET, World, at, department, sending};
use contract::action::Action;
use contract::clock::ClockCode;
use contract::event::{LinkReason, TransferEvent};
use contract::kind::{TransferKind, Urgency};
use contract::state::TransferState;
use domain::transfer::commands::{
    ConvertNotice, FileCase, RequestSupplement, SendTransfer, SupplySupplement, WithdrawTransfer,
};
use domain::{Command, Decision, Refusal};

fn supplement_request() -> Command {
    Command::RequestSupplement(RequestSupplement {
        reason: "缺少鉴定".into(),
        missing: vec!["鉴定报告".into()],
    })
}

fn supplement() -> Command {
    Command::SupplySupplement(SupplySupplement { note: "已补".into(), supplied: true })
}

fn withdrawal() -> Command {
    Command::Withdraw(WithdrawTransfer { reason: "重复".into() })
}

#[test]
fn a_clue_is_delivered_signed_and_accepted_and_each_time_the_receiver_holds_it() {
    let mut world = World::with(TransferKind::ClueTransfer, at("03-02 10:00"));
    assert_eq!((world.state(), world.holder()), (TransferState::Delivered, INSURANCE));
    assert_eq!(world.running(), [ClockCode::T02]);
    assert_eq!(world.act(INSURANCE, "03-03 09:00", &Command::Sign), ["signed"]);
    assert_eq!((world.state(), world.running()), (TransferState::Signed, vec![ClockCode::T03]));
    assert_eq!(world.act(INSURANCE, "03-04 09:00", &Command::Accept), ["accepted"]);
    assert_eq!(world.running(), [ClockCode::T07, ClockCode::T08, ClockCode::T09b]);
    assert_eq!(world.holder(), INSURANCE);
}

#[test]
fn acts_out_of_turn_by_the_wrong_party_and_twice_are_refused_and_change_nothing() {
    let mut world = World::with(TransferKind::ClueTransfer, at("03-02 10:00"));
    let before = world.transfer().clone();
    assert!(matches!(world.refused(INSURANCE, "03-03 09:00", &Command::Accept), Refusal::OutOfTurn { .. }));
    assert!(matches!(world.refused(HEALTH, "03-03 09:00", &Command::Sign), Refusal::WrongParty { .. }));
    assert!(matches!(world.refused(MARKET, "03-03 09:00", &Command::Sign), Refusal::WrongParty { .. }));
    let filed = Command::File(FileCase::Filed { case_number: None });
    assert!(matches!(world.refused(INSURANCE, "03-03 09:00", &filed), Refusal::OutOfTurn { .. }));
    assert_eq!(*world.transfer(), before);
    world.act(INSURANCE, "03-03 09:00", &Command::Sign);
    assert_eq!(
        world.refused(INSURANCE, "03-03 09:01", &Command::Sign),
        Refusal::AlreadyDone { action: Action::Receipt }
    );
}

#[test]
fn a_supplement_pauses_the_receivers_clock_and_the_days_of_waiting_do_not_count() {
    let mut world = World::with(TransferKind::CaseReferral, at("09-25 10:00"));
    world.act(INSURANCE, "09-28 09:00", &Command::Sign);
    assert_eq!(
        world.last_day(ClockCode::T03),
        "2026-10-10",
        "five working days over the holiday, make-up Saturday counts"
    );
    world.act(INSURANCE, "09-29 09:00", &supplement_request());
    assert_eq!((world.state(), world.holder()), (TransferState::Supplementing, HEALTH));
    assert_eq!(world.running(), [ClockCode::T16]);
    assert_eq!(world.last_day(ClockCode::T16), "2026-10-12");
    world.act(HEALTH, "10-12 17:00", &supplement());
    assert_eq!((world.state(), world.holder()), (TransferState::Signed, INSURANCE));
    // One of five days (29 September) was used; the four others follow on the twelfth.
    assert_eq!(world.last_day(ClockCode::T03), "2026-10-16");
}

#[test]
fn a_supplement_during_handling_goes_back_to_where_the_handling_was() {
    let mut world = World::with(TransferKind::CaseReferral, at("03-02 10:00"));
    world.act(INSURANCE, "03-02 11:00", &Command::Sign);
    world.act(INSURANCE, "03-02 12:00", &Command::Accept);
    world.act(
        INSURANCE,
        "03-03 12:00",
        &Command::File(FileCase::Filed { case_number: Some("宁医保立〔2026〕7号".into()) }),
    );
    world.act(INSURANCE, "03-04 12:00", &supplement_request());
    assert!(matches!(world.refused(HEALTH, "03-05 12:00", &withdrawal()), Refusal::OutOfTurn { .. }));
    world.act(HEALTH, "03-05 12:00", &supplement());
    assert_eq!(world.state(), TransferState::Accepted);
    assert_eq!(world.running(), [ClockCode::T08, ClockCode::T09b]);
    assert!(matches!(
        world.refused(INSURANCE, "03-06 12:00", &Command::File(FileCase::NotFiled { reason: "x".into() })),
        Refusal::AlreadyDone { action: Action::Filing }
    ));
}

#[test]
fn the_sender_may_withdraw_until_acceptance() {
    let mut world = World::with(TransferKind::ClueTransfer, at("03-02 10:00"));
    world.act(INSURANCE, "03-02 11:00", &Command::Sign);
    assert_eq!(world.act(HEALTH, "03-02 12:00", &withdrawal()), ["withdrawn"]);
    assert_eq!(
        (world.state(), world.holder(), world.running()),
        (TransferState::Withdrawn, "nobody", vec![])
    );
    assert!(matches!(world.refused(INSURANCE, "03-03 09:00", &Command::Accept), Refusal::Ended { .. }));

    let mut world = World::with(TransferKind::ClueTransfer, at("03-02 10:00"));
    world.act(INSURANCE, "03-02 11:00", &Command::Sign);
    world.act(INSURANCE, "03-02 12:00", &Command::Accept);
    assert!(matches!(world.refused(HEALTH, "03-02 13:00", &withdrawal()), Refusal::OutOfTurn { .. }));
}

#[test]
fn a_notice_closes_when_it_is_read_and_its_receiver_may_make_a_clue_of_it_once() {
    let mut world = World::with(TransferKind::Notice, at("03-02 10:00"));
    assert_eq!(world.running(), [ClockCode::T15]);
    assert_eq!(world.act(INSURANCE, "03-03 09:00", &Command::Sign), ["read", "closed"]);
    assert_eq!((world.state(), world.holder()), (TransferState::Closed, "nobody"));
    let conversion = Command::Convert(ConvertNotice { id: world.fresh() });
    assert_eq!(world.act(INSURANCE, "03-04 09:00", &conversion), ["converted", "sent", "signed"]);
    let clue = world.linked();
    assert_eq!((clue.reference.kind, clue.state.name()), (TransferKind::ClueTransfer, TransferState::Signed));
    assert_eq!((clue.reference.from.as_str(), clue.reference.to.as_str()), (HEALTH, INSURANCE));
    assert_eq!(clue.reference.matter, world.transfer().reference.matter);
    assert_eq!(
        world.refused(INSURANCE, "03-04 09:01", &conversion),
        Refusal::AlreadyDone { action: Action::Conversion }
    );
    assert!(matches!(world.refused(INSURANCE, "03-04 09:02", &Command::Accept), Refusal::WrongKind { .. }));
}

#[test]
fn an_unread_notice_can_be_converted_at_once() {
    let mut world = World::with(TransferKind::Notice, at("03-02 10:00"));
    let conversion = Command::Convert(ConvertNotice { id: world.fresh() });
    let events = world.act(INSURANCE, "03-02 11:00", &conversion);
    assert_eq!(events, ["read", "closed", "converted", "sent", "signed"]);
}

#[test]
fn a_supervision_task_is_accepted_with_its_signature() {
    let mut world = World::with(TransferKind::SupervisionTask, at("03-02 10:00"));
    assert_eq!(world.act(INSURANCE, "03-02 11:00", &Command::Sign), ["signed", "accepted"]);
    assert_eq!((world.state(), world.running()), (TransferState::Accepted, vec![]));
}

fn onward(world: &mut World, kind: TransferKind, when: &str) -> Result<Decision, Refusal> {
    let id = world.fresh();
    let sending = SendTransfer {
        from_receiver_of_origin: true,
        ..sending(kind, id, INSURANCE, MARKET, Urgency::Normal)
    };
    sending.decide(Some(world.transfer()), at(when), &world.rules)
}

fn link_reason(decision: &Decision) -> LinkReason {
    let TransferEvent::Sent(sent) = &decision.drafts[0].body.event else { panic!("sent comes first") };
    sent.origin.as_ref().unwrap().reason
}

#[test]
fn the_receiver_of_a_case_referral_may_never_send_it_onward_not_even_when_it_is_over() {
    let mut world = World::with(TransferKind::CaseReferral, at("03-02 10:00"));
    let forbidden = Refusal::ReferralOnwardForbidden { transfer: world.first };
    for kind in [TransferKind::ClueTransfer, TransferKind::CaseReferral, TransferKind::SupervisionTask] {
        assert_eq!(onward(&mut world, kind, "03-03 09:00"), Err(forbidden.clone()), "{kind}");
    }
    world.act(HEALTH, "03-04 09:00", &withdrawal());
    assert_eq!(onward(&mut world, TransferKind::ClueTransfer, "03-05 09:00"), Err(forbidden));
}

#[test]
fn a_notice_of_a_case_referral_may_be_sent_and_can_not_become_a_clue() {
    let mut world = World::with(TransferKind::CaseReferral, at("03-02 10:00"));
    let decision = onward(&mut world, TransferKind::Notice, "03-03 09:00").unwrap();
    assert_eq!(link_reason(&decision), LinkReason::Informed);
    let referral = world.first;
    world.take(&decision);
    world.first = decision.shown;
    let conversion = Command::Convert(ConvertNotice { id: world.fresh() });
    assert_eq!(
        world.refused(MARKET, "03-04 09:00", &conversion),
        Refusal::ReferralOnwardForbidden { transfer: referral }
    );
}

#[test]
fn the_receiver_of_a_clue_may_send_it_onward_and_still_owes_the_first_sender() {
    let mut world = World::with(TransferKind::ClueTransfer, at("03-02 10:00"));
    let decision = onward(&mut world, TransferKind::ClueTransfer, "03-03 09:00").unwrap();
    assert_eq!(link_reason(&decision), LinkReason::Onward);
    assert_eq!(decision.drafts[0].body.transfer.matter, world.transfer().reference.matter);
    assert_eq!(world.holder(), INSURANCE);
}

#[test]
fn a_late_act_is_recorded_and_never_refused_for_lateness() {
    let mut world = World::with(TransferKind::ClueTransfer, at("03-02 10:00"));
    world.act(INSURANCE, "06-01 09:00", &Command::Sign);
    assert_eq!(world.state(), TransferState::Signed);
    assert_eq!(world.transfer().sent.office, department("320100-lxb"));
}
