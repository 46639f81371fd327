//! Any state of a lane, reached by a valid path.

use super::given::{ADDRESSEE, AGENCY, COMMISSION, COURT, POLICE, PROCURATORATE, World, at};
use contract::handoff::{Direction, HandoffAct as A, HandoffState as S, Said};
use domain::Rules;
use std::sync::Arc;

/// When every path begins: a Monday.
pub const BEGIN: &str = "01-05 10:00";

/// A world whose first handoff stands there in its first lane, and in its second as far as the state allows.
pub fn reach(rules: &Arc<Rules>, state: S) -> World {
    let after = |before: S| reach(rules, before);
    let mut world = match state {
        S::Investigating => return World::investigating(Arc::clone(rules), at(BEGIN)),
        S::SupervisoryClue => return clue(rules),
        S::Joined => return joined(rules),
        S::TaskForce => after(S::Investigating),
        S::AwaitHead => after(S::TaskForce),
        S::NotTransferred | S::Approved => after(S::AwaitHead),
        S::OrderedToTransfer => after(S::NotTransferred),
        S::Presented => after(S::Approved),
        S::Accepted => after(S::Presented),
        S::Supplementing | S::BackToSender | S::SupervisionOverdue | S::Filed | S::NotFiled => {
            after(S::Accepted)
        }
        S::Reconsidering | S::Supervision | S::AdminHandling => after(S::NotFiled),
        S::ReconUpheld => after(S::Reconsidering),
        S::Explaining => after(S::Supervision),
        S::ReasonReview => after(S::Explaining),
        S::OrderedToFile => after(S::ReasonReview),
        S::Withdrawn | S::NonprosReview | S::Split => after(S::Filed),
        S::ReversePending => after(S::NonprosReview),
        S::Dispute => after(S::ReversePending),
        S::ResultReady => after(S::AdminHandling),
        S::ClueReceived => after(S::SupervisoryClue),
        S::Closed => after(S::ResultReady),
    };
    for (by, act) in steps(state) {
        if *act == A::OverdueComplaint {
            world.days_later(10);
        }
        world.act(by, *act);
    }
    assert_eq!(world.state(), state);
    world
}

/// The last steps to a state.
const fn steps(state: S) -> &'static [(&'static str, A)] {
    match state {
        S::Investigating | S::SupervisoryClue | S::Joined => &[],
        S::TaskForce => &[(AGENCY, A::Suspicion)],
        S::AwaitHead => &[(AGENCY, A::Report)],
        S::NotTransferred => &[(AGENCY, A::Refusal)],
        S::OrderedToTransfer => &[(PROCURATORATE, A::TransferOpinion)],
        S::Approved => &[(AGENCY, A::Approval)],
        S::Presented => &[(AGENCY, A::Dispatch)],
        S::Accepted => &[(POLICE, A::Receipt)],
        S::Supplementing => &[(POLICE, A::SupplementRequest)],
        S::BackToSender => &[(POLICE, A::Return)],
        S::SupervisionOverdue => &[(AGENCY, A::OverdueComplaint)],
        S::Filed => &[(POLICE, A::Filing)],
        S::NotFiled => &[(POLICE, A::NonFiling)],
        S::Reconsidering => &[(AGENCY, A::ReconsiderationRequest)],
        S::ReconUpheld => &[(POLICE, A::ReconsiderationRefusal)],
        S::Supervision => &[(AGENCY, A::SupervisionSuggestion)],
        S::Explaining => &[(PROCURATORATE, A::ReasonRequest)],
        S::ReasonReview => &[(POLICE, A::ReasonExplanation)],
        S::OrderedToFile => &[(PROCURATORATE, A::FilingOrder)],
        S::Withdrawn => &[(POLICE, A::CaseWithdrawal)],
        S::NonprosReview => &[(POLICE, A::Milestone), (PROCURATORATE, A::NonProsecution)],
        S::ReversePending => &[(PROCURATORATE, A::AdministrativeOpinion)],
        S::Dispute => &[(ADDRESSEE, A::ReverseObjection)],
        S::AdminHandling => &[(AGENCY, A::ResultAcceptance)],
        S::ResultReady => &[(AGENCY, A::AdministrativeDecision)],
        S::Closed => &[(AGENCY, A::ResultFeedback)],
        S::ClueReceived => &[(COMMISSION, A::ClueReceipt)],
        S::Split => &[(POLICE, A::Splitting)],
    }
}

/// A sealed clue to the supervisory commission.
pub fn clue(rules: &Arc<Rules>) -> World {
    let mut world = World::empty(Arc::clone(rules), at(BEGIN));
    let command = world.opening(Direction::SupervisoryClue, AGENCY, COMMISSION);
    world.open(&command).unwrap();
    world
}

/// A case that goes back to an administrative organ where no handoff went before it.
pub fn reverse(rules: &Arc<Rules>, by: &str) -> World {
    let mut world = World::empty(Arc::clone(rules), at(BEGIN));
    let mut command = world.opening(Direction::Reverse, by, AGENCY);
    let is_procuratorate = by == PROCURATORATE;
    command.approval =
        is_procuratorate.then(|| super::saying::approval(contract::handoff::ApproverPost::ChiefProcurator));
    world.open(&command).unwrap();
    world
}

/// Two filed handoffs of one police organ; the first one is worked on.
pub fn two_filed(rules: &Arc<Rules>) -> World {
    let mut world = reach(rules, S::Filed);
    let other = reach(rules, S::Filed);
    let mut handoff = other.handoff().clone();
    handoff.reference.id = contract::ids::HandoffId(uuid::Uuid::from_u128(77));
    world.handoffs.insert(handoff.reference.id, handoff);
    world
}

/// The first handoff has gone into another.
fn joined(rules: &Arc<Rules>) -> World {
    let mut world = two_filed(rules);
    let mine = world.first;
    world.first = world.handoffs.keys().copied().find(|id| *id != mine).unwrap();
    world.act(POLICE, A::Joining);
    world.first = mine;
    world
}

/// Further acts that leave the state as it is, but change what is possible there.
pub fn turns(state: S) -> &'static [&'static [(&'static str, A)]] {
    const CONSULTING: &[(&str, A)] = &[(AGENCY, A::Consultation)];
    const HOLDING: &[(&str, A)] = &[(AGENCY, A::EvidenceHolding)];
    match state {
        S::Investigating | S::TaskForce | S::AwaitHead | S::NotTransferred => &[&[], CONSULTING, HOLDING],
        S::Accepted | S::Supplementing => &[&[], &[(POLICE, A::CompetenceFinding)]],
        S::SupervisionOverdue => &[&[], &[(PROCURATORATE, A::OverdueExplanationRequest)]],
        S::Filed => &[
            &[],
            &[(POLICE, A::Notification)],
            &[(POLICE, A::Notification), (AGENCY, A::NoticeReceipt), (AGENCY, A::GoodsHandover)],
            &[(POLICE, A::Milestone)],
            &[(POLICE, A::Milestone), (PROCURATORATE, A::Milestone)],
            &[(POLICE, A::PoliceTransfer)],
        ],
        S::NotFiled | S::ReconUpheld => {
            &[&[], &[(POLICE, A::Notification)], &[(POLICE, A::Notification), (AGENCY, A::NoticeReceipt)]]
        }
        S::NonprosReview => &[
            &[],
            &[(PROCURATORATE, A::ReviewRegistration)],
            &[(PROCURATORATE, A::ReviewRegistration), (PROCURATORATE, A::ReviewSuspension)],
        ],
        S::ResultReady => &[&[], &[(AGENCY, A::PenaltyRevocation)]],
        S::Closed => &[&[], &[(AGENCY, A::PenaltyRevocation)]],
        _ => &[&[]],
    }
}

/// A state, and then some.
fn further(rules: &Arc<Rules>, before: S, steps: &[(&str, A)]) -> World {
    let mut world = reach(rules, before);
    for (by, act) in steps {
        world.act(by, *act);
    }
    world
}

/// Every way to the end.
fn ways_to_the_end(rules: &Arc<Rules>) -> Vec<World> {
    let by = |before: S, steps: &[(&str, A)]| further(rules, before, steps);
    vec![
        by(
            S::Filed,
            &[
                (POLICE, A::Milestone),
                (PROCURATORATE, A::Milestone),
                (COURT, A::Judgment),
                (AGENCY, A::ResultFeedback),
            ],
        ),
        by(S::NonprosReview, &[(PROCURATORATE, A::NoPenalty), (AGENCY, A::ResultFeedback)]),
        by(S::ClueReceived, &[(COMMISSION, A::ClueResult)]),
        by(S::Withdrawn, &[(AGENCY, A::AdministrativeDecision), (AGENCY, A::ResultFeedback)]),
        by(S::NotTransferred, &[(AGENCY, A::AdministrativeDecision), (AGENCY, A::ResultFeedback)]),
        by(
            S::Withdrawn,
            &[
                (POLICE, A::ReverseTransfer),
                (ADDRESSEE, A::ReverseAcceptance),
                (ADDRESSEE, A::AdministrativeDecision),
                (ADDRESSEE, A::ResultFeedback),
            ],
        ),
        by(S::BackToSender, &[(AGENCY, A::Resending), (AGENCY, A::ResultFeedback)]),
        by(
            S::ReversePending,
            &[
                (ADDRESSEE, A::ReverseAcceptance),
                (ADDRESSEE, A::AdministrativeDecision),
                (ADDRESSEE, A::ResultFeedback),
            ],
        ),
    ]
}

/// Other ways to a state, after which other acts are possible there.
pub fn other_ways(rules: &Arc<Rules>, state: S) -> Vec<World> {
    let by = |before: S, steps: &[(&str, A)]| further(rules, before, steps);
    match state {
        S::ReversePending => vec![
            reverse(rules, POLICE),
            reverse(rules, PROCURATORATE),
            reverse(rules, COURT),
            by(S::Withdrawn, &[(POLICE, A::ReverseTransfer)]),
        ],
        S::Dispute => {
            vec![by(S::Withdrawn, &[(POLICE, A::ReverseTransfer), (ADDRESSEE, A::ReverseObjection)])]
        }
        S::SupervisionOverdue => {
            let complained = |before: S| {
                let mut world = reach(rules, before);
                world.days_later(10).act(AGENCY, A::OverdueComplaint);
                world
            };
            vec![complained(S::Presented), complained(S::Supplementing)]
        }
        S::Filed => vec![two_filed(rules), by(S::OrderedToFile, &[(POLICE, A::Filing)])],
        S::AdminHandling => vec![
            by(S::ReasonReview, &[(PROCURATORATE, A::ReasonUpholding)]),
            by(S::ReversePending, &[(ADDRESSEE, A::ReverseAcceptance)]),
            by(S::NotTransferred, &[(AGENCY, A::AdministrativeHandling)]),
            by(S::Withdrawn, &[(AGENCY, A::AdministrativeHandling)]),
        ],
        S::Withdrawn => vec![by(S::Filed, &[(POLICE, A::InvestigationEnding)])],
        S::ResultReady => vec![
            by(S::Filed, &[(POLICE, A::Milestone), (PROCURATORATE, A::Milestone), (COURT, A::Judgment)]),
            by(
                S::ReversePending,
                &[(ADDRESSEE, A::ReverseAcceptance), (ADDRESSEE, A::AdministrativeDecision)],
            ),
            by(S::Withdrawn, &[(AGENCY, A::AdministrativeDecision)]),
            by(S::ReasonReview, &[(PROCURATORATE, A::ReasonUpholding), (AGENCY, A::AdministrativeDecision)]),
        ],
        S::Closed => ways_to_the_end(rules),
        _ => Vec::new(),
    }
}

/// Every world in which an act is tried in a state: every way there, every turn, at once and half a year later.
pub fn worlds(rules: &Arc<Rules>, state: S) -> Vec<World> {
    let mut found = other_ways(rules, state);
    for turn in turns(state) {
        let mut world = reach(rules, state);
        for (by, act) in *turn {
            world.act(by, *act);
        }
        found.push(world);
    }
    let later: Vec<_> = found
        .iter()
        .map(|world| {
            let mut later = world.clone();
            // Everything that waits has arrived, so that every right and duty can run out.
            let pending = later.handoff().after.notices.clone();
            for notice in pending.iter().filter(|notice| notice.received_at.is_none()) {
                let said = Said { notice: Some(notice.number), ..Said::default() };
                let _maybe_refused = later.try_act(notice.to.as_str(), A::NoticeReceipt, said);
            }
            later.days_later(150);
            later
        })
        .collect();
    found.extend(later);
    found
}

#[test]
fn every_state_is_reached_by_a_valid_path() {
    for state in S::ALL {
        for world in worlds(&super::given::all_on(), *state) {
            assert_eq!(world.state(), *state);
        }
    }
}
