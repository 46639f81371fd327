//! The edges of the road to the police: who may approve, what must be enclosed, what a refusal costs.

use super::given::{
    AGENCY, CASEBUS, COMMISSION, DISTRICT_POLICE, FOREST_POLICE, OTHER_AGENCY, OTHER_POLICE, POLICE,
    PROCURATORATE, SENDER, World, all_on, at, department, national, rules_with, suspect,
};
use super::reach::{clue, reach};
use super::saying::{approval, goods, materials, officer, said_for};
use contract::clock::ClockState;
use contract::handoff::{
    ApproverPost, Direction, HandoffAct as A, HandoffClock as C, HandoffState as S, MaterialKind, Said,
    Secrecy,
};
use contract::problem::ProblemCode;
use domain::handoff::article::Source;
use domain::handoff::refusal::OpeningFault;
use domain::handoff::{Guard, HandoffRefusal};
use std::sync::Arc;

/// The condition that a refusal names.
#[track_caller]
pub fn lacks(refusal: &HandoffRefusal, expected: Guard) {
    match refusal {
        HandoffRefusal::Guard { guard, .. } => assert_eq!(*guard, expected),
        other => panic!("{other:?}"),
    }
}

fn refused(world: &World, by: &str, act: A, said: Said) -> HandoffRefusal {
    world.decided(by, act, said).unwrap_err()
}

#[test]
fn two_different_officers_report() {
    let world = reach(&national(), S::TaskForce);
    let said = said_for(&world, AGENCY, A::Report);
    for officers in [
        vec![officer("3201001")],
        vec![officer("3201001"), officer("3201001")],
        vec![officer("3201001"), officer(" 3201001 ")],
        vec![officer("3201001"), officer(" ")],
    ] {
        lacks(&refused(&world, AGENCY, A::Report, Said { officers, ..said.clone() }), Guard::TwoOfficers);
    }
}

#[test]
fn a_deputy_approves_only_while_presiding_on_that_day() {
    let mut world = reach(&national(), S::AwaitHead);
    world.when("06-08 10:00");
    let day = |text: &str| Some(text.parse().unwrap());
    let by = |post, from: &str, to: &str| {
        let mut approval = approval(post);
        approval.presides_from = day(from);
        approval.presides_to = day(to);
        Said { approval: Some(approval), ..said_for(&world, AGENCY, A::Approval) }
    };
    for said in [
        by(ApproverPost::Deputy, "2026-06-01", "2026-06-30"),
        by(ApproverPost::PresidingDeputy, "2026-06-01", "2026-06-07"),
        by(ApproverPost::PresidingDeputy, "2026-06-09", "2026-06-30"),
        by(ApproverPost::PoliceHead, "2026-06-01", "2026-06-30"),
        Said {
            approval: Some(approval(ApproverPost::PresidingDeputy)),
            ..said_for(&world, AGENCY, A::Approval)
        },
    ] {
        lacks(&refused(&world, AGENCY, A::Approval, said), Guard::HeadDecides);
    }
    let presiding = by(ApproverPost::PresidingDeputy, "2026-06-01", "2026-06-08");
    assert!(world.decided(AGENCY, A::Approval, presiding).is_ok());
}

#[test]
fn a_case_goes_to_police_of_the_same_level_and_territory() {
    let world = reach(&national(), S::Approved);
    for (police, fits) in [
        (POLICE, true),
        (FOREST_POLICE, true),
        (OTHER_POLICE, false),
        (DISTRICT_POLICE, false),
        ("320000-gat", false),
        (PROCURATORATE, false),
    ] {
        let department = Some(department(police));
        let said = Said { department, ..said_for(&world, AGENCY, A::Dispatch) };
        let decided = world.decided(AGENCY, A::Dispatch, said);
        assert_eq!(decided.is_ok(), fits, "{police}");
        if let Err(refusal) = decided {
            lacks(&refusal, Guard::PoliceCompetent);
        }
    }
}

#[test]
fn each_material_is_enclosed_or_absent_with_a_reason() {
    let world = reach(&national(), S::Approved);
    let said = said_for(&world, AGENCY, A::Dispatch);
    for kind in MaterialKind::ALL {
        let mut without = said.clone();
        without.materials.retain(|material| material.kind != *kind);
        lacks(&refused(&world, AGENCY, A::Dispatch, without), Guard::MaterialsComplete);
        let mut absent = said.clone();
        let material = absent.materials.iter_mut().find(|material| material.kind == *kind).unwrap();
        (material.name, material.sha256) = (None, None);
        lacks(&refused(&world, AGENCY, A::Dispatch, absent.clone()), Guard::MaterialsComplete);
        let material = absent.materials.iter_mut().find(|material| material.kind == *kind).unwrap();
        material.absent_because = Some(" ".to_owned());
        lacks(&refused(&world, AGENCY, A::Dispatch, absent.clone()), Guard::MaterialsComplete);
        let material = absent.materials.iter_mut().find(|material| material.kind == *kind).unwrap();
        material.absent_because = Some("没有".to_owned());
        if *kind == MaterialKind::GoodsList {
            lacks(&refused(&world, AGENCY, A::Dispatch, absent.clone()), Guard::GoodsListed);
            absent.goods.clear();
        }
        assert!(world.decided(AGENCY, A::Dispatch, absent).is_ok(), "{kind}");
    }
    let unlisted = Said { goods: Vec::new(), ..said };
    lacks(&refused(&world, AGENCY, A::Dispatch, unlisted), Guard::GoodsListed);
    assert_eq!(materials().len(), 4);
}

#[test]
fn goods_are_those_of_the_list_and_both_sign_for_the_same() {
    let mut world = reach(&national(), S::Filed);
    let more = |quantity: &str| {
        let mut item = goods();
        quantity.clone_into(&mut item.quantity);
        item
    };
    let offer = |goods| Said { goods, ..Said::default() };
    lacks(&refused(&world, POLICE, A::GoodsReceipt, offer(vec![goods()])), Guard::GoodsAgree);
    lacks(&refused(&world, AGENCY, A::GoodsHandover, offer(vec![more("2")])), Guard::GoodsAsListed);
    let mut explained = more("2");
    explained.difference = Some("一本已返还".to_owned());
    world.act_saying(AGENCY, A::GoodsHandover, offer(vec![explained]));
    lacks(&refused(&world, POLICE, A::GoodsReceipt, offer(vec![goods()])), Guard::GoodsAgree);
    world.act_saying(POLICE, A::GoodsReceipt, offer(vec![more("2")]));
    assert!(world.lane(1).goods_handed_over);
}

#[test]
fn who_hands_the_goods_over_has_the_filing_notice() {
    let mut world = reach(&national(), S::Filed);
    world.act(POLICE, A::Notification).act(AGENCY, A::GoodsHandover).act(POLICE, A::GoodsReceipt);
    assert_eq!(world.clock(C::C09).unwrap().state, ClockState::Met);
    assert!(world.handoff().after.notices[0].received_at.is_some());
}

#[test]
fn the_right_to_reconsideration_is_lost_in_time_and_a_suggestion_is_still_received() {
    let mut world = reach(&Arc::new(rules_with("[criminal]\nnotice_deemed_hours = 60000\n")), S::NotFiled);
    world.act(POLICE, A::Notification).when("06-08 10:00").act(AGENCY, A::NoticeReceipt);
    assert!(world.when("06-11 23:59").allows(AGENCY, A::ReconsiderationRequest));
    world.when("06-12 00:00");
    let refusal = world.refused(AGENCY, A::ReconsiderationRequest);
    assert_eq!(refusal.code(), ProblemCode::HandoffRightLost);
    assert_eq!(refusal.article().unwrap().source, Source::Decree310);
    assert!(world.allows(AGENCY, A::SupervisionSuggestion));
    world.act(CASEBUS, A::Lapse);
    assert_eq!(world.state(), S::AdminHandling);
    assert!(world.days_later(200).allows(AGENCY, A::SupervisionSuggestion));
}

#[test]
fn a_refusal_to_sign_is_on_record_as_a_violation_and_changes_nothing() {
    let mut world = reach(&national(), S::Presented);
    let before = world.handoff().after.clone();
    world.act(POLICE, A::ReceiptRefusal).act(POLICE, A::ReceiptRefusal);
    let after = &world.handoff().after;
    assert_eq!(after.violations, 2);
    assert_eq!((&after.lanes, &after.clocks), (&before.lanes, &before.clocks));
}

#[test]
fn a_penalty_does_not_take_the_place_of_the_transfer() {
    for state in [S::TaskForce, S::AwaitHead, S::Approved, S::OrderedToTransfer] {
        let refusal = reach(&national(), state).refused(AGENCY, A::AdministrativeDecision);
        assert_eq!(refusal.code(), ProblemCode::HandoffPenaltyInstead, "{state}");
        assert_eq!(refusal.article().unwrap().numbers, "11");
    }
    for state in [S::Presented, S::Accepted, S::Supplementing, S::SupervisionOverdue, S::Filed] {
        let refusal = reach(&national(), state).refused(AGENCY, A::AdministrativeDecision);
        assert_eq!(refusal.code(), ProblemCode::HandoffFineWhileOpen, "{state}");
    }
}

#[test]
fn after_approval_only_the_dispatch_is_possible() {
    let world = reach(&national(), S::Approved);
    let possible: Vec<_> = A::ALL
        .iter()
        .filter(|act| [AGENCY, POLICE, PROCURATORATE, CASEBUS].iter().any(|by| world.allows(by, **act)))
        .collect();
    // A new holiday notice may still move a due moment.
    assert_eq!(possible, [&A::Dispatch, &A::Recalculation]);
}

#[test]
fn the_legal_review_comes_before_the_approval_where_the_pack_asks_for_it() {
    let rules = Arc::new(rules_with("[criminal]\nlegal_review = true\n"));
    let mut world = World::investigating(rules, at("06-08 10:00"));
    world.act(AGENCY, A::Suspicion).act(AGENCY, A::Report);
    lacks(&world.refused(AGENCY, A::Approval), Guard::LegallyReviewed);
    world.act(AGENCY, A::LegalReview).act(AGENCY, A::Approval);
}

#[test]
fn an_open_consultation_ends_before_the_approval() {
    let mut world = reach(&national(), S::TaskForce);
    world.act(AGENCY, A::Consultation).act(FOREST_POLICE, A::ConsultationReply).act(AGENCY, A::Report);
    lacks(&world.refused(AGENCY, A::Approval), Guard::LegallyReviewed);
    world.act(AGENCY, A::ConsultationEnding).act(AGENCY, A::Approval);
}

#[test]
fn a_sealed_clue_is_the_commissions_and_nobody_learns_of_it() {
    let mut world = clue(&national());
    assert!(!world.allows(AGENCY, A::ClueReceipt) && !world.allows(POLICE, A::ClueReceipt));
    world.act(COMMISSION, A::ClueReceipt).act(COMMISSION, A::ClueResult);
    let feedback = world.lane(1).feedback.as_ref().unwrap();
    assert_eq!(feedback.to, [department(AGENCY)], "the first sender of another transfer learns nothing");
    assert!(world.handoff().after.open);
    world.act(AGENCY, A::FeedbackConfirmation);
    assert!(!world.handoff().after.open);
    for happened in &world.history {
        assert_eq!(happened.body.secrecy, Secrecy::Sealed);
        assert!(happened.body.handoff.sealed);
        let text = String::from_utf8(happened.body.encode()).unwrap();
        assert!(!text.contains(SENDER) && !text.contains(PROCURATORATE), "{text}");
    }
}

#[test]
fn a_procuratorate_orders_a_transfer_where_no_handoff_is_only_by_its_chief() {
    let mut world = World::empty(national(), at("06-08 10:00"));
    let mut command = world.opening(Direction::Forward, PROCURATORATE, AGENCY);
    lacks_approval(&world.open(&command).unwrap_err());
    command.approval = Some(approval(ApproverPost::Head));
    lacks(&world.open(&command).unwrap_err(), Guard::ChiefProcuratorApproves);
    command.approval = Some(approval(ApproverPost::ChiefProcurator));
    world.open(&command).unwrap();
    assert_eq!(world.state(), S::OrderedToTransfer);
    assert_eq!(world.handoff().after.parties.police, department(POLICE));
    world.act(AGENCY, A::Dispatch);
    assert_eq!(world.clock(C::C19).unwrap().state, ClockState::Met, "who dispatches has the opinion");
}

fn lacks_approval(refusal: &HandoffRefusal) {
    assert!(matches!(refusal, HandoffRefusal::FieldMissing { .. }), "{refusal:?}");
}

#[test]
fn an_agency_cannot_order_a_transfer_of_itself_by_naming_an_approver() {
    let mut world = World::empty(national(), at("06-08 10:00"));
    let mut command = world.opening(Direction::Forward, AGENCY, POLICE);
    command.approval = Some(approval(ApproverPost::ChiefProcurator));
    world.open(&command).unwrap();
    assert_eq!(world.state(), S::Investigating);
}

#[test]
fn a_suspicion_that_comes_with_the_opening_meets_the_standard_that_it_names() {
    let mut world = World::empty(national(), at("06-08 10:00"));
    let mut command = world.opening(Direction::Forward, AGENCY, POLICE);
    command.suspicion = Some("诈骗".to_owned());
    command.standard = Some("insurance-fraud".to_owned());
    command.amount_fen = Some(299_999);
    lacks(&world.open(&command).unwrap_err(), Guard::StandardMet);
    command.amount_fen = Some(300_000);
    world.open(&command).unwrap();
    assert_eq!(world.state(), S::TaskForce);
}

#[test]
fn a_procuratorate_hands_back_only_by_its_chief_and_files_no_case() {
    let mut world = World::empty(national(), at("06-08 10:00"));
    let mut command = world.opening(Direction::Reverse, PROCURATORATE, AGENCY);
    lacks(&world.open(&command).unwrap_err(), Guard::ChiefProcuratorApproves);
    command.approval = Some(approval(ApproverPost::ChiefProcurator));
    world.open(&command).unwrap();
    world.act(AGENCY, A::ReverseAcceptance);
    lacks(&world.refused(PROCURATORATE, A::Filing), Guard::PoliceHeadApproves);
}

#[test]
fn a_clue_goes_to_a_commission_and_a_case_about_somebody_to_the_police() {
    let mut world = World::empty(all_on(), at("06-08 10:00"));
    let mut command = world.opening(Direction::SupervisoryClue, AGENCY, POLICE);
    assert!(world.open(&command).is_err(), "a clue goes to a commission");
    command = world.opening(Direction::Forward, AGENCY, COMMISSION);
    assert!(world.open(&command).is_err(), "and a case to the police");
    command = world.opening(Direction::Forward, AGENCY, POLICE);
    command.suspects.clear();
    assert!(world.open(&command).is_err());
    command.suspects = vec![suspect("甲")];
    world.open(&command).unwrap();
}

#[test]
fn a_case_goes_back_to_an_organ_of_the_same_government() {
    let mut world = World::empty(national(), at("06-08 10:00"));
    let far = world.opening(Direction::Reverse, POLICE, OTHER_AGENCY);
    let what = OpeningFault::AddresseeElsewhere;
    assert_eq!(world.open(&far).unwrap_err(), HandoffRefusal::OpeningUnfit { what });
    let near = world.opening(Direction::Reverse, POLICE, AGENCY);
    world.open(&near).unwrap();
    assert_eq!(world.state(), S::ReversePending);
}
