//! Objection, negotiation, designation, and what follows a return.

use crate::given::{HEALTH, INSURANCE, MARKET, OFFICE, World, at, department};
use contract::clock::ClockCode;
use contract::event::LinkReason;
use contract::kind::TransferKind;
use contract::state::TransferState;
use domain::dispute::commands::{
    AgreeInDispute, AnswerObjection, DesignateJurisdiction, ObjectToTransfer, SubmitDispute,
};
use domain::transfer::commands::{KeepTransfer, ResendTransfer};
use domain::{Command, Refusal};

fn objection() -> Command {
    let proposed_department = department(MARKET);
    Command::Object(ObjectToTransfer { reason: "属市场监管".into(), proposed_department, ground: None })
}

fn dispute() -> Command {
    Command::AnswerObjection(AnswerObjection::Dispute { reason: "不同意".into() })
}

fn agreement(world: &mut World, to: &str) -> Command {
    let (department, id, office) = (department(to), world.fresh(), department(OFFICE));
    Command::AgreeInDispute(AgreeInDispute { department, id, office })
}

fn submission() -> Command {
    Command::SubmitDispute(SubmitDispute {
        superior: Some(department(OFFICE)), reason: "协商不成".into()
    })
}

fn designation(world: &mut World, to: &str) -> Command {
    let (department, id, office) = (department(to), world.fresh(), department(OFFICE));
    Command::Designate(DesignateJurisdiction { department, reason: "职责所在".into(), id, office })
}

fn objected() -> World {
    let mut world = World::with(TransferKind::CaseReferral, at("03-02 10:00"));
    world.act(INSURANCE, "03-02 11:00", &Command::Sign);
    assert_eq!(world.act(INSURANCE, "03-03 09:00", &objection()), ["objected"]);
    assert_eq!((world.state(), world.holder()), (TransferState::Objected, HEALTH));
    assert_eq!(world.running(), [ClockCode::T04]);
    world
}

fn negotiating() -> World {
    let mut world = objected();
    assert_eq!(world.act(HEALTH, "03-04 09:00", &dispute()), ["disputed"]);
    assert_eq!((world.state(), world.running()), (TransferState::DisputedNegotiating, vec![ClockCode::T05]));
    world
}

fn submitted() -> World {
    let mut world = negotiating();
    assert_eq!(world.act(HEALTH, "03-05 09:00", &submission()), ["dispute-submitted"]);
    assert_eq!((world.state(), world.holder()), (TransferState::DisputedSubmitted, OFFICE));
    assert_eq!(world.running(), [ClockCode::T06]);
    world
}

#[test]
fn when_the_sender_agrees_the_transfer_returns_and_may_be_sent_anew_or_kept() {
    let mut world = objected();
    let agree = Command::AnswerObjection(AnswerObjection::Agree { note: None });
    assert_eq!(world.act(HEALTH, "03-04 09:00", &agree), ["objection-agreed"]);
    assert_eq!((world.state(), world.holder()), (TransferState::Returned, HEALTH));
    assert_eq!(world.running(), [ClockCode::T17]);
    let resend = ResendTransfer { id: world.fresh(), to: department(MARKET), office: department(OFFICE) };
    assert_eq!(world.act(HEALTH, "03-05 09:00", &Command::Resend(resend)), ["resent", "sent"]);
    assert_eq!((world.state(), world.holder()), (TransferState::Rerouted, "nobody"));
    assert_eq!(world.linked().sent.origin.as_ref().unwrap().reason, LinkReason::Resent);

    let mut world = objected();
    world.act(HEALTH, "03-04 09:00", &agree);
    let keep = Command::Keep(KeepTransfer { reason: "本机关查处".into() });
    assert_eq!(world.act(HEALTH, "03-05 09:00", &keep), ["kept", "closed"]);
    assert_eq!(world.state(), TransferState::Closed);
}

#[test]
fn a_dispute_ends_when_both_name_the_same_department_and_the_new_receiver_owes_the_first_sender() {
    let mut world = negotiating();
    let by_sender = agreement(&mut world, MARKET);
    assert_eq!(world.act(HEALTH, "03-05 09:00", &by_sender), ["dispute-position-taken"]);
    let other = agreement(&mut world, "320100-gaj");
    assert_eq!(world.act(INSURANCE, "03-05 10:00", &other), ["dispute-position-taken"]);
    let by_receiver = agreement(&mut world, MARKET);
    let events = world.act(INSURANCE, "03-05 11:00", &by_receiver);
    assert_eq!(events, ["dispute-position-taken", "dispute-agreed", "sent"]);
    assert_eq!((world.state(), world.running()), (TransferState::Rerouted, vec![]));
    let linked = world.linked();
    assert_eq!((linked.reference.from.as_str(), linked.reference.to.as_str()), (HEALTH, MARKET));
    assert_eq!(linked.state.name(), TransferState::Delivered);
    assert!(linked.sent.objection_allowed, "it has not objected yet");
}

#[test]
fn when_both_agree_on_the_receiver_it_goes_on_there_without_another_objection() {
    let mut world = negotiating();
    let by_receiver = agreement(&mut world, INSURANCE);
    world.act(INSURANCE, "03-05 09:00", &by_receiver);
    let by_sender = agreement(&mut world, INSURANCE);
    world.act(HEALTH, "03-05 10:00", &by_sender);
    assert_eq!((world.state(), world.holder()), (TransferState::Signed, INSURANCE));
    assert_eq!(world.transfer().open_clock(ClockCode::T03).unwrap().run, 2);
    assert_eq!(world.refused(INSURANCE, "03-06 09:00", &objection()), Refusal::ObjectionAlreadyRaised);
}

#[test]
fn when_both_agree_on_the_sender_it_returns() {
    let mut world = negotiating();
    let by_receiver = agreement(&mut world, HEALTH);
    world.act(INSURANCE, "03-05 09:00", &by_receiver);
    let by_sender = agreement(&mut world, HEALTH);
    world.act(HEALTH, "03-05 10:00", &by_sender);
    assert_eq!((world.state(), world.running()), (TransferState::Returned, vec![ClockCode::T17]));
}

#[test]
fn a_designation_binds_the_designated_department_at_once() {
    let mut world = submitted();
    let designate = designation(&mut world, MARKET);
    assert!(matches!(world.refused(HEALTH, "03-06 09:00", &designate), Refusal::WrongParty { .. }));
    let events = world.act(OFFICE, "03-06 09:00", &designate);
    assert_eq!(events, ["jurisdiction-designated", "sent", "signed", "accepted"]);
    assert_eq!(world.state(), TransferState::Rerouted);
    let linked = world.linked();
    assert_eq!((linked.reference.from.as_str(), linked.reference.to.as_str()), (HEALTH, MARKET));
    assert_eq!(linked.state.name(), TransferState::Accepted);
    assert!(!linked.sent.objection_allowed);
}

#[test]
fn a_designation_of_the_receiver_lets_it_go_on_accepted() {
    let mut world = submitted();
    let designate = designation(&mut world, INSURANCE);
    let events = world.act(OFFICE, "03-06 09:00", &designate);
    assert_eq!(events, ["jurisdiction-designated", "accepted"]);
    assert_eq!(world.running(), [ClockCode::T07, ClockCode::T08, ClockCode::T09b]);
}

#[test]
fn a_designation_of_the_sender_returns_it_there() {
    let mut world = submitted();
    let designate = designation(&mut world, HEALTH);
    let events = world.act(OFFICE, "03-06 09:00", &designate);
    assert_eq!(events, ["jurisdiction-designated", "objection-agreed"]);
    assert_eq!((world.state(), world.running()), (TransferState::Returned, vec![ClockCode::T17]));
}

#[test]
fn a_dispute_without_a_common_superior_cannot_be_submitted() {
    let mut world = negotiating();
    let nowhere = Command::SubmitDispute(SubmitDispute { superior: None, reason: "协商不成".into() });
    assert!(matches!(world.refused(HEALTH, "03-05 09:00", &nowhere), Refusal::NoCommonSuperior { .. }));
}
