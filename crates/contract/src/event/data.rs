//! What each event says, beyond who and when.

use crate::clock::{ClockCode, MissedCause};
use crate::event::{LinkReason, Part, Terms};
use crate::ids::{DepartmentId, TransferId};
use crate::kind::{Routing, Source, Urgency, named_enum};
use crate::sealed::Sealed;
use crate::uscc::Uscc;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An organisation that a transfer is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Organisation {
    /// Its name.
    pub name: String,
    /// Its unified social credit code, when known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub uscc: Option<Uscc>,
}

/// A person that a transfer is about; what identifies the person is encrypted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Person {
    /// The name, encrypted.
    pub name: Sealed,
    /// The identity number, encrypted, when known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub identity_number: Option<Sealed>,
}

/// Whom a transfer is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Subject {
    /// An organisation.
    Organisation(Organisation),
    /// A person.
    Person(Person),
}

/// The transfer that this one grew from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Link {
    /// The earlier transfer.
    pub transfer: TransferId,
    /// How this one follows from it.
    pub reason: LinkReason,
}

/// `sent`: a transfer is in the log, which is to say delivered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TransferSent {
    /// One line that says what it is about.
    pub title: String,
    /// What was found.
    pub summary: String,
    /// How urgent it is.
    pub urgency: Urgency,
    /// Where it came from.
    pub source: Source,
    /// When the sender found it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub discovered_at: Option<DateTime<Utc>>,
    /// Whom it is about.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub subjects: Vec<Subject>,
    /// The subject matter of the responsibility matrix, when the matrix was asked.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub subject_matter: Option<String>,
    /// How the receiver was found.
    pub routing: Routing,
    /// The earlier transfer that it follows from.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub origin: Option<Link>,
    /// The coordination office that rules between the parties.
    pub office: DepartmentId,
    /// Whether the receiver may still object: not after a designation.
    pub objection_allowed: bool,
    /// The day by which a supervision task is to be done.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub deadline: Option<NaiveDate>,
    /// The civil year of its number.
    pub number_year: i32,
    /// The rule pack that it keeps for life.
    pub rule_pack: String,
    /// The holiday calendar by which its first clocks were computed.
    pub calendar: String,
    /// What only some transfers have.
    #[serde(skip_serializing_if = "Terms::is_plain", default)]
    pub terms: Terms,
}

/// An act that carries a reason and nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReasonGiven {
    /// The reason.
    pub reason: String,
}

/// `supplement-requested`: the receiver needs more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SupplementRequested {
    /// Why.
    pub reason: String,
    /// What is missing, item by item.
    pub missing: Vec<String>,
}

/// `supplement-supplied`: the sender supplied it, or explained why it cannot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SupplementSupplied {
    /// What was supplied, or the explanation.
    pub note: String,
    /// Whether the materials came or an explanation.
    pub supplied: bool,
}

/// `objected`: the receiver says that it is not its jurisdiction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Objected {
    /// Why not.
    pub reason: String,
    /// Which department it is instead.
    pub proposed_department: DepartmentId,
    /// The reason in one word; absent where none was chosen.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ground: Option<ObjectionGround>,
}

named_enum!(
    /// Why a receiver says that it is not its jurisdiction.
    ObjectionGround {
        /// 非本部门职责.
        NotOurDuty = "not_our_duty",
        /// 非本辖区.
        NotOurTerritory = "not_our_territory",
        /// 重复移送.
        Duplicate = "duplicate",
        /// 他机关先立案.
        FiledElsewhere = "filed_elsewhere",
        /// 其他.
        Other = "other",
    }
);

/// `objection-agreed`: the sender takes it back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ObjectionAgreed {
    /// What the sender says to it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<String>,
}

/// `disputed`: the sender does not agree with the objection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Disputed {
    /// Why not.
    pub reason: String,
}

/// `dispute-position-taken`: one side says which department it would agree to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DisputePosition {
    /// The side.
    pub party: DepartmentId,
    /// The department.
    pub department: DepartmentId,
}

/// `dispute-agreed`: both sides agree on a department.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DisputeAgreed {
    /// The department.
    pub department: DepartmentId,
    /// The linked transfer to it; absent when the receiver keeps this one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rerouted_to: Option<TransferId>,
}

/// `dispute-submitted`: the common superior shall designate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DisputeSubmitted {
    /// Who designates.
    pub superior: DepartmentId,
    /// What the sender tells it.
    pub reason: String,
}

/// `jurisdiction-designated`: binding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JurisdictionDesignated {
    /// The department that must handle it.
    pub department: DepartmentId,
    /// Why.
    pub reason: String,
    /// The linked transfer to it; absent when it is the receiver of this one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rerouted_to: Option<TransferId>,
}

/// `case-filed` 立案.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CaseFiled {
    /// The receiver's own case number.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub case_number: Option<String>,
}

/// `case-not-filed` 不予立案.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CaseNotFiled {
    /// Why not.
    pub reason: String,
}

named_enum!(
    /// What came out.
    OutcomeCode {
        /// 行政处罚.
        Penalty = "penalty",
        /// 责令改正.
        CorrectionOrdered = "correction_ordered",
        /// 不予处罚.
        NoPenalty = "no_penalty",
        /// 追回资金.
        FundsRecovered = "funds_recovered",
        /// 协议处理.
        AgreementMeasure = "agreement_measure",
        /// 查证不属实.
        Unfounded = "unfounded",
        /// 已完成整改.
        Rectified = "rectified",
        /// 移送其他机关.
        TransferredOn = "transferred_on",
        /// 其他.
        Other = "other",
    }
);

/// `case-decided` 处理决定.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CaseDecided {
    /// What came out.
    pub outcome: OutcomeCode,
    /// The decision in short.
    pub summary: String,
    /// The transfer standard 移送标准 that the case touches, by its id in the rule pack.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub standard: Option<String>,
    /// The amount involved in fen.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub amount_fen: Option<i64>,
    /// Earlier penalties of the same kind.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub earlier_penalties: Option<u32>,
    /// The case meets the standard: it belongs to the police.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub meets_standard: bool,
}

/// `interim-given` and `final-given` 结果反馈.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FeedbackGiven {
    /// First, second, … feedback of this transfer.
    pub feedback: u32,
    /// What the receiver reports.
    pub text: String,
    /// What came out: in final feedback.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub outcome: Option<OutcomeCode>,
    /// What the participants of a joint handling contributed: in its final feedback.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub parts: Vec<Part>,
    /// Why parts are missing in it, where some are.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub without_parts: Option<String>,
}

/// `confirmed`: the sender, or after its silence the office, takes the final feedback as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FeedbackReference {
    /// Which feedback.
    pub feedback: u32,
}

/// `contested`: the sender does not take the final feedback.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FeedbackContested {
    /// Which feedback.
    pub feedback: u32,
    /// Why.
    pub reason: String,
}

named_enum!(
    /// What the office rules on a contest.
    Ruling {
        /// 维持: the feedback stands; the transfer closes.
        Upheld = "upheld",
        /// 重新办理: the receiver must answer again.
        AnswerAgain = "answer_again",
    }
);

/// `contest-ruled`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ContestRuled {
    /// Which feedback.
    pub feedback: u32,
    /// The ruling.
    pub ruling: Ruling,
    /// Why.
    pub reason: String,
}

/// `resent`: a new linked transfer took the place of a returned one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TransferResent {
    /// The new transfer.
    pub resent_as: TransferId,
}

/// `converted`: the receiver of a notice made a clue of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NoticeConverted {
    /// The clue.
    pub converted_into: TransferId,
}

named_enum!(
    /// Why a transfer closed.
    CloseReason {
        /// The sender confirmed the final feedback.
        Confirmed = "confirmed",
        /// The office confirmed it after the sender's silence.
        ConfirmedByOffice = "confirmed_by_office",
        /// The office upheld the final feedback in a contest.
        Ruled = "ruled",
        /// The sender kept what was returned.
        Kept = "kept",
        /// A notice was read.
        Read = "read",
        /// 销号: the approver struck the supervision task off.
        StruckOff = "struck_off",
        /// A request for assistance was answered.
        Replied = "replied",
        /// The case that a request for assistance served has ended.
        CaseEnded = "case_ended",
        /// A coordination meeting decided so.
        MeetingDecided = "meeting_decided",
    }
);

/// `closed` 办结.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Closed {
    /// Why.
    pub reason: CloseReason,
}

/// `missed`: a clock ran out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TimeLimitMissed {
    /// Which clock.
    pub code: ClockCode,
    /// Which run of it.
    pub run: u32,
    /// Who owed it.
    pub owner: DepartmentId,
    /// When it was due.
    pub due_at: DateTime<Utc>,
    /// Why, as far as casebus can tell.
    pub cause: MissedCause,
}
