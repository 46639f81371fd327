//! Rows 40 to 48: back to an administrative organ, its decision, and the result to every upstream party.

use super::super::article::Source::{
    Decree310, PenaltyLaw, PoliceProcedure, Policy, ProcedureLaw, ProcuratorateRules, ReverseGuide,
};
use super::super::guard::Guard as G;
use super::super::role::Role as R;
use super::{Row, To};
use contract::handoff::{DocumentKind as D, HandoffAct as A, HandoffClock as C, HandoffState as S};

/// States from which the administrative organ may decide at once.
const DECLINED: &[S] = &[S::NotTransferred, S::Withdrawn];
/// These, and what is no police matter: it goes to the named authority or is taken up, and is not decided at once.
const TAKEN_UP: &[S] = &[S::NotTransferred, S::BackToSender, S::Withdrawn];

/// States in which a new fine waits, unless the pack lets it be.
const CRIMINAL_SIDE_OPEN: &[S] =
    &[S::Presented, S::Accepted, S::Supplementing, S::SupervisionOverdue, S::Filed];

/// The rows.
pub(super) const ROWS: &[Row] = &[
    Row::new(
        "39a",
        A::ReviewRegistration,
        &[S::NonprosReview],
        &[R::Procuratorate],
        To::Same,
        ReverseGuide,
        "12",
    )
    .starts(&[C::C22])
    .guards(&[G::NotRegistered]),
    Row::new(
        "40",
        A::ReviewSuspension,
        &[S::NonprosReview],
        &[R::Procuratorate],
        To::Same,
        ReverseGuide,
        "13",
    )
    .guards(&[G::ReviewRuns])
    .paper(D::ReviewSuspension, R::Agency),
    Row::new(
        "40a",
        A::ReviewResumption,
        &[S::NonprosReview],
        &[R::Procuratorate],
        To::Same,
        ReverseGuide,
        "13",
    )
    .guards(&[G::ReviewStands]),
    Row::new(
        "41",
        A::NoPenalty,
        &[S::NonprosReview],
        &[R::Procuratorate],
        To::State(S::ResultReady),
        ReverseGuide,
        "15",
    )
    .stops(&[C::C22])
    .guards(&[G::NotSuspended])
    .paper(D::ReviewEnding, R::Agency),
    Row::new(
        "42",
        A::AdministrativeOpinion,
        &[S::NonprosReview],
        &[R::Procuratorate],
        To::State(S::ReversePending),
        ProcuratorateRules,
        "373",
    )
    .stops(&[C::C20, C::C22])
    .serves(C::C21, R::Addressee)
    .guards(&[G::NotSuspended, G::ChiefProcuratorApproves, G::AddresseeFits])
    .paper(D::ProcuratorialOpinion, R::Addressee),
    Row::new(
        "43",
        A::ReverseAcceptance,
        &[S::ReversePending],
        &[R::Addressee],
        To::State(S::AdminHandling),
        PenaltyLaw,
        "27",
    )
    .paper(D::ReverseReceipt, R::Issuer),
    Row::new(
        "43a",
        A::ReverseObjection,
        &[S::ReversePending],
        &[R::Addressee],
        To::State(S::Dispute),
        PenaltyLaw,
        "25",
    )
    .guards(&[G::NotBinding, G::OtherAddressee]),
    Row::new(
        "43b",
        A::ReverseDesignation,
        &[S::Dispute],
        &[R::Issuer],
        To::State(S::ReversePending),
        PenaltyLaw,
        "25",
    )
    .guards(&[G::AddresseeFits])
    .paper(D::ReverseLetter, R::Addressee),
    Row::new(
        "24b",
        A::AdministrativeHandling,
        TAKEN_UP,
        &[R::Administrative],
        To::State(S::AdminHandling),
        Decree310,
        "10",
    ),
    Row::new(
        "44a",
        A::AdministrativeDecision,
        DECLINED,
        &[R::Administrative],
        To::State(S::ResultReady),
        PenaltyLaw,
        "57",
    )
    .stops(&[C::C26])
    .guards(&[G::FineAllowed])
    .paper(D::AdministrativeDecision, R::Administrative),
    Row::new(
        "44",
        A::AdministrativeDecision,
        &[S::AdminHandling],
        &[R::Administrative],
        To::State(S::ResultReady),
        PenaltyLaw,
        "57",
    )
    .stops(&[C::C26])
    .guards(&[G::FineAllowed])
    .paper(D::AdministrativeDecision, R::Administrative),
    Row::new("44b", A::AdministrativeDecision, CRIMINAL_SIDE_OPEN, &[R::Agency], To::Same, Policy, "")
        .guards(&[G::DecisionWhileOpen, G::FineAllowed])
        .paper(D::AdministrativeDecision, R::Administrative),
    Row::new(
        "11a",
        A::Resending,
        &[S::BackToSender],
        &[R::Agency],
        To::State(S::ResultReady),
        PoliceProcedure,
        "180",
    ),
    Row::new(
        "45",
        A::ResultFeedback,
        &[S::ResultReady],
        &[R::Administrative],
        To::State(S::Closed),
        ProcedureLaw,
        "177",
    )
    .stops(&[C::C21])
    .paper(D::ResultReply, R::Procuratorate),
    Row::new("45a", A::FeedbackConfirmation, &[S::Closed], &[R::Upstream], To::Same, Policy, "")
        .guards(&[G::Unconfirmed]),
    Row::new(
        "45b",
        A::PenaltyRevocation,
        &[S::ResultReady, S::Closed],
        &[R::Agency],
        To::Same,
        PenaltyLaw,
        "48",
    )
    .starts(&[C::C28])
    .guards(&[G::HasPenalty, G::NothingRevoked]),
    Row::new(
        "45c",
        A::PublicationWithdrawal,
        &[S::ResultReady, S::Closed],
        &[R::Agency],
        To::Same,
        PenaltyLaw,
        "48",
    )
    .stops(&[C::C28])
    .guards(&[G::PublicationStands]),
    Row::new("46a", A::Exemption, &[S::Filed], &[R::Court], To::State(S::ReversePending), PenaltyLaw, "27")
        .guards(&[G::WithCourt, G::VerdictFits, G::AddresseeFits])
        .paper(D::Judgment, R::Addressee),
    Row::new("48", A::Reopening, &[S::Closed], &[R::Owner], To::Previous, PoliceProcedure, "178, 190"),
];
