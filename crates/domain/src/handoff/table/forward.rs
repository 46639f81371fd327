//! Rows 1 to 14: the agency's part, and the police until they decide on filing.

use super::super::article::Source::{
    Decree310, FilingReform, PenaltyLaw, PoliceProcedure, Policy, ProcuratorateRules,
};
use super::super::guard::Guard as G;
use super::super::role::Role as R;
use super::{Row, To};
use contract::handoff::{DocumentKind as D, HandoffAct as A, HandoffClock as C, HandoffState as S};

/// States before the approval.
const BEFORE_APPROVAL: &[S] = &[S::Investigating, S::TaskForce, S::AwaitHead, S::NotTransferred];
/// States in which the police have signed and not decided.
const UNDECIDED: &[S] = &[S::Accepted, S::Supplementing];
/// Every state in which something is owed.
const OPEN: &[S] = &[
    S::Investigating,
    S::TaskForce,
    S::AwaitHead,
    S::NotTransferred,
    S::OrderedToTransfer,
    S::Approved,
    S::Presented,
    S::Accepted,
    S::Supplementing,
    S::BackToSender,
    S::SupervisionOverdue,
    S::Filed,
    S::NotFiled,
    S::Reconsidering,
    S::ReconUpheld,
    S::Supervision,
    S::Explaining,
    S::ReasonReview,
    S::OrderedToFile,
    S::Withdrawn,
    S::NonprosReview,
    S::ReversePending,
    S::Dispute,
    S::AdminHandling,
    S::ResultReady,
];

/// The rows.
pub(super) const ROWS: &[Row] = &[
    Row::new(
        "1",
        A::Suspicion,
        &[S::Investigating],
        &[R::Agency],
        To::State(S::TaskForce),
        Decree310,
        "3, 5",
    )
    .guards(&[G::StandardMet]),
    Row::new("1a", A::Consultation, BEFORE_APPROVAL, &[R::Agency], To::Same, Policy, "")
        .guards(&[G::ConsultedJudicial, G::NoConsultation]),
    Row::new("1b", A::ConsultationReply, BEFORE_APPROVAL, &[R::Consulted, R::Agency], To::Same, Policy, "")
        .guards(&[G::ConsultationOpen]),
    Row::new("1c", A::ConsultationEnding, BEFORE_APPROVAL, &[R::Agency], To::Same, Policy, "")
        .guards(&[G::ConsultationOpen]),
    Row::new(
        "1d",
        A::LegalReview,
        &[S::Investigating, S::TaskForce, S::AwaitHead],
        &[R::Agency],
        To::Same,
        Policy,
        "",
    ),
    Row::new(
        "1e",
        A::SuspectAddition,
        &[S::Investigating, S::TaskForce],
        &[R::Agency],
        To::Same,
        Decree310,
        "5",
    ),
    Row::new("1f", A::EvidenceHolding, BEFORE_APPROVAL, &[R::Agency], To::Same, PenaltyLaw, "56")
        .starts(&[C::C27])
        .guards(&[G::NothingHeld]),
    Row::new("1g", A::EvidenceDisposal, OPEN, &[R::Agency], To::Same, PenaltyLaw, "56")
        .stops(&[C::C27])
        .guards(&[G::EvidenceHeld]),
    Row::new("2", A::Report, &[S::TaskForce], &[R::Agency], To::State(S::AwaitHead), Decree310, "5")
        .starts(&[C::C01])
        .guards(&[G::TwoOfficers])
        .paper(D::Report, R::Agency),
    Row::new("3", A::Approval, &[S::AwaitHead], &[R::Agency], To::State(S::Approved), Decree310, "5")
        .stops(&[C::C01, C::C26])
        .starts(&[C::C02])
        .guards(&[G::HeadDecides, G::LegallyReviewed])
        .paper(D::Approval, R::Agency),
    Row::new("4", A::Refusal, &[S::AwaitHead], &[R::Agency], To::State(S::NotTransferred), Decree310, "5")
        .stops(&[C::C01])
        .guards(&[G::HeadDecides])
        .paper(D::Refusal, R::Agency),
    Row::new(
        "5",
        A::TransferOpinion,
        BEFORE_APPROVAL,
        &[R::Procuratorate],
        To::State(S::OrderedToTransfer),
        ProcuratorateRules,
        "557",
    )
    .serves(C::C19, R::Agency)
    .guards(&[G::ChiefProcuratorApproves])
    .paper(D::ProcuratorialOpinion, R::Agency),
    Row::new(
        "6",
        A::Dispatch,
        &[S::OrderedToTransfer],
        &[R::Agency],
        To::State(S::Presented),
        Decree310,
        "5, 6",
    )
    .stops(&[C::C19])
    .starts(&[C::C03])
    .guards(&[G::PoliceCompetent, G::MaterialsComplete, G::GoodsListed])
    .paper(D::TransferLetter, R::Police),
    Row::new("7", A::Dispatch, &[S::Approved], &[R::Agency], To::State(S::Presented), Decree310, "5, 6")
        .stops(&[C::C02])
        .starts(&[C::C03])
        .guards(&[G::PoliceCompetent, G::MaterialsComplete, G::GoodsListed])
        .paper(D::TransferLetter, R::Police),
    Row::new("8", A::Receipt, &[S::Presented], &[R::Police], To::State(S::Accepted), Decree310, "7")
        .stops(&[C::C03])
        .starts(&[C::C05, C::C07])
        .paper(D::TransferReceipt, R::Agency),
    Row::new("9", A::ReceiptRefusal, &[S::Presented], &[R::Police], To::Same, Decree310, "7, 17"),
    Row::new("10a", A::CompetenceFinding, UNDECIDED, &[R::Police], To::Same, PoliceProcedure, "175")
        .starts(&[C::C04])
        .guards(&[G::NotFoundYet]),
    Row::new("10", A::Redirection, UNDECIDED, &[R::Police], To::State(S::Presented), Decree310, "7")
        .stops(&[C::C04, C::C07, C::C07Seven, C::C07Thirty])
        .starts(&[C::C03])
        .guards(&[G::OtherPolice, G::Together])
        .paper(D::RedirectionNotice, R::Agency),
    Row::new("11", A::Return, UNDECIDED, &[R::Police], To::State(S::BackToSender), PoliceProcedure, "180")
        .stops(&[C::C07, C::C07Seven, C::C07Thirty])
        .guards(&[G::OtherAuthority, G::Together])
        .paper(D::ReturnNotice, R::Agency),
    Row::new(
        "12",
        A::SupplementRequest,
        &[S::Accepted],
        &[R::Police],
        To::State(S::Supplementing),
        PoliceProcedure,
        "180",
    )
    .stops(&[C::C05])
    .serves(C::C06, R::Agency)
    .paper(D::SupplementNotice, R::Agency),
    Row::new(
        "13",
        A::Supplement,
        &[S::Supplementing],
        &[R::Agency],
        To::State(S::Accepted),
        PoliceProcedure,
        "180",
    )
    .stops(&[C::C06])
    .paper(D::Supplement, R::Police),
    Row::new(
        "13a",
        A::SupplementExplanation,
        &[S::Supplementing],
        &[R::Agency],
        To::State(S::Accepted),
        PoliceProcedure,
        "180",
    )
    .stops(&[C::C06])
    .paper(D::Supplement, R::Police),
    Row::new("14", A::ReviewExtension, UNDECIDED, &[R::Police], To::Same, FilingReform, "")
        .guards(&[G::ExtensionOn, G::PoliceHeadApproves])
        .paper(D::ExtensionApproval, R::Police),
    Row::new(
        "12a",
        A::NoticeReceipt,
        OPEN,
        &[R::Agency, R::Police, R::Administrative, R::Procuratorate, R::System],
        To::Same,
        Decree310,
        "9, 12",
    )
    .guards(&[G::NoticePending]),
    Row::new("17", A::TimeLimitMiss, OPEN, &[R::System], To::Same, Policy, "").guards(&[G::DutyMissed]),
    // A closed lane has one clock: that of a publication which must be withdrawn.
    Row::new("17a", A::TimeLimitMiss, &[S::Closed], &[R::System], To::Same, Policy, "")
        .guards(&[G::DutyMissed]),
    Row::new("17b", A::Recalculation, OPEN, &[R::System], To::Same, Policy, ""),
    Row::new(
        "47a",
        A::ClueReceipt,
        &[S::SupervisoryClue],
        &[R::Commission],
        To::State(S::ClueReceived),
        Decree310,
        "18, 19",
    ),
    Row::new(
        "47b",
        A::ClueResult,
        &[S::ClueReceived],
        &[R::Commission],
        To::State(S::Closed),
        Decree310,
        "18, 19",
    ),
];
