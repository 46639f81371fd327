//! What holds after an event of a handoff.

use super::{DecisionKind, HandoffClock, Verdict};
use super::{Goods, HandoffClockRun, HandoffState, LaneOutcome, Milestone, Suspect};
use crate::clock::ClockState;
use crate::ids::{DepartmentId, HandoffId, TransferId};
use crate::kind::named_enum;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

named_enum!(
    /// Where on the road a lane is.
    Station {
        /// 行政机关.
        Agency = "agency",
        /// 公安机关.
        Police = "police",
        /// 人民检察院.
        Procuratorate = "procuratorate",
        /// 人民法院.
        Court = "court",
        /// 反向移送: back with an administrative organ.
        Back = "back",
        /// 监察机关.
        Supervisory = "supervisory",
        /// 办结.
        Done = "done",
    }
);

/// Who takes part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HandoffParties {
    /// The administrative organ that hands over.
    pub agency: DepartmentId,
    /// The police organ that has the case, or is to get it.
    pub police: DepartmentId,
    /// The procuratorate beside it, as far as the registry names one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub procuratorate: Option<DepartmentId>,
    /// The court beside it, as far as the registry names one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub court: Option<DepartmentId>,
    /// Who gets copies by the rule pack, from the dispatch on.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub copies: Vec<DepartmentId>,
    /// Police organs that had the case before.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub earlier_police: Vec<DepartmentId>,
    /// Who was consulted.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub consulted: Vec<DepartmentId>,
    /// Agencies whose handoffs were joined into this one.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub joined_agencies: Vec<DepartmentId>,
}

/// A reverse handoff 反向移送 of one lane.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reverse {
    /// Who handed it back.
    pub issuer: DepartmentId,
    /// The administrative organ to which it goes.
    pub addressee: DepartmentId,
    /// When.
    pub sent_at: DateTime<Utc>,
    /// The addressee was named in a dispute and may not object.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub binding: bool,
    /// The organ that the addressee proposed instead.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub proposed: Option<DepartmentId>,
}

/// The result that was given to the upstream parties.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LaneFeedback {
    /// When.
    pub given_at: DateTime<Utc>,
    /// Who gave it.
    pub by: DepartmentId,
    /// Every upstream party.
    pub to: Vec<DepartmentId>,
    /// Those that have confirmed it.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub confirmed: Vec<DepartmentId>,
}

/// One suspect's lane.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "each says by itself what has happened in the lane")]
pub struct Lane {
    /// Its number: 1, 2, 3, …
    pub number: u32,
    /// The suspect.
    pub suspect: Suspect,
    /// Where it stands.
    pub state: HandoffState,
    /// Where it stood before the result was ready; a re-opened lane goes back there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub came_from: Option<HandoffState>,
    /// What came out of it on the criminal side.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub outcome: Option<LaneOutcome>,
    /// When it was filed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub filed_at: Option<DateTime<Utc>>,
    /// It was ever refused filing.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub was_refused: bool,
    /// The refusal was upheld on reconsideration.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub was_reconsidered: bool,
    /// A notice of the decision on filing was served, and not yet for the last decision when this is false.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub notified: bool,
    /// The police added the suspect after the filing; the sender learns no more of it than the result.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub added_by_police: bool,
    /// The last milestone that is told to the sender.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub milestone: Option<Milestone>,
    /// What the court found.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub verdict: Option<Verdict>,
    /// The fine of the court in fen.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub court_fine_fen: Option<i64>,
    /// The reverse handoff.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reverse: Option<Reverse>,
    /// What the administrative organ decided.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub decision: Option<DecisionKind>,
    /// A fine of the administrative organ in fen.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub administrative_fine_fen: Option<i64>,
    /// The review after a non-prosecution stands still.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub review_suspended: bool,
    /// Its goods were handed over and signed for.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub goods_handed_over: bool,
    /// The result that was given.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub feedback: Option<LaneFeedback>,
    /// The handoff into which it was split off.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub went_to: Option<HandoffId>,
    /// Who owes the next step; absent once nobody does.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub holder: Option<DepartmentId>,
    /// Where on the road it is.
    pub station: Station,
}

/// A paper whose arrival starts a clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Notice {
    /// Its number within the handoff: 1, 2, 3, …
    pub number: u32,
    /// The clocks that its arrival starts.
    pub starts: HandoffClock,
    /// In which lanes; empty for the handoff as a whole.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub lanes: Vec<u32>,
    /// Who must confirm its arrival.
    pub to: DepartmentId,
    /// When it was served.
    pub served_at: DateTime<Utc>,
    /// When it counts as arrived where nobody confirms it.
    pub deemed_at: DateTime<Utc>,
    /// When it arrived.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub received_at: Option<DateTime<Utc>>,
}

/// A consultation 会商 that has not ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OpenConsultation {
    /// Who is consulted.
    pub with: DepartmentId,
    /// Since when.
    pub opened_at: DateTime<Utc>,
}

/// What holds once the event has happened, so that no reader needs the rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "each says by itself what has happened")]
pub struct HandoffAfter {
    /// The state of the first lane that is open, or of the last one.
    pub state: HandoffState,
    /// Something is owed.
    pub open: bool,
    /// Who takes part.
    pub parties: HandoffParties,
    /// The lanes, by number.
    pub lanes: Vec<Lane>,
    /// The runs of its clocks, first started first.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub clocks: Vec<HandoffClockRun>,
    /// The notices, first served first.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub notices: Vec<Notice>,
    /// The transfers that wait for the outcome of handoffs joined into this one.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub joined_origins: Vec<JoinedOrigin>,
    /// The goods, as the dispatch lists them.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub goods: Vec<Goods>,
    /// The goods that the agency offers and the police have not signed for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub goods_offered: Option<Vec<Goods>>,
    /// How often the police refused to sign.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub violations: u32,
    /// A consultation that has not ended.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub consultation: Option<OpenConsultation>,
    /// The legal review is on record.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub legally_reviewed: bool,
    /// Another police organ was found competent; the redirection is owed.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub other_police_found: bool,
    /// The police have asked for a supplement.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub supplement_asked: bool,
    /// Evidence is held in advance.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub evidence_held: bool,
    /// A penalty was revoked whose publication stands.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub publication_stands: bool,
    /// The procuratorate has asked why nothing was decided.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub overdue_reasons_required: bool,
    /// To whom the result is owed.
    pub upstream: Vec<DepartmentId>,
    /// The handoff into which it was joined.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub joined_into: Option<HandoffId>,
    /// The first day of the administrative case.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub administrative_case_filed_on: Option<NaiveDate>,
}

/// What lanes carry from one handoff into another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Carried {
    /// The lanes, as they stood.
    pub lanes: Vec<Lane>,
    /// The runs of their own clocks that are owed.
    pub clocks: Vec<HandoffClockRun>,
    /// The notices of these lanes that have not arrived yet.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub notices: Vec<Notice>,
    /// The agency of the other handoff.
    pub agency: DepartmentId,
    /// Its upstream parties.
    pub upstream: Vec<DepartmentId>,
    /// The transfers that wait for its outcome.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub origins: Vec<JoinedOrigin>,
}

/// A transfer from which a handoff grew that was joined into another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JoinedOrigin {
    /// The transfer.
    pub transfer: TransferId,
    /// The handoff that grew from it.
    pub handoff: HandoffId,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands the field over by reference")]
const fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl HandoffAfter {
    /// Whether the police have ever been given it.
    pub fn was_dispatched(&self) -> bool {
        self.clocks.iter().any(|run| run.code == HandoffClock::C03)
            || self.lanes.iter().any(|lane| lane.filed_at.is_some() || lane.state.awaits_filing())
    }

    /// The departments that may know of a handoff as it stands: the agency and the procuratorate from the beginning, the
    /// police from the dispatch, the court from the prosecution on.
    pub fn audience(&self, reference: &super::HandoffRef) -> Vec<DepartmentId> {
        let mut seen = vec![reference.from.clone()];
        let mut add = |department: &DepartmentId| {
            if !seen.contains(department) {
                seen.push(department.clone());
            }
        };
        let parties = &self.parties;
        if reference.sealed {
            add(&reference.to);
            return seen;
        }
        let is_reverse = reference.direction != super::Direction::Forward;
        add(&parties.agency);
        let listed = [&parties.joined_agencies, &parties.consulted, &parties.copies, &self.upstream];
        listed.into_iter().flatten().chain(&parties.procuratorate).for_each(&mut add);
        if self.was_dispatched() || is_reverse {
            add(&parties.police);
            parties.earlier_police.iter().for_each(&mut add);
        }
        for lane in &self.lanes {
            if lane.milestone == Some(Milestone::Prosecution) || lane.verdict.is_some() {
                parties.court.iter().for_each(&mut add);
            }
            if let Some(reverse) = &lane.reverse {
                add(&reverse.issuer);
                add(&reverse.addressee);
            }
        }
        seen
    }

    /// Those of them that may know what is a secret of the investigation.
    pub fn judicial_audience(&self) -> Vec<DepartmentId> {
        let parties = &self.parties;
        let mut seen = vec![parties.police.clone()];
        seen.extend(parties.procuratorate.clone());
        if self
            .lanes
            .iter()
            .any(|lane| lane.milestone == Some(Milestone::Prosecution) || lane.verdict.is_some())
        {
            seen.extend(parties.court.clone());
        }
        seen
    }

    /// Whether the police asked the agency for a supplement, and it has not come.
    pub fn supplement_is_awaited(&self) -> bool {
        let is_on_its_way =
            |notice: &Notice| notice.starts == HandoffClock::C06 && notice.received_at.is_none();
        let is_owed = |run: &HandoffClockRun| run.code == HandoffClock::C06 && run.is_owed();
        self.clocks.iter().any(is_owed) || self.notices.iter().any(is_on_its_way)
    }

    /// Whether nothing on the criminal side is open any more: every lane is back, has a result, or has ended.
    pub fn criminal_side_is_over(&self) -> bool {
        self.lanes.iter().all(|lane| {
            lane.state.is_ended()
                || matches!(
                    lane.state,
                    HandoffState::NotTransferred
                        | HandoffState::BackToSender
                        | HandoffState::Withdrawn
                        | HandoffState::ReversePending
                        | HandoffState::Dispute
                        | HandoffState::AdminHandling
                        | HandoffState::ResultReady
                )
        })
    }

    /// When something may be due by itself next: a clock that runs out, or a notice that counts as arrived.
    pub fn look_at(&self) -> Option<DateTime<Utc>> {
        let running = self.clocks.iter().filter(|run| run.state == ClockState::Running && !run.optional);
        let waiting = self.notices.iter().filter(|notice| notice.received_at.is_none());
        running.filter_map(|run| run.due_at).chain(waiting.map(|notice| notice.deemed_at)).min()
    }

    /// When the earliest of its clocks whose duty is owed is due.
    pub fn earliest_due(&self) -> Option<DateTime<Utc>> {
        self.clocks.iter().filter_map(HandoffClockRun::pressing_due).min()
    }
}
