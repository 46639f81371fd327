//! What is transferred, how urgent it is, where it came from, and the families of events on the bus.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Declares an enum whose variants have a fixed name in data, and that can be listed and looked up by it.
macro_rules! named_enum {
    ($(#[doc = $doc_text:literal])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[doc = $doc_text])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The value's name in data.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }

            /// The value of that name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.name() == name)
            }
        }

        // Written out: the derive would show the names of the variants, not those in data.
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                let description = [$($doc_text,)*].map(str::trim).join("\n");
                utoipa::openapi::schema::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .description(Some(description))
                    .enum_values(Some(Self::ALL.iter().map(|value| value.name())))
                    .build()
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}
pub(crate) use named_enum;

named_enum!(
    /// What kind of transfer 移送 it is.
    TransferKind {
        /// 线索移送: the sender keeps no case; the receiver verifies and answers.
        ClueTransfer = "clue_transfer",
        /// 案件移送: a case changes its owner; the receiver may never send it onward.
        CaseReferral = "case_referral",
        /// 情况通报: to be read; nothing else is owed.
        Notice = "notice",
        /// 督办事项: a task that a superior watches.
        SupervisionTask = "supervision_task",
        /// 协查: a reply is owed; the case stays where it is.
        AssistanceRequest = "assistance_request",
    }
);

named_enum!(
    /// How fast the receiver must sign: the rule pack shortens clocks for urgent transfers.
    Urgency {
        /// The ordinary clocks.
        Normal = "normal",
        /// 紧急: shortened clocks.
        Urgent = "urgent",
    }
);

named_enum!(
    /// Where the clue, case or notice came from 线索来源.
    Source {
        /// 日常检查: a routine check.
        RoutineInspection = "routine_inspection",
        /// 双随机抽查: a random inspection by randomly chosen inspectors.
        RandomInspection = "random_inspection",
        /// 投诉举报: a complaint or report.
        Complaint = "complaint",
        /// 在线监测、智能监控: monitoring by machines.
        Monitoring = "monitoring",
        /// 媒体、网络: media or the internet.
        Media = "media",
        /// 社会监督员: a social supervisor.
        SocialSupervisor = "social_supervisor",
        /// 上级交办: assigned by a superior.
        SuperiorAssignment = "superior_assignment",
        /// 其他部门移送: received from another department.
        OtherDepartment = "other_department",
        /// 整改清单: an item of a rectification list.
        RectificationList = "rectification_list",
        /// 其他.
        Other = "other",
    }
);

named_enum!(
    /// The family of an event: the third token of its bus subject.
    Family {
        /// Life of a clue transfer 线索移送.
        ClueTransfer = "clue-transfer",
        /// Life of a case referral 案件移送.
        CaseReferral = "case-referral",
        /// Answers 结果反馈, their confirmation and contest, of every kind.
        ResultFeedback = "result-feedback",
        /// Criminal handoffs 行刑衔接.
        CriminalHandoff = "criminal-handoff",
        /// Supervision tasks 督办.
        Supervision = "supervision",
        /// Clocks that ran out.
        TimeLimit = "time-limit",
        /// Notices 情况通报.
        Notice = "notice",
        /// Requests for assistance 协查.
        Assistance = "assistance",
    }
);

impl TransferKind {
    /// The family of the events of this kind that have no family of their own.
    pub const fn family(self) -> Family {
        match self {
            Self::ClueTransfer => Family::ClueTransfer,
            Self::CaseReferral => Family::CaseReferral,
            Self::Notice => Family::Notice,
            Self::SupervisionTask => Family::Supervision,
            Self::AssistanceRequest => Family::Assistance,
        }
    }
}

/// How the receiver was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Routing {
    /// The sender named it.
    Named,
    /// A row of the responsibility matrix names it.
    Matrix,
    /// A row names it by assumption; the coordination office still has to confirm.
    Assumed,
    /// No row may route it: it went to the coordination office, with the candidates.
    Office,
}
