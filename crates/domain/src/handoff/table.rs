//! Every transition of a handoff, row by row: rows 1 to 48 of the specification with its amendments, and, with a letter
//! or a plus, what these ask for and do not number. Nothing else is allowed.

mod backward;
mod filing;
mod forward;
mod supervision;

use super::article::{Article, Source};
use super::guard::Guard;
use super::role::Role;
use contract::handoff::{DocumentKind, HandoffAct, HandoffClock, HandoffState};

/// Where a lane goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    /// It stays.
    Same,
    /// There.
    State(HandoffState),
    /// To where it stood before the result.
    Previous,
    /// The police have signed and not decided: accepted, or supplementing where a supplement is awaited.
    Undecided,
}

/// One row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The number of the row in the specification; a plus where it comes from elsewhere.
    pub number: &'static str,
    /// The act.
    pub act: HandoffAct,
    /// From which states.
    pub from: &'static [HandoffState],
    /// Whose act it is.
    pub by: &'static [Role],
    /// Where it leads.
    pub to: To,
    /// The clocks that it starts.
    pub starts: &'static [HandoffClock],
    /// The clocks that it stops.
    pub stops: &'static [HandoffClock],
    /// The clock that starts when the paper has arrived, and with whom it must arrive.
    pub serves: Option<(HandoffClock, Role)>,
    /// What it must fulfil.
    pub guards: &'static [Guard],
    /// The paper that it produces, and for whom.
    pub paper: Option<(DocumentKind, Role)>,
    /// From which article.
    pub article: Article,
}

impl Row {
    const fn new(
        number: &'static str,
        act: HandoffAct,
        from: &'static [HandoffState],
        by: &'static [Role],
        to: To,
        source: Source,
        numbers: &'static str,
    ) -> Self {
        let article = Article { source, numbers };
        Self {
            number,
            act,
            from,
            by,
            to,
            starts: &[],
            stops: &[],
            serves: None,
            guards: &[],
            paper: None,
            article,
        }
    }

    const fn starts(mut self, clocks: &'static [HandoffClock]) -> Self {
        self.starts = clocks;
        self
    }

    const fn stops(mut self, clocks: &'static [HandoffClock]) -> Self {
        self.stops = clocks;
        self
    }

    const fn serves(mut self, clock: HandoffClock, to: Role) -> Self {
        self.serves = Some((clock, to));
        self
    }

    const fn guards(mut self, guards: &'static [Guard]) -> Self {
        self.guards = guards;
        self
    }

    const fn paper(mut self, kind: DocumentKind, to: Role) -> Self {
        self.paper = Some((kind, to));
        self
    }
}

/// The row of an act in a state.
pub fn row(act: HandoffAct, state: HandoffState) -> Option<&'static Row> {
    rows().find(|row| row.act == act && row.from.contains(&state))
}

/// Every row, in the order of the road.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    forward::ROWS.iter().chain(filing::ROWS).chain(supervision::ROWS).chain(backward::ROWS)
}

/// Whether an act moves the handoff as a whole and takes no lanes: the agency's part of the road, and what the police do
/// before they decide on filing.
#[expect(clippy::too_many_lines, reason = "it is one table, with a line for each act")]
pub const fn is_whole(act: HandoffAct) -> bool {
    match act {
        HandoffAct::Opening
        | HandoffAct::Suspicion
        | HandoffAct::Consultation
        | HandoffAct::ConsultationReply
        | HandoffAct::ConsultationEnding
        | HandoffAct::LegalReview
        | HandoffAct::Report
        | HandoffAct::Approval
        | HandoffAct::Refusal
        | HandoffAct::TransferOpinion
        | HandoffAct::Dispatch
        | HandoffAct::Receipt
        | HandoffAct::ReceiptRefusal
        | HandoffAct::CompetenceFinding
        | HandoffAct::Redirection
        | HandoffAct::Return
        | HandoffAct::SupplementRequest
        | HandoffAct::Supplement
        | HandoffAct::SupplementExplanation
        | HandoffAct::ReviewExtension
        | HandoffAct::OverdueComplaint
        | HandoffAct::OverdueExplanationRequest
        | HandoffAct::OverdueExplanation
        | HandoffAct::OverdueDismissal
        | HandoffAct::NoticeReceipt
        | HandoffAct::GoodsHandover
        | HandoffAct::GoodsReceipt
        | HandoffAct::PoliceTransfer
        | HandoffAct::Resending
        | HandoffAct::SuspectAddition
        | HandoffAct::Joining
        | HandoffAct::JoinedAway
        | HandoffAct::EvidenceHolding
        | HandoffAct::EvidenceDisposal
        | HandoffAct::PenaltyRevocation
        | HandoffAct::PublicationWithdrawal
        | HandoffAct::ClueReceipt
        | HandoffAct::ClueResult
        | HandoffAct::TimeLimitMiss
        | HandoffAct::Recalculation => true,
        HandoffAct::Filing
        | HandoffAct::NonFiling
        | HandoffAct::Notification
        | HandoffAct::FilingOrder
        | HandoffAct::CorrectionOpinion
        | HandoffAct::ReconsiderationRequest
        | HandoffAct::ReconsiderationFiling
        | HandoffAct::ReconsiderationRefusal
        | HandoffAct::SupervisionSuggestion
        | HandoffAct::SupervisionOpening
        | HandoffAct::ResultAcceptance
        | HandoffAct::ReasonRequest
        | HandoffAct::ReasonExplanation
        | HandoffAct::ReasonUpholding
        | HandoffAct::SenderNotification
        | HandoffAct::Milestone
        | HandoffAct::InvestigationUrging
        | HandoffAct::CaseWithdrawal
        | HandoffAct::InvestigationEnding
        | HandoffAct::ReverseTransfer
        | HandoffAct::NonProsecution
        | HandoffAct::ReviewRegistration
        | HandoffAct::ReviewSuspension
        | HandoffAct::ReviewResumption
        | HandoffAct::NoPenalty
        | HandoffAct::AdministrativeOpinion
        | HandoffAct::ReverseAcceptance
        | HandoffAct::ReverseObjection
        | HandoffAct::ReverseDesignation
        | HandoffAct::AdministrativeHandling
        | HandoffAct::AdministrativeDecision
        | HandoffAct::ResultFeedback
        | HandoffAct::FeedbackConfirmation
        | HandoffAct::Judgment
        | HandoffAct::Exemption
        | HandoffAct::Reopening
        | HandoffAct::Splitting
        | HandoffAct::Lapse => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn an_act_has_one_row_in_a_state() {
        let mut seen = BTreeSet::new();
        for row in rows() {
            for state in row.from {
                assert!(seen.insert((row.act, *state)), "{:?} in {state}", row.act);
            }
        }
    }

    #[test]
    fn every_act_with_a_route_has_a_row_and_every_state_is_reached() {
        let acts: BTreeSet<_> = rows().map(|row| row.act).collect();
        for act in HandoffAct::ALL.iter().filter(|act| !act.is_internal()) {
            assert!(acts.contains(act), "{act:?}");
        }
        let reached: BTreeSet<_> = rows()
            .filter_map(|row| match row.to {
                To::State(state) => Some(state),
                To::Same | To::Previous | To::Undecided => None,
            })
            .collect();
        let begins = [HandoffState::Investigating, HandoffState::SupervisoryClue];
        let by_joining = [HandoffState::Joined];
        for state in HandoffState::ALL {
            let is_reached = reached.contains(state) || begins.contains(state) || by_joining.contains(state);
            assert!(is_reached, "{state}");
        }
    }
}
