//! Rows 15, 16, 19, 21 to 28, 30, 34 and 36 to 39: the decision on filing, what follows from it, and reconsideration.

use super::super::article::Source::{Decree310, PoliceProcedure, ProcedureLaw, ProcuratorateRules};
use super::super::guard::Guard as G;
use super::super::role::Role as R;
use super::{Row, To};
use contract::handoff::{DocumentKind as D, HandoffAct as A, HandoffClock as C, HandoffState as S};

/// The rows.
pub(super) const ROWS: &[Row] = &[
    Row::new(
        "15",
        A::Filing,
        &[S::Accepted, S::Supplementing],
        &[R::Police],
        To::State(S::Filed),
        Decree310,
        "8",
    )
    .stops(&[C::C07, C::C07Seven, C::C07Thirty])
    .starts(&[C::C08])
    .guards(&[G::PoliceHeadApproves])
    .paper(D::FilingDecision, R::Police),
    Row::new(
        "16",
        A::NonFiling,
        &[S::Accepted, S::Supplementing],
        &[R::Police],
        To::State(S::NotFiled),
        Decree310,
        "8",
    )
    .stops(&[C::C07, C::C07Seven, C::C07Thirty])
    .starts(&[C::C08])
    .guards(&[G::PoliceHeadApproves])
    .paper(D::NonFilingDecision, R::Police),
    Row::new(
        "19",
        A::Filing,
        &[S::SupervisionOverdue],
        &[R::Police],
        To::State(S::Filed),
        ProcuratorateRules,
        "562",
    )
    .stops(&[C::C03, C::C07, C::C07Seven, C::C07Thirty, C::C16])
    .starts(&[C::C08])
    .guards(&[G::PoliceHeadApproves])
    .paper(D::FilingDecision, R::Police),
    Row::new(
        "19a",
        A::NonFiling,
        &[S::SupervisionOverdue],
        &[R::Police],
        To::State(S::NotFiled),
        ProcuratorateRules,
        "562",
    )
    .stops(&[C::C03, C::C07, C::C07Seven, C::C07Thirty, C::C16])
    .starts(&[C::C08])
    .guards(&[G::PoliceHeadApproves])
    .paper(D::NonFilingDecision, R::Police),
    Row::new("15a", A::Notification, &[S::Filed], &[R::Police], To::Same, Decree310, "8")
        .stops(&[C::C08])
        .serves(C::C09, R::Agency)
        .guards(&[G::NotNotified, G::OneDecision])
        .paper(D::FilingNotice, R::Agency),
    Row::new("16a", A::Notification, &[S::NotFiled], &[R::Police], To::Same, Decree310, "8")
        .stops(&[C::C08])
        .serves(C::C10, R::Agency)
        .guards(&[G::NotNotified, G::OneDecision])
        .paper(D::NonFilingNotice, R::Agency),
    Row::new("26a", A::Notification, &[S::ReconUpheld], &[R::Police], To::Same, Decree310, "9")
        .stops(&[C::C08])
        .serves(C::C12, R::Agency)
        .guards(&[G::NotNotified, G::OneDecision])
        .paper(D::ReconsiderationDecision, R::Agency),
    Row::new("21a", A::GoodsHandover, &[S::Filed], &[R::Agency], To::Same, Decree310, "12")
        .guards(&[G::GoodsAsListed])
        .paper(D::GoodsList, R::Police),
    Row::new("21", A::GoodsReceipt, &[S::Filed], &[R::Police], To::Same, Decree310, "12")
        .stops(&[C::C09])
        .guards(&[G::GoodsAgree]),
    Row::new(
        "22",
        A::ReconsiderationRequest,
        &[S::NotFiled],
        &[R::Agency],
        To::State(S::Reconsidering),
        Decree310,
        "9",
    )
    .stops(&[C::C10])
    .serves(C::C11, R::Police)
    .guards(&[G::NeverReconsidered, G::RightOpen(C::C10)])
    .paper(D::ReconsiderationRequest, R::Police),
    Row::new(
        "24",
        A::ResultAcceptance,
        &[S::NotFiled],
        &[R::Agency],
        To::State(S::AdminHandling),
        Decree310,
        "10",
    )
    .stops(&[C::C10]),
    Row::new("24a", A::Lapse, &[S::NotFiled], &[R::System], To::State(S::AdminHandling), Decree310, "9, 10")
        .guards(&[G::RunOut(&[C::C10])]),
    Row::new(
        "25",
        A::ReconsiderationFiling,
        &[S::Reconsidering],
        &[R::Police],
        To::State(S::Filed),
        PoliceProcedure,
        "181",
    )
    .stops(&[C::C08, C::C11])
    .starts(&[C::C08])
    .guards(&[G::PoliceHeadApproves])
    .paper(D::FilingDecision, R::Police),
    Row::new(
        "26",
        A::ReconsiderationRefusal,
        &[S::Reconsidering],
        &[R::Police],
        To::State(S::ReconUpheld),
        PoliceProcedure,
        "181",
    )
    .stops(&[C::C08, C::C11])
    .starts(&[C::C08])
    .guards(&[G::PoliceHeadApproves]),
    Row::new(
        "28",
        A::ResultAcceptance,
        &[S::ReconUpheld],
        &[R::Agency],
        To::State(S::AdminHandling),
        Decree310,
        "10",
    )
    .stops(&[C::C12]),
    Row::new(
        "28a",
        A::Lapse,
        &[S::ReconUpheld],
        &[R::System],
        To::State(S::AdminHandling),
        Decree310,
        "9, 10",
    )
    .guards(&[G::RunOut(&[C::C12])]),
    Row::new(
        "30",
        A::Filing,
        &[S::Supervision, S::Explaining],
        &[R::Police],
        To::State(S::Filed),
        PoliceProcedure,
        "182",
    )
    .stops(&[C::C08, C::C13])
    .starts(&[C::C08])
    .guards(&[G::PoliceHeadApproves])
    .paper(D::FilingDecision, R::Procuratorate),
    Row::new(
        "34",
        A::Filing,
        &[S::OrderedToFile],
        &[R::Police],
        To::State(S::Filed),
        ProcuratorateRules,
        "563, 564",
    )
    .stops(&[C::C03, C::C07, C::C07Seven, C::C07Thirty, C::C08, C::C14])
    .starts(&[C::C08, C::C17])
    .guards(&[G::PoliceHeadApproves])
    .paper(D::FilingDecision, R::Procuratorate),
    Row::new(
        "15b",
        A::Filing,
        &[S::NotFiled, S::AdminHandling],
        &[R::Police],
        To::State(S::Filed),
        PoliceProcedure,
        "178",
    )
    .stops(&[C::C08, C::C10])
    .starts(&[C::C08])
    .guards(&[G::PoliceHeadApproves, G::NewFacts, G::NeverFiled])
    .paper(D::FilingDecision, R::Police),
    Row::new(
        "36",
        A::Milestone,
        &[S::Filed],
        &[R::Police, R::Procuratorate, R::Court],
        To::Same,
        ProcedureLaw,
        "115, 160, 176",
    )
    .guards(&[G::MilestoneFits]),
    Row::new("36a", A::SuspectAddition, &[S::Filed], &[R::Police], To::Same, PoliceProcedure, "178"),
    Row::new("36b", A::Joining, &[S::Filed], &[R::Police], To::Same, PoliceProcedure, "21")
        .guards(&[G::Together]),
    Row::new("36c", A::Splitting, &[S::Filed], &[R::Police], To::State(S::Split), PoliceProcedure, "21")
        .guards(&[G::LeavesSomebody]),
    Row::new(
        "37",
        A::CaseWithdrawal,
        &[S::Filed],
        &[R::Police],
        To::State(S::Withdrawn),
        PoliceProcedure,
        "186, 187, 189",
    )
    .starts(&[C::C18])
    .guards(&[G::PoliceHeadApproves, G::WithPolice])
    .paper(D::WithdrawalDecision, R::Agency),
    Row::new(
        "37a",
        A::InvestigationEnding,
        &[S::Filed],
        &[R::Police],
        To::State(S::Withdrawn),
        PoliceProcedure,
        "186",
    )
    .guards(&[G::PoliceHeadApproves, G::WithPolice])
    .paper(D::InvestigationEnding, R::Agency),
    Row::new("37b", A::PoliceTransfer, &[S::Filed], &[R::Police], To::Same, PoliceProcedure, "184")
        .starts(&[C::C29])
        .guards(&[G::OtherPolice, G::Together])
        .paper(D::PoliceTransferNotice, R::Agency),
    Row::new(
        "37c",
        A::SenderNotification,
        &[S::Filed],
        &[R::EarlierPolice],
        To::Same,
        PoliceProcedure,
        "184",
    )
    .stops(&[C::C29])
    .guards(&[G::TellsSomething(&[C::C29])])
    .paper(D::SenderNotification, R::Agency),
    Row::new(
        "38",
        A::ReverseTransfer,
        &[S::Withdrawn, S::NotFiled],
        &[R::Police],
        To::State(S::ReversePending),
        Decree310,
        "13",
    )
    .stops(&[C::C10])
    .guards(&[G::AddresseeFits])
    .paper(D::ReverseLetter, R::Addressee),
    Row::new(
        "39",
        A::NonProsecution,
        &[S::Filed],
        &[R::Procuratorate],
        To::State(S::NonprosReview),
        ProcedureLaw,
        "177",
    )
    .stops(&[C::C17])
    .starts(&[C::C20])
    .guards(&[G::WithProcuratorate])
    .paper(D::NonProsecutionDecision, R::Police),
    Row::new("46", A::Judgment, &[S::Filed], &[R::Court], To::State(S::ResultReady), ProcedureLaw, "200")
        .guards(&[G::WithCourt, G::VerdictFits])
        .paper(D::Judgment, R::Procuratorate),
];
