//! The 28 clocks of the criminal handoff: what starts and stops each, and due moments that were counted by hand from the
//! holiday notice of 2026: Spring Festival 15 to 23 February (make-up days 14 and 28 February), National Day 1 to 7
//! October (make-up days Sunday 20 September and Saturday 10 October), Mid-Autumn 25 to 27 September.

use super::given::{ADDRESSEE, AGENCY, POLICE, PROCURATORATE};
use contract::handoff::{HandoffAct as A, HandoffClock as C, HandoffState as S};

pub type Step = (&'static str, A);

/// What happens if nobody stops it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    /// A duty is missed.
    Missed,
    /// Nothing is on record: a right, a prompt, or a duty only where something is missing.
    Nothing,
}

pub struct Row {
    pub code: C,
    /// Where the handoff stands before.
    pub state: S,
    /// What comes before the start.
    pub before: &'static [Step],
    /// What starts it.
    pub start: Step,
    /// What must come between.
    pub between: &'static [Step],
    /// What stops it.
    pub stop: Step,
    pub owner: &'static str,
    /// What its article says, among other words.
    pub article: &'static str,
    pub expiry: Expiry,
    /// Started then, due then.
    pub cases: &'static [(&'static str, &'static str)],
}

const HOURS_24: &[(&str, &str)] = &[
    ("06-08 10:00", "06-09 10:00"),
    ("10-02 10:00", "10-03 10:00"),
    ("02-16 23:30", "02-17 23:30"),
    ("09-19 10:00", "09-20 10:00"),
];
const DAYS_3: &[(&str, &str)] = &[
    ("06-08 10:00", "06-12 00:00"),
    ("06-10 10:00", "06-16 00:00"),
    ("09-29 16:00", "10-09 00:00"),
    ("02-12 23:59", "02-25 00:00"),
    ("02-11 09:00", "02-15 00:00"),
    ("09-16 10:00", "09-21 00:00"),
    ("10-07 10:00", "10-11 00:00"),
];
const DAYS_7: &[(&str, &str)] = &[
    ("06-01 10:00", "06-09 00:00"),
    ("09-24 10:00", "10-09 00:00"),
    ("09-12 10:00", "09-21 00:00"),
    ("02-07 10:00", "02-15 00:00"),
];
const DAYS_10: &[(&str, &str)] =
    &[("06-01 10:00", "06-12 00:00"), ("09-21 10:00", "10-09 00:00"), ("09-09 10:00", "09-21 00:00")];
const DAYS_15: &[(&str, &str)] =
    &[("06-01 10:00", "06-17 00:00"), ("09-16 10:00", "10-09 00:00"), ("09-04 10:00", "09-21 00:00")];
const DAYS_30: &[(&str, &str)] =
    &[("05-12 10:00", "06-12 00:00"), ("09-01 10:00", "10-09 00:00"), ("08-20 10:00", "09-21 00:00")];
const DAYS_90: &[(&str, &str)] =
    &[("03-13 10:00", "06-12 00:00"), ("07-03 10:00", "10-09 00:00"), ("06-21 10:00", "09-21 00:00")];
const MONTHS_2: &[(&str, &str)] =
    &[("04-09 10:00", "06-10 00:00"), ("08-01 10:00", "10-09 00:00"), ("07-19 10:00", "09-21 00:00")];
const MONTHS_3: &[(&str, &str)] =
    &[("03-09 10:00", "06-10 00:00"), ("07-01 10:00", "10-09 00:00"), ("06-19 10:00", "09-21 00:00")];
const WORKING_3: &[(&str, &str)] =
    &[("06-08 10:00", "06-12 00:00"), ("09-29 16:00", "10-10 00:00"), ("09-18 10:00", "09-23 00:00")];
const WORKING_7: &[(&str, &str)] =
    &[("06-01 10:00", "06-11 00:00"), ("09-29 16:00", "10-15 00:00"), ("09-18 10:00", "09-30 00:00")];
const WORKING_10: &[(&str, &str)] =
    &[("06-01 10:00", "06-16 00:00"), ("09-29 16:00", "10-20 00:00"), ("09-18 10:00", "10-10 00:00")];

const fn row(
    code: C,
    state: S,
    start: Step,
    stop: Step,
    owner: &'static str,
    article: &'static str,
    cases: &'static [(&'static str, &'static str)],
) -> Row {
    Row { code, state, before: &[], start, between: &[], stop, owner, article, expiry: Expiry::Missed, cases }
}

impl Row {
    const fn before(mut self, steps: &'static [Step]) -> Self {
        self.before = steps;
        self
    }

    const fn between(mut self, steps: &'static [Step]) -> Self {
        self.between = steps;
        self
    }

    const fn never_missed(mut self) -> Self {
        self.expiry = Expiry::Nothing;
        self
    }
}

const NOTIFIED: &[Step] = &[(POLICE, A::Notification)];
const BY_AGENCY: Step = (AGENCY, A::NoticeReceipt);
const BY_POLICE: Step = (POLICE, A::NoticeReceipt);

/// Every clock.
pub const ROWS: [Row; 28] = [
    row(C::C01, S::TaskForce, (AGENCY, A::Report), (AGENCY, A::Approval), AGENCY, "第五条", DAYS_3),
    row(C::C02, S::AwaitHead, (AGENCY, A::Approval), (AGENCY, A::Dispatch), AGENCY, "第五条", HOURS_24),
    row(C::C03, S::Approved, (AGENCY, A::Dispatch), (POLICE, A::Receipt), POLICE, "第七条", HOURS_24),
    row(
        C::C04,
        S::Accepted,
        (POLICE, A::CompetenceFinding),
        (POLICE, A::Redirection),
        POLICE,
        "第一百七十五条",
        HOURS_24,
    ),
    row(
        C::C05,
        S::Presented,
        (POLICE, A::Receipt),
        (POLICE, A::SupplementRequest),
        POLICE,
        "第一百八十条",
        HOURS_24,
    )
    .never_missed(),
    row(C::C06, S::Supplementing, BY_AGENCY, (AGENCY, A::Supplement), AGENCY, "第一百八十条", DAYS_3),
    row(C::C07, S::Presented, (POLICE, A::Receipt), (POLICE, A::Filing), POLICE, "第八条", DAYS_3),
    row(C::C07Seven, S::Presented, (POLICE, A::Receipt), (POLICE, A::Filing), POLICE, "第二条", DAYS_7),
    row(C::C07Thirty, S::Presented, (POLICE, A::Receipt), (POLICE, A::Filing), POLICE, "第三条", DAYS_30),
    row(
        C::C08,
        S::Accepted,
        (POLICE, A::Filing),
        (POLICE, A::Notification),
        POLICE,
        "应急〔2019〕54号",
        DAYS_3,
    ),
    row(C::C09, S::Filed, BY_AGENCY, (POLICE, A::GoodsReceipt), AGENCY, "第十二条", DAYS_3)
        .before(NOTIFIED)
        .between(&[(AGENCY, A::GoodsHandover)]),
    row(C::C10, S::NotFiled, BY_AGENCY, (AGENCY, A::SupervisionSuggestion), AGENCY, "第九条", DAYS_3)
        .before(NOTIFIED)
        .never_missed(),
    row(
        C::C11,
        S::Reconsidering,
        BY_POLICE,
        (POLICE, A::ReconsiderationRefusal),
        POLICE,
        "第一百八十一条",
        DAYS_3,
    ),
    row(C::C12, S::ReconUpheld, BY_AGENCY, (AGENCY, A::SupervisionSuggestion), AGENCY, "第九条", DAYS_3)
        .before(NOTIFIED)
        .never_missed(),
    row(
        C::C13,
        S::Supervision,
        (PROCURATORATE, A::ReasonRequest),
        (POLICE, A::ReasonExplanation),
        POLICE,
        "第五百六十条",
        DAYS_7,
    ),
    row(C::C14, S::OrderedToFile, BY_POLICE, (POLICE, A::Filing), POLICE, "第五百六十三条", DAYS_15),
    row(
        C::C15,
        S::ReasonReview,
        (PROCURATORATE, A::ReasonUpholding),
        (PROCURATORATE, A::SenderNotification),
        PROCURATORATE,
        "第五百六十一条",
        DAYS_10,
    ),
    row(
        C::C16,
        S::SupervisionOverdue,
        (PROCURATORATE, A::OverdueExplanationRequest),
        (POLICE, A::OverdueExplanation),
        POLICE,
        "第五百六十二条",
        DAYS_7,
    ),
    row(
        C::C17,
        S::OrderedToFile,
        (POLICE, A::Filing),
        (POLICE, A::Milestone),
        POLICE,
        "第五百六十四条",
        MONTHS_3,
    )
    .never_missed(),
    row(
        C::C18,
        S::Filed,
        (POLICE, A::CaseWithdrawal),
        (POLICE, A::SenderNotification),
        POLICE,
        "第一百八十九条",
        DAYS_3,
    ),
    row(C::C19, S::OrderedToTransfer, BY_AGENCY, (AGENCY, A::Dispatch), AGENCY, "环环监〔2017〕17号", DAYS_3),
    row(
        C::C20,
        S::Filed,
        (PROCURATORATE, A::NonProsecution),
        (PROCURATORATE, A::AdministrativeOpinion),
        PROCURATORATE,
        "第四条",
        DAYS_3,
    )
    .before(&[(POLICE, A::Milestone)]),
    row(
        C::C21,
        S::ReversePending,
        (ADDRESSEE, A::NoticeReceipt),
        (ADDRESSEE, A::ResultFeedback),
        ADDRESSEE,
        "第九条",
        MONTHS_2,
    )
    .between(&[(ADDRESSEE, A::ReverseAcceptance), (ADDRESSEE, A::AdministrativeDecision)]),
    row(
        C::C22,
        S::NonprosReview,
        (PROCURATORATE, A::ReviewRegistration),
        (PROCURATORATE, A::NoPenalty),
        PROCURATORATE,
        "第十二条",
        WORKING_10,
    ),
    row(
        C::C26,
        S::ReversePending,
        (ADDRESSEE, A::ReverseAcceptance),
        (ADDRESSEE, A::AdministrativeDecision),
        ADDRESSEE,
        "第六十条",
        DAYS_90,
    ),
    row(
        C::C27,
        S::Investigating,
        (AGENCY, A::EvidenceHolding),
        (AGENCY, A::EvidenceDisposal),
        AGENCY,
        "第五十六条",
        WORKING_7,
    ),
    row(
        C::C28,
        S::ResultReady,
        (AGENCY, A::PenaltyRevocation),
        (AGENCY, A::PublicationWithdrawal),
        AGENCY,
        "第四十八条",
        WORKING_3,
    ),
    row(
        C::C29,
        S::Filed,
        (POLICE, A::PoliceTransfer),
        (POLICE, A::SenderNotification),
        POLICE,
        "第一百八十四条",
        DAYS_3,
    ),
];
