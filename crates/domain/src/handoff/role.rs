//! Who is who in a handoff, and who owes the next step.

use crate::rule_pack::HandoffOwner;
use contract::handoff::{HandoffAfter, HandoffClock, HandoffParties, HandoffState, Lane, Milestone, Station};
use contract::ids::DepartmentId;

/// The part that an organ plays in a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The administrative organ that hands over.
    Agency,
    /// The police organ that has the case.
    Police,
    /// A police organ that had the case before.
    EarlierPolice,
    /// The procuratorate beside it.
    Procuratorate,
    /// The court beside it.
    Court,
    /// The administrative organ of the lane: the addressee of its reverse handoff, else the agency.
    Administrative,
    /// The addressee of a reverse handoff.
    Addressee,
    /// Who issued the reverse handoff.
    Issuer,
    /// Who is consulted.
    Consulted,
    /// Who owned the stage before the result.
    Owner,
    /// To whom the result is owed.
    Upstream,
    /// The supervisory commission that got a sealed clue.
    Commission,
    /// casebus itself.
    System,
}

impl Role {
    /// Its name in data and in the committed table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Agency => "agency",
            Self::Police => "police",
            Self::EarlierPolice => "earlier_police",
            Self::Procuratorate => "procuratorate",
            Self::Court => "court",
            Self::Administrative => "administrative",
            Self::Addressee => "addressee",
            Self::Issuer => "issuer",
            Self::Consulted => "consulted",
            Self::Owner => "owner",
            Self::Upstream => "upstream",
            Self::Commission => "commission",
            Self::System => "system",
        }
    }
}

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By<'a> {
    /// A department.
    Organ(&'a DepartmentId),
    /// casebus itself: the watch.
    System,
}

/// Whether an organ plays a part in a lane.
pub fn plays(by: By<'_>, role: Role, after: &HandoffAfter, lane: &Lane) -> bool {
    let By::Organ(organ) = by else { return role == Role::System };
    let parties = &after.parties;
    match role {
        Role::Agency => parties.agency == *organ || parties.joined_agencies.contains(organ),
        // The second half of a sealed clue is the commission, which stands in the same place.
        Role::Police | Role::Commission => parties.police == *organ,
        Role::EarlierPolice => parties.earlier_police.contains(organ),
        Role::Procuratorate => parties.procuratorate.as_ref() == Some(organ),
        Role::Court => parties.court.as_ref() == Some(organ),
        Role::Administrative => administrative(parties, lane) == organ,
        Role::Addressee => lane.reverse.as_ref().is_some_and(|reverse| reverse.addressee == *organ),
        Role::Issuer => lane.reverse.as_ref().is_some_and(|reverse| reverse.issuer == *organ),
        Role::Consulted => after.consultation.as_ref().is_some_and(|open| open.with == *organ),
        Role::Owner => {
            let before = lane.came_from.map(|state| holder_in(state, lane, after));
            before.flatten() == Some(organ)
        }
        Role::Upstream => lane.feedback.as_ref().is_some_and(|feedback| feedback.to.contains(organ)),
        Role::System => false,
    }
}

/// The organ of a part, to be named in a refusal or on a paper.
pub fn organ<'a>(role: Role, after: &'a HandoffAfter, lane: &'a Lane) -> Option<&'a DepartmentId> {
    let parties = &after.parties;
    match role {
        Role::Agency => Some(&parties.agency),
        Role::Police | Role::Commission => Some(&parties.police),
        Role::EarlierPolice => parties.earlier_police.last(),
        Role::Procuratorate => parties.procuratorate.as_ref(),
        Role::Court => parties.court.as_ref(),
        Role::Administrative => Some(administrative(parties, lane)),
        Role::Addressee => lane.reverse.as_ref().map(|reverse| &reverse.addressee),
        Role::Issuer => lane.reverse.as_ref().map(|reverse| &reverse.issuer),
        Role::Consulted => after.consultation.as_ref().map(|open| &open.with),
        Role::Owner => lane.came_from.and_then(|state| holder_in(state, lane, after)),
        Role::Upstream | Role::System => None,
    }
}

/// The administrative organ of a lane.
pub fn administrative<'a>(parties: &'a HandoffParties, lane: &'a Lane) -> &'a DepartmentId {
    lane.reverse.as_ref().map_or(&parties.agency, |reverse| &reverse.addressee)
}

/// Who owes the duty of a clock in a lane.
pub(super) fn owner(role: HandoffOwner, parties: &HandoffParties, lane: Option<&Lane>) -> DepartmentId {
    match role {
        HandoffOwner::Agency => parties.agency.clone(),
        HandoffOwner::Police => parties.police.clone(),
        HandoffOwner::Procuratorate => {
            parties.procuratorate.clone().unwrap_or_else(|| parties.police.clone())
        }
        HandoffOwner::Administrative => {
            lane.map_or(&parties.agency, |lane| administrative(parties, lane)).clone()
        }
    }
}

/// Who holds a lane that stands in a state.
pub(super) fn holder_in<'a>(
    state: HandoffState,
    lane: &'a Lane,
    after: &'a HandoffAfter,
) -> Option<&'a DepartmentId> {
    let parties = &after.parties;
    let procuratorate = parties.procuratorate.as_ref().unwrap_or(&parties.police);
    let runs = |code: HandoffClock| {
        after.clocks.iter().any(|clock| {
            clock.code == code && clock.lane.is_none_or(|number| number == lane.number) && clock.is_owed()
        })
    };
    match state {
        HandoffState::Investigating
        | HandoffState::TaskForce
        | HandoffState::AwaitHead
        | HandoffState::NotTransferred
        | HandoffState::OrderedToTransfer
        | HandoffState::Approved
        | HandoffState::BackToSender
        | HandoffState::NotFiled
        | HandoffState::ReconUpheld => Some(&parties.agency),
        // While a supplement is awaited the police hold the ball: the named exception.
        HandoffState::Presented
        | HandoffState::Accepted
        | HandoffState::Supplementing
        | HandoffState::Reconsidering
        | HandoffState::Explaining
        | HandoffState::OrderedToFile
        | HandoffState::SupervisoryClue
        | HandoffState::ClueReceived => Some(&parties.police),
        HandoffState::Filed => Some(match lane.milestone {
            Some(Milestone::TransferForProsecution) => procuratorate,
            Some(Milestone::Prosecution) => parties.court.as_ref().unwrap_or(procuratorate),
            Some(Milestone::Detention | Milestone::Arrest) | None => &parties.police,
        }),
        // Until the sender is told, the police owe that.
        HandoffState::Withdrawn if runs(HandoffClock::C18) => Some(&parties.police),
        HandoffState::Withdrawn | HandoffState::AdminHandling | HandoffState::ResultReady => {
            Some(administrative(parties, lane))
        }
        HandoffState::SupervisionOverdue if runs(HandoffClock::C16) => Some(&parties.police),
        HandoffState::SupervisionOverdue
        | HandoffState::Supervision
        | HandoffState::ReasonReview
        | HandoffState::NonprosReview => Some(procuratorate),
        HandoffState::ReversePending => Some(administrative(parties, lane)),
        HandoffState::Dispute => lane.reverse.as_ref().map(|reverse| &reverse.issuer),
        // The first that has not confirmed.
        HandoffState::Closed => lane
            .feedback
            .as_ref()
            .and_then(|feedback| feedback.to.iter().find(|party| !feedback.confirmed.contains(party))),
        HandoffState::Joined | HandoffState::Split => None,
    }
}

/// Where on the road a lane is.
pub(super) fn station(lane: &Lane, after: &HandoffAfter) -> Station {
    let Some(holder) = lane.holder.as_ref() else { return Station::Done };
    let parties = &after.parties;
    let is_with = |party: Option<&DepartmentId>| party == Some(holder);
    if matches!(lane.state, HandoffState::SupervisoryClue | HandoffState::ClueReceived) {
        Station::Supervisory
    } else if lane.state == HandoffState::Closed {
        Station::Done
    } else if lane.reverse.is_some() {
        Station::Back
    } else if is_with(parties.procuratorate.as_ref()) {
        Station::Procuratorate
    } else if is_with(parties.court.as_ref()) {
        Station::Court
    } else if is_with(Some(&parties.police)) {
        Station::Police
    } else {
        Station::Agency
    }
}
