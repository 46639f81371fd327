//! Clocks 时限 as they stand in events: what began, stopped, paused, and when it is due.

use crate::ids::DepartmentId;
use crate::kind::named_enum;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

named_enum!(
    /// Code of a clock; lengths, units and articles stand in the rule pack.
    ClockCode {
        /// Hand over a clue: found → sent.
        T01 = "T01",
        /// Sign: delivered → signed.
        T02 = "T02",
        /// Accept, object or ask: signed → accepted.
        T03 = "T03",
        /// Answer an objection.
        T04 = "T04",
        /// Negotiate a dispute.
        T05 = "T05",
        /// Designate a jurisdiction.
        T06 = "T06",
        /// Verify and decide on filing.
        T07 = "T07",
        /// First feedback.
        T08 = "T08",
        /// Feedback that a crime was found.
        T08b = "T08b",
        /// Final feedback after the decision.
        T09 = "T09",
        /// Final feedback at the latest.
        T09b = "T09b",
        /// Decide on an extension: asked → granted or refused.
        T10 = "T10",
        /// Answer a request for assistance.
        T14 = "T14",
        /// Read a notice.
        T15 = "T15",
        /// Supply what is missing.
        T16 = "T16",
        /// Resend or keep what was returned.
        T17 = "T17",
        /// Confirm or contest the final feedback.
        T18 = "T18",
        /// Rule on a contest.
        T19 = "T19",
        /// Reply to an urging.
        T20 = "T20",
        /// Report on a supervision task by its own dates.
        T21 = "T21",
    }
);

impl ClockCode {
    /// Whether missing this clock means that feedback is missing: of a case, of a request for assistance, or a report
    /// on a supervision task.
    pub const fn is_feedback(self) -> bool {
        match self {
            Self::T08 | Self::T08b | Self::T09 | Self::T09b | Self::T14 | Self::T21 => true,
            Self::T01
            | Self::T02
            | Self::T03
            | Self::T04
            | Self::T05
            | Self::T06
            | Self::T07
            | Self::T10
            | Self::T15
            | Self::T16
            | Self::T17
            | Self::T18
            | Self::T19
            | Self::T20 => false,
        }
    }

    /// Whether missing this clock means that the transfer is unacknowledged.
    pub const fn is_acknowledgement(self) -> bool {
        match self {
            Self::T02 | Self::T15 => true,
            Self::T01
            | Self::T03
            | Self::T04
            | Self::T05
            | Self::T06
            | Self::T07
            | Self::T08
            | Self::T08b
            | Self::T09
            | Self::T09b
            | Self::T10
            | Self::T14
            | Self::T16
            | Self::T17
            | Self::T18
            | Self::T19
            | Self::T20
            | Self::T21 => false,
        }
    }
}

named_enum!(
    /// What happened to a clock.
    ClockMove {
        /// It began to run.
        Started = "started",
        /// The duty was met; late when the due moment had passed.
        Stopped = "stopped",
        /// It stands still, with its reason in the event.
        Paused = "paused",
        /// It runs on, with a new due moment.
        Resumed = "resumed",
        /// The duty fell away.
        Cancelled = "cancelled",
        /// It ran out.
        Missed = "missed",
        /// It has longer, with a new due moment.
        Extended = "extended",
        /// A new holiday notice gave it a new due moment, or made it certain.
        Recalculated = "recalculated",
    }
);

named_enum!(
    /// Why a clock stands still: the closed list of what does not count.
    PauseReason {
        /// 鉴定、检验、检测.
        Appraisal = "appraisal",
        /// 听证.
        Hearing = "hearing",
        /// 公告.
        PublicNotice = "public_notice",
        /// 专家评审.
        ExpertReview = "expert_review",
        /// 等待补正.
        Supplement = "supplement",
        /// 等待指定管辖.
        Designation = "designation",
        /// 等待协查.
        Assistance = "assistance",
        /// 移送公安机关处理刑事部分: while the criminal side is open.
        CriminalHandoff = "criminal_handoff",
        /// 复议、复核、申诉、自诉 against a non-prosecution is pending.
        Appeal = "appeal",
    }
);

named_enum!(
    /// Why an act was late; it stays late, with its reason.
    LatenessReason {
        /// 不可抗力.
        ForceMajeure = "force_majeure",
        /// 等待鉴定结论.
        WaitingForAppraisal = "waiting_for_appraisal",
        /// 等待其他部门.
        WaitingForOthers = "waiting_for_others",
        /// 案情复杂.
        Complexity = "complexity",
        /// 系统故障.
        SystemFailure = "system_failure",
        /// 人员变动.
        StaffChange = "staff_change",
        /// 疏漏.
        Oversight = "oversight",
        /// 其他.
        Other = "other",
    }
);

named_enum!(
    /// A step of the ladder of urging; none of them is a duty of the one who is urged but the reply.
    LadderStep {
        /// 预警.
        Warned = "warned",
        /// 催办.
        Urged = "urged",
        /// 督办.
        Supervised = "supervised",
        /// 通报.
        Criticised = "criticised",
        /// 约谈.
        TalkHeld = "talk_held",
        /// 挂牌督办.
        SupervisionListed = "supervision_listed",
        /// 问责建议.
        AccountabilityProposed = "accountability_proposed",
    }
);

named_enum!(
    /// When a clock warns.
    WarningMark {
        /// When the share of its time is over that the rule pack names.
        Share = "share",
        /// On the day on which it expires.
        ExpiryDay = "expiry_day",
    }
);

/// One clock's move, inside the event that caused it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClockChange {
    /// Which clock.
    pub code: ClockCode,
    /// Which run of it: a clock that starts a second time is run 2.
    pub run: u32,
    /// What happened.
    #[serde(rename = "move")]
    pub movement: ClockMove,
    /// Who owes the duty.
    pub owner: DepartmentId,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it is due: the first moment that is too late. Absent while it is paused.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub due_at: Option<DateTime<Utc>>,
    /// The due moment lies beyond the last known holiday calendar and may move.
    pub provisional: bool,
    /// When it warns for the first time; absent while it is paused or where it does not warn.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub warn_at: Option<DateTime<Utc>>,
    /// Why it is paused; only in the move that pauses it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub pause_reason: Option<PauseReason>,
    /// The holiday calendar by which the due moment was computed; absent where the move computed none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub calendar: Option<String>,
}

named_enum!(
    /// State of a clock in the read model.
    ClockState {
        /// Running, and not recorded as missed.
        Running = "running",
        /// Standing still.
        Paused = "paused",
        /// The duty was met in time.
        Met = "met",
        /// The duty was met after the due moment.
        MetLate = "met_late",
        /// Ran out and the duty is still owed.
        Missed = "missed",
        /// The duty fell away.
        Cancelled = "cancelled",
    }
);

named_enum!(
    /// Why a clock ran out, as far as casebus can tell.
    MissedCause {
        /// Neither the owner's system nor a person ever fetched the transfer.
        NotFetched = "not_fetched",
        /// Fetched, never opened.
        Unread = "unread",
        /// Opened or signed, nothing done.
        Idle = "idle",
        /// Accepted, no feedback.
        Silent = "silent",
    }
);
