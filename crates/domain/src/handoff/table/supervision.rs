//! Rows 13, 17 to 20, 23, 27, 29 and 31 to 36: supervision of the filing by the procuratorate.

use super::super::article::Source::{Decree310, PoliceProcedure, ProcuratorateRules};
use super::super::guard::Guard as G;
use super::super::role::Role as R;
use super::{Row, To};
use contract::handoff::{DocumentKind as D, HandoffAct as A, HandoffClock as C, HandoffState as S};

/// The rows.
pub(super) const ROWS: &[Row] = &[
    Row::new(
        "18a",
        A::OverdueComplaint,
        &[S::Presented],
        &[R::Agency],
        To::State(S::SupervisionOverdue),
        Decree310,
        "17",
    )
    .guards(&[G::RunOut(&[C::C03])])
    .paper(D::OverdueComplaint, R::Procuratorate),
    Row::new(
        "18",
        A::OverdueComplaint,
        &[S::Accepted, S::Supplementing],
        &[R::Agency],
        To::State(S::SupervisionOverdue),
        ProcuratorateRules,
        "562",
    )
    .guards(&[G::RunOut(&[C::C07, C::C07Seven, C::C07Thirty])])
    .paper(D::OverdueComplaint, R::Procuratorate),
    Row::new(
        "18b",
        A::OverdueExplanationRequest,
        &[S::SupervisionOverdue],
        &[R::Procuratorate],
        To::Same,
        ProcuratorateRules,
        "562",
    )
    .starts(&[C::C16])
    .guards(&[G::OverdueReasonsNotRequired])
    .paper(D::OverdueReasonRequest, R::Police),
    Row::new(
        "19b",
        A::OverdueExplanation,
        &[S::SupervisionOverdue],
        &[R::Police],
        To::Same,
        ProcuratorateRules,
        "562",
    )
    .stops(&[C::C16])
    .guards(&[G::OverdueReasonsRequired])
    .paper(D::OverdueExplanation, R::Procuratorate),
    Row::new(
        "19c",
        A::OverdueDismissal,
        &[S::SupervisionOverdue],
        &[R::Procuratorate],
        To::Undecided,
        ProcuratorateRules,
        "562",
    )
    .guards(&[G::WasSigned])
    .paper(D::SupervisionResult, R::Agency),
    Row::new("19d", A::Receipt, &[S::SupervisionOverdue], &[R::Police], To::Same, Decree310, "7")
        .stops(&[C::C03])
        .starts(&[C::C05, C::C07])
        .guards(&[G::NotSigned])
        .paper(D::TransferReceipt, R::Agency),
    // What was asked for before the complaint is owed on.
    Row::new("13b", A::Supplement, &[S::SupervisionOverdue], &[R::Agency], To::Same, PoliceProcedure, "180")
        .stops(&[C::C06])
        .guards(&[G::SupplementAwaited])
        .paper(D::Supplement, R::Police),
    Row::new(
        "13c",
        A::SupplementExplanation,
        &[S::SupervisionOverdue],
        &[R::Agency],
        To::Same,
        PoliceProcedure,
        "180",
    )
    .stops(&[C::C06])
    .guards(&[G::SupplementAwaited])
    .paper(D::Supplement, R::Police),
    Row::new(
        "20",
        A::FilingOrder,
        &[S::SupervisionOverdue],
        &[R::Procuratorate],
        To::State(S::OrderedToFile),
        ProcuratorateRules,
        "562",
    )
    .serves(C::C14, R::Police)
    .guards(&[G::ConditionsMet, G::ChiefProcuratorApproves])
    .paper(D::FilingOrder, R::Police),
    Row::new(
        "23",
        A::SupervisionSuggestion,
        &[S::NotFiled, S::ReconUpheld],
        &[R::Agency],
        To::State(S::Supervision),
        Decree310,
        "9",
    )
    .stops(&[C::C10, C::C12])
    .paper(D::SupervisionSuggestion, R::Procuratorate),
    Row::new(
        "23a",
        A::SupervisionSuggestion,
        &[S::AdminHandling],
        &[R::Agency],
        To::State(S::Supervision),
        ProcuratorateRules,
        "557",
    )
    .guards(&[G::NeverFiled, G::WasRefused])
    .paper(D::SupervisionSuggestion, R::Procuratorate),
    Row::new(
        "23b",
        A::SupervisionSuggestion,
        &[S::Reconsidering],
        &[R::Agency],
        To::State(S::Supervision),
        ProcuratorateRules,
        "562",
    )
    .guards(&[G::RunOut(&[C::C11])])
    .paper(D::SupervisionSuggestion, R::Procuratorate),
    Row::new(
        "23c",
        A::SupervisionOpening,
        &[S::NotFiled, S::ReconUpheld],
        &[R::Procuratorate],
        To::State(S::Supervision),
        ProcuratorateRules,
        "557",
    ),
    Row::new(
        "23d",
        A::SupervisionOpening,
        &[S::AdminHandling],
        &[R::Procuratorate],
        To::State(S::Supervision),
        ProcuratorateRules,
        "557",
    )
    .guards(&[G::NeverFiled, G::WasRefused]),
    Row::new(
        "29",
        A::ReasonRequest,
        &[S::Supervision],
        &[R::Procuratorate],
        To::State(S::Explaining),
        ProcuratorateRules,
        "559, 560",
    )
    .starts(&[C::C13])
    .paper(D::ReasonRequest, R::Police),
    Row::new(
        "31",
        A::ReasonExplanation,
        &[S::Explaining],
        &[R::Police],
        To::State(S::ReasonReview),
        PoliceProcedure,
        "182",
    )
    .stops(&[C::C13])
    .paper(D::ReasonExplanation, R::Procuratorate),
    Row::new(
        "32",
        A::ReasonUpholding,
        &[S::ReasonReview],
        &[R::Procuratorate],
        To::State(S::AdminHandling),
        ProcuratorateRules,
        "561",
    )
    .starts(&[C::C15]),
    Row::new(
        "32a",
        A::ReasonUpholding,
        &[S::Supervision],
        &[R::Procuratorate],
        To::State(S::AdminHandling),
        ProcuratorateRules,
        "558",
    )
    .starts(&[C::C15]),
    Row::new(
        "32b",
        A::SenderNotification,
        &[S::AdminHandling, S::ResultReady, S::Withdrawn, S::ReversePending, S::Dispute],
        &[R::Procuratorate, R::Police, R::EarlierPolice],
        To::Same,
        ProcuratorateRules,
        "561",
    )
    .stops(&[C::C15, C::C18, C::C29])
    .guards(&[G::TellsSomething(&[C::C15, C::C18, C::C29])])
    .paper(D::SenderNotification, R::Agency),
    Row::new(
        "33",
        A::FilingOrder,
        &[S::ReasonReview],
        &[R::Procuratorate],
        To::State(S::OrderedToFile),
        ProcuratorateRules,
        "561, 563",
    )
    .serves(C::C14, R::Police)
    .guards(&[G::ChiefProcuratorApproves])
    .paper(D::FilingOrder, R::Police),
    Row::new(
        "33a",
        A::FilingOrder,
        &[S::Explaining],
        &[R::Procuratorate],
        To::State(S::OrderedToFile),
        ProcuratorateRules,
        "562, 563",
    )
    .serves(C::C14, R::Police)
    .guards(&[G::RunOut(&[C::C13]), G::ChiefProcuratorApproves])
    .paper(D::FilingOrder, R::Police),
    Row::new(
        "35",
        A::CorrectionOpinion,
        &[S::OrderedToFile],
        &[R::Procuratorate],
        To::Same,
        ProcuratorateRules,
        "564",
    )
    .guards(&[G::RunOut(&[C::C14])])
    .paper(D::CorrectionOpinion, R::Police),
    Row::new(
        "35a",
        A::CorrectionOpinion,
        &[S::Explaining],
        &[R::Procuratorate],
        To::Same,
        ProcuratorateRules,
        "562",
    )
    .guards(&[G::RunOut(&[C::C13])])
    .paper(D::CorrectionOpinion, R::Police),
    Row::new(
        "35b",
        A::CorrectionOpinion,
        &[S::SupervisionOverdue],
        &[R::Procuratorate],
        To::Same,
        ProcuratorateRules,
        "562",
    )
    .paper(D::CorrectionOpinion, R::Police),
    Row::new(
        "36d",
        A::InvestigationUrging,
        &[S::Filed],
        &[R::Procuratorate],
        To::Same,
        ProcuratorateRules,
        "564",
    )
    .guards(&[G::RunOut(&[C::C17])])
    .paper(D::InvestigationUrging, R::Police),
];
