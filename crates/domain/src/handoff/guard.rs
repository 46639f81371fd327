//! What an act must fulfil beyond being somebody's turn. Each guard is a word of its own, which a refusal names with the
//! article.

mod case;

pub(super) use case::{Case, is_administrative};

use super::article::{Article, Source};
use super::role;
use crate::registry::DepartmentType;
use case::{goods_agree, goods_as_listed, heads, is_judicial};
use contract::handoff::{ApproverPost, DecisionKind, HandoffClock, Milestone};

macro_rules! guards {
    ($($(#[doc = $doc:literal])* $variant:ident $(($data:ty))? = $name:literal,)+) => {
        /// A condition of an act.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Guard {
            $($(#[doc = $doc])* $variant $(($data))?,)+
        }

        impl Guard {
            /// The names of all guards.
            pub const NAMES: &'static [&'static str] = &[$($name,)+];

            /// Its name, under which its sentence stands.
            pub const fn name(self) -> &'static str {
                match self { $(guards!(@pattern $variant $(, $data)?) => $name,)+ }
            }
        }
    };
    (@pattern $variant:ident) => { Self::$variant };
    (@pattern $variant:ident, $data:ty) => { Self::$variant(_) };
}

guards!(
    /// Where the handoff names a transfer standard, the case meets it.
    StandardMet = "standard_met",
    /// Police, procuratorate or court are consulted.
    ConsultedJudicial = "consulted_judicial",
    /// No consultation is open.
    NoConsultation = "no_consultation",
    /// A consultation is open.
    ConsultationOpen = "consultation_open",
    /// No evidence is held.
    NothingHeld = "nothing_held",
    /// Evidence is held.
    EvidenceHeld = "evidence_held",
    /// Two or more different officers report.
    TwoOfficers = "two_officers",
    /// The head decides, or the deputy who presides over the work on that day.
    HeadDecides = "head_decides",
    /// The legal review is on record, where the pack asks for it; no consultation is open.
    LegallyReviewed = "legally_reviewed",
    /// The chief procurator approves.
    ChiefProcuratorApproves = "chief_procurator_approves",
    /// The head of a police organ of county level or higher approves.
    PoliceHeadApproves = "police_head_approves",
    /// The police organ is of the same level and territory.
    PoliceCompetent = "police_competent",
    /// Each material is enclosed, or absent with a reason.
    MaterialsComplete = "materials_complete",
    /// A list of goods is given where it is said to be enclosed.
    GoodsListed = "goods_listed",
    /// No other police organ was found competent before.
    NotFoundYet = "not_found_yet",
    /// Another police organ is named.
    OtherPolice = "other_police",
    /// An authority that is no police organ is named.
    OtherAuthority = "other_authority",
    /// All open lanes stand where the act can take them: it moves the handoff as a whole.
    Together = "together",
    /// The police asked the agency for a supplement, and it has not come.
    SupplementAwaited = "supplement_awaited",
    /// The pack has switched that extension on.
    ExtensionOn = "extension_on",
    /// One of these clocks has run out.
    RunOut(&'static [HandoffClock]) = "run_out",
    /// The right has not expired.
    RightOpen(HandoffClock) = "right_open",
    /// The decision has not been served yet.
    NotNotified = "not_notified",
    /// One notice tells one decision.
    OneDecision = "one_decision",
    /// A notice of that number waits for the caller.
    NoticePending = "notice_pending",
    /// The clock has run out and is not on record as missed.
    DutyMissed = "duty_missed",
    /// What is offered is what the dispatch lists, or says why it differs.
    GoodsAsListed = "goods_as_listed",
    /// What is signed for is what is offered.
    GoodsAgree = "goods_agree",
    /// It was not reconsidered before.
    NeverReconsidered = "never_reconsidered",
    /// New facts are stated.
    NewFacts = "new_facts",
    /// It was never filed.
    NeverFiled = "never_filed",
    /// It was refused filing.
    WasRefused = "was_refused",
    /// The milestone is the caller's, and the next one.
    MilestoneFits = "milestone_fits",
    /// Somebody stays behind.
    LeavesSomebody = "leaves_somebody",
    /// The case is with the police.
    WithPolice = "with_police",
    /// The case is with the procuratorate.
    WithProcuratorate = "with_procuratorate",
    /// The case is with the court.
    WithCourt = "with_court",
    /// The verdict fits the act.
    VerdictFits = "verdict_fits",
    /// One of these duties to tell is owed by the caller.
    TellsSomething(&'static [HandoffClock]) = "tells_something",
    /// The addressee is an administrative organ of the issuer's level and territory.
    AddresseeFits = "addressee_fits",
    /// Another administrative organ is proposed.
    OtherAddressee = "other_addressee",
    /// The reasons for the silence were not asked for yet.
    OverdueReasonsNotRequired = "overdue_reasons_not_required",
    /// They were.
    OverdueReasonsRequired = "overdue_reasons_required",
    /// The police have signed.
    WasSigned = "was_signed",
    /// They have not.
    NotSigned = "not_signed",
    /// The conditions of filing are met, and it is said so.
    ConditionsMet = "conditions_met",
    /// The review is not registered yet.
    NotRegistered = "not_registered",
    /// The review runs.
    ReviewRuns = "review_runs",
    /// The review stands still.
    ReviewStands = "review_stands",
    /// The review does not stand still.
    NotSuspended = "not_suspended",
    /// The addressee was not named in a dispute.
    NotBinding = "not_binding",
    /// No fine where a court has fined, or while the criminal side is open and the pack does not let it.
    FineAllowed = "fine_allowed",
    /// The rule pack lets an organ decide while the criminal side is open.
    DecisionWhileOpen = "decision_while_open",
    /// The caller has not confirmed.
    Unconfirmed = "unconfirmed",
    /// No revoked penalty waits.
    NothingRevoked = "nothing_revoked",
    /// A penalty was imposed in it.
    HasPenalty = "has_penalty",
    /// A revoked penalty is still published.
    PublicationStands = "publication_stands",
);

impl Guard {
    /// The article that a refusal cites.
    pub(super) fn article(self, case: &Case<'_>) -> Article {
        let is_policy = matches!(
            self,
            Self::FineAllowed | Self::LegallyReviewed | Self::ConsultationOpen | Self::NoConsultation
        );
        if self == Self::FineAllowed && case.lane.court_fine_fen.unwrap_or(0) > 0 {
            Article { source: Source::PenaltyLaw, numbers: "35" }
        } else if is_policy {
            Article { source: Source::Policy, numbers: "" }
        } else if self == Self::PoliceHeadApproves {
            Article { source: Source::PoliceProcedure, numbers: "178" }
        } else {
            case.row.article
        }
    }

    /// Whether the condition is fulfilled.
    #[expect(clippy::too_many_lines, reason = "it is one table, with a line for each condition")]
    pub(super) fn holds(self, case: &Case<'_>) -> bool {
        let after = &case.handoff.after;
        let (lane, said) = (case.lane, case.said);
        match self {
            Self::StandardMet => case.standard_is_met(),
            Self::ConsultedJudicial => case.names_type(is_judicial),
            Self::NoConsultation => after.consultation.is_none(),
            Self::ConsultationOpen => after.consultation.is_some(),
            Self::NothingHeld => !after.evidence_held,
            Self::EvidenceHeld => after.evidence_held,
            Self::TwoOfficers => {
                let certificates: std::collections::BTreeSet<_> = said
                    .officers
                    .iter()
                    .map(|officer| officer.certificate.trim())
                    .filter(|text| !text.is_empty())
                    .collect();
                certificates.len() >= 2
            }
            Self::HeadDecides => case.approval().is_some_and(|approval| heads(approval, case.today())),
            Self::LegallyReviewed => {
                (!case.rules.legal_review || after.legally_reviewed) && after.consultation.is_none()
            }
            Self::ChiefProcuratorApproves => case.approved_by(ApproverPost::ChiefProcurator),
            Self::PoliceHeadApproves => {
                case.approved_by(ApproverPost::PoliceHead) && case.is_done_by(DepartmentType::PublicSecurity)
            }
            Self::PoliceCompetent => case.police_is_competent(),
            Self::MaterialsComplete => case.materials_are_complete(),
            Self::GoodsListed => case.goods_are_listed(),
            Self::NotFoundYet => !after.other_police_found,
            Self::OtherPolice => {
                case.names_type(|kind| kind == DepartmentType::PublicSecurity)
                    && said.department.as_ref() != Some(&after.parties.police)
            }
            Self::OtherAuthority => {
                case.names_type(|kind| kind != DepartmentType::PublicSecurity && kind.can_receive())
            }
            Self::Together => {
                after.lanes.iter().all(|lane| lane.state.is_ended() || case.row.from.contains(&lane.state))
            }
            Self::SupplementAwaited => after.supplement_is_awaited(),
            Self::ExtensionOn => case.extension_is_on(),
            Self::RunOut(codes) => codes.iter().any(|code| case.runs_out(*code)),
            Self::RightOpen(code) => !case.runs_out(code),
            Self::NotNotified => !lane.notified,
            Self::OneDecision => case.lanes().all(|other| other.state == lane.state),
            Self::NoticePending => case.notice_is_pending(),
            Self::DutyMissed => case.duty_is_missed(),
            Self::GoodsAsListed => !lane.goods_handed_over && goods_as_listed(&after.goods, &said.goods),
            Self::GoodsAgree => {
                after.goods_offered.as_ref().is_some_and(|offered| goods_agree(offered, &said.goods))
            }
            Self::NeverReconsidered => !lane.was_reconsidered,
            Self::NewFacts => said.reason.is_some(),
            Self::NeverFiled => lane.filed_at.is_none(),
            Self::WasRefused => lane.was_refused,
            Self::MilestoneFits => case.milestone_fits(),
            Self::LeavesSomebody => {
                after.lanes.iter().any(|lane| !lane.state.is_ended() && !case.selected.contains(&lane.number))
            }
            Self::WithPolice => lane.milestone.is_none(),
            Self::WithProcuratorate => lane.milestone == Some(Milestone::TransferForProsecution),
            Self::WithCourt => lane.milestone == Some(Milestone::Prosecution),
            Self::VerdictFits => case.verdict_fits(),
            Self::TellsSomething(codes) => case.owes_one_of(codes),
            Self::AddresseeFits => case.addressee_fits(),
            Self::OtherAddressee => {
                case.names_type(is_administrative)
                    && said.department.as_ref() != Some(role::administrative(&after.parties, lane))
            }
            Self::OverdueReasonsNotRequired => !after.overdue_reasons_required,
            Self::OverdueReasonsRequired => after.overdue_reasons_required,
            Self::WasSigned => case.was_signed(),
            Self::NotSigned => !case.was_signed(),
            Self::ConditionsMet => said.conditions_met,
            Self::NotRegistered => !case.has_run(HandoffClock::C22),
            Self::ReviewRuns => case.has_run(HandoffClock::C22) && !lane.review_suspended,
            Self::ReviewStands => lane.review_suspended,
            Self::NotSuspended => !lane.review_suspended,
            Self::NotBinding => !lane.reverse.as_ref().is_some_and(|reverse| reverse.binding),
            Self::FineAllowed => case.fine_is_allowed(),
            Self::DecisionWhileOpen => case.rules.fine_while_open,
            Self::Unconfirmed => case.is_unconfirmed(),
            Self::NothingRevoked => !after.publication_stands,
            Self::HasPenalty => lane.decision == Some(DecisionKind::Penalty),
            Self::PublicationStands => after.publication_stands,
        }
    }
}

impl Guard {
    /// Whether something that an act may say fulfils it, as the handoff stands.
    pub(super) fn may_hold(self, case: &Case<'_>) -> bool {
        match self {
            Self::GoodsAsListed => !case.lane.goods_handed_over,
            Self::GoodsAgree => case.handoff.after.goods_offered.is_some(),
            Self::ExtensionOn => case.may_be_extended(),
            _ => !self.is_about_state() || self.holds(case),
        }
    }

    /// Whether it looks at how the handoff stands only, and not at what an act says.
    const fn is_about_state(self) -> bool {
        match self {
            Self::NoConsultation
            | Self::ConsultationOpen
            | Self::NothingHeld
            | Self::EvidenceHeld
            | Self::LegallyReviewed
            | Self::NotFoundYet
            | Self::Together
            | Self::SupplementAwaited
            | Self::RunOut(_)
            | Self::RightOpen(_)
            | Self::NotNotified
            | Self::NeverReconsidered
            | Self::NeverFiled
            | Self::WasRefused
            | Self::LeavesSomebody
            | Self::WithPolice
            | Self::WithProcuratorate
            | Self::WithCourt
            | Self::TellsSomething(_)
            | Self::OverdueReasonsNotRequired
            | Self::OverdueReasonsRequired
            | Self::WasSigned
            | Self::NotSigned
            | Self::NotRegistered
            | Self::ReviewRuns
            | Self::ReviewStands
            | Self::NotSuspended
            | Self::NotBinding
            | Self::DecisionWhileOpen
            | Self::Unconfirmed
            | Self::NothingRevoked
            | Self::HasPenalty
            | Self::PublicationStands => true,
            Self::StandardMet
            | Self::ConsultedJudicial
            | Self::TwoOfficers
            | Self::HeadDecides
            | Self::ChiefProcuratorApproves
            | Self::PoliceHeadApproves
            | Self::PoliceCompetent
            | Self::MaterialsComplete
            | Self::GoodsListed
            | Self::OtherPolice
            | Self::OtherAuthority
            | Self::ExtensionOn
            | Self::OneDecision
            | Self::NoticePending
            | Self::DutyMissed
            | Self::GoodsAsListed
            | Self::GoodsAgree
            | Self::NewFacts
            | Self::MilestoneFits
            | Self::VerdictFits
            | Self::AddresseeFits
            | Self::OtherAddressee
            | Self::ConditionsMet
            | Self::FineAllowed => false,
        }
    }
}
