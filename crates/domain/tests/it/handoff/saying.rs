//! What an act says when it says all that it needs.

use super::given::{
    ADDRESSEE, AGENCY, FOREST_POLICE, OTHER_AGENCY, OTHER_POLICE, POLICE, World, department, name, suspect,
};
use contract::event::LegalReview;
use contract::handoff::{
    Approval, ApproverPost, DecisionKind, Field, Goods, HandoffAct, HandoffClock, HandoffMaterial,
    MaterialKind, Milestone, Need, Officer, Said, Verdict, fields,
};
use contract::ids::{DepartmentId, TransferId};
use domain::rule_pack::HandoffClockRule;

/// With all that is required, and with the other words on which a condition may depend.
pub fn said_for(world: &World, by: &str, act: HandoffAct) -> Said {
    let mut said = Said::default();
    for (field, need) in fields(act) {
        let is_needed = *need == Need::Required
            || matches!(field, Field::ConditionsMet | Field::Goods)
            || (*field == Field::Reason && act == HandoffAct::Filing);
        if is_needed {
            fill(&mut said, *field, world, by, act);
        }
    }
    if act == HandoffAct::TimeLimitMiss {
        miss(&mut said, world);
    }
    said
}

fn fill(said: &mut Said, field: Field, world: &World, by: &str, act: HandoffAct) {
    match field {
        Field::Lanes => said.lanes = vec![1],
        Field::Reason => said.reason = Some("理由".to_owned()),
        Field::Content => said.content = Some("内容".to_owned()),
        Field::Officers => said.officers = vec![officer("3201001"), officer("3201002")],
        Field::Approval => said.approval = Some(approval(post_for(act))),
        Field::Materials => said.materials = materials(),
        Field::Goods => said.goods = vec![goods()],
        Field::Department => said.department = Some(named(world, act)),
        Field::Items => said.items = vec!["鉴定意见".to_owned()],
        Field::Milestone => said.milestone = Some(next_milestone(world)),
        Field::Verdict => {
            let guilty = act == HandoffAct::Judgment;
            said.verdict = Some(if guilty { Verdict::Guilty } else { Verdict::Exempt });
        }
        Field::Fine => said.fine_fen = Some(1),
        Field::Decision => said.decision = Some(DecisionKind::Penalty),
        Field::Notice => said.notice = pending(world, by),
        Field::Clock => said.clock = Some(HandoffClock::C07Seven),
        Field::Suspects => said.suspects = vec![suspect("丙")],
        Field::Attachments => {}
        Field::Handoff => {
            said.handoff = world.handoffs.keys().copied().find(|id| *id != world.first);
        }
        Field::Transfer => said.transfer = Some(TransferId(uuid::Uuid::from_u128(99))),
        Field::Reference => said.reference = Some("（2026）苏01刑初1号".to_owned()),
        Field::ConditionsMet => said.conditions_met = true,
        Field::LegalReview => {
            let reviewed_on = domain::civil::day_of(world.now);
            said.legal_review = Some(LegalReview { opinion_number: "法审1号".to_owned(), reviewed_on });
        }
    }
}

pub fn officer(certificate: &str) -> Officer {
    Officer { name: name(), certificate: certificate.to_owned() }
}

pub fn approval(post: ApproverPost) -> Approval {
    Approval { name: name(), post, presides_from: None, presides_to: None }
}

pub fn goods() -> Goods {
    Goods {
        name: "账册".to_owned(),
        quantity: "3".to_owned(),
        unit: "本".to_owned(),
        storage: None,
        difference: None,
    }
}

pub fn materials() -> Vec<HandoffMaterial> {
    let enclosed = |kind: &MaterialKind| HandoffMaterial {
        kind: *kind,
        name: Some(kind.title().to_owned()),
        sha256: Some("0".repeat(64)),
        absent_because: None,
    };
    MaterialKind::ALL.iter().map(enclosed).collect()
}

fn post_for(act: HandoffAct) -> ApproverPost {
    match act {
        HandoffAct::Approval | HandoffAct::Refusal => ApproverPost::Head,
        HandoffAct::TransferOpinion | HandoffAct::FilingOrder | HandoffAct::AdministrativeOpinion => {
            ApproverPost::ChiefProcurator
        }
        _ => ApproverPost::PoliceHead,
    }
}

fn named(world: &World, act: HandoffAct) -> DepartmentId {
    let after = &world.handoff().after;
    let has_case = |id: &str| after.parties.police.as_str() == id;
    department(match act {
        HandoffAct::Consultation => FOREST_POLICE,
        HandoffAct::Redirection if has_case(FOREST_POLICE) => POLICE,
        HandoffAct::Redirection => FOREST_POLICE,
        HandoffAct::PoliceTransfer if has_case(OTHER_POLICE) => POLICE,
        HandoffAct::PoliceTransfer => OTHER_POLICE,
        HandoffAct::ReverseObjection => OTHER_AGENCY,
        HandoffAct::Dispatch => POLICE,
        HandoffAct::Return => AGENCY,
        _ => ADDRESSEE,
    })
}

fn next_milestone(world: &World) -> Milestone {
    match world.lane(1).milestone {
        None => Milestone::TransferForProsecution,
        Some(_) => Milestone::Prosecution,
    }
}

/// The first notice that waits for somebody.
fn pending(world: &World, by: &str) -> Option<u32> {
    let mut notices = world.handoff().after.notices.iter();
    notices
        .find(|notice| notice.received_at.is_none() && notice.to.as_str() == by)
        .map(|found| found.number)
        .or(Some(1))
}

/// The first clock that has run out, and else the first that runs.
fn miss(said: &mut Said, world: &World) {
    let after = &world.handoff().after;
    let pack = world.rules.pack(&world.handoff().opening.rule_pack).unwrap();
    let may_be_missed = |code| pack.criminal.clock(code).is_some_and(HandoffClockRule::may_be_missed);
    let mut runs = after.clocks.iter();
    let run =
        runs.find(|run| run.has_run_out(world.now) && run.missed_at.is_none() && may_be_missed(run.code));
    if let Some(run) = run.or(after.clocks.first()) {
        said.clock = Some(run.code);
        said.run = Some(run.run);
        said.lanes = run.lane.into_iter().collect();
    }
}
