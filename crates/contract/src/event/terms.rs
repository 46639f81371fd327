//! What only some transfers have when they are sent: the terms of a task, a legal review, materials, copies.

use crate::ids::{DepartmentId, TransferId};
use crate::kind::named_enum;
use crate::sealed::Sealed;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

named_enum!(
    /// What is due on one of a task's own dates.
    DueItem {
        /// 整改方案: the plan is filed.
        Plan = "plan",
        /// 进展报告: progress is reported.
        Progress = "progress",
        /// 完成整改: the work is done.
        Completion = "completion",
    }
);

named_enum!(
    /// What a supervision task is for.
    TaskPurpose {
        /// 整改: a problem is put right.
        Rectification = "rectification",
        /// 复查: what was closed is looked at again.
        Reinspection = "reinspection",
        /// 督办: a duty that was not met.
        Supervision = "supervision",
    }
);

/// One of a task's own dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct DueDate {
    /// The last day.
    pub on: NaiveDate,
    /// What is due.
    pub item: DueItem,
}

/// A legal review 法制审核 before sending.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LegalReview {
    /// The number of the opinion, as its issuer wrote it.
    pub opinion_number: String,
    /// The day of the opinion.
    pub reviewed_on: NaiveDate,
}

/// A material of the checklist of the kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Material {
    /// Its name in the checklist.
    pub name: String,
    /// Why it is absent; absent itself where the material comes with the transfer.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub absent_because: Option<String>,
}

/// Who reported it 举报人: encrypted, and readable for the sender only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reporter {
    /// The name, encrypted.
    pub name: Sealed,
    /// How the reporter can be reached, encrypted.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub contact: Option<Sealed>,
}

/// A case referral from which a transfer grew, however long the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReferralAbove {
    /// The case referral.
    pub transfer: TransferId,
    /// Its receiver, who may not hand the case on.
    pub receiver: DepartmentId,
}

/// What only some transfers have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Terms {
    /// Who takes the final answer, where it is not the sender: of a task whose sender counts as its receiver.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approver: Option<DepartmentId>,
    /// What a supervision task is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<TaskPurpose>,
    /// The measures 整改措施 that a task asks for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub measures: Vec<String>,
    /// The task's own dates, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub due_dates: Vec<DueDate>,
    /// The legal review that came before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub legal_review: Option<LegalReview>,
    /// The materials of the checklist, present or absent with a reason.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub materials: Vec<Material>,
    /// Who gets a copy by the rule pack.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub copies: Vec<DepartmentId>,
    /// Whom the office may choose from, where no row of the matrix may route.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<DepartmentId>,
    /// Open transfers that the sender was shown as similar, and sent this one in spite of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub in_spite_of: Vec<TransferId>,
    /// Who reported it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reporter: Option<Reporter>,
    /// The case referrals from which it grew.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub referrals: Vec<ReferralAbove>,
    /// Who has objected to it before, on the way that led here: an objection is raised once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub objected: Vec<DepartmentId>,
}

impl Terms {
    /// Whether there is nothing in it.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}
