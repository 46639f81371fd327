//! What a party may do with a transfer: one name per act, the same in routes, `allowed_actions` and refusals.

use crate::kind::named_enum;
use crate::limits::{RECEIVER_EVENTS_MAX, REPEATABLE_EVENTS_MAX};

named_enum!(
    /// An act on an existing transfer.
    Action {
        /// 签收; for a notice: read.
        Receipt = "receipt",
        /// 受理.
        Acceptance = "acceptance",
        /// 要求补正.
        SupplementRequest = "supplement_request",
        /// 补正.
        Supplement = "supplement",
        /// 提出管辖异议.
        Objection = "objection",
        /// 答复异议.
        ObjectionAnswer = "objection_answer",
        /// 协商一致 in a dispute.
        DisputeAgreement = "dispute_agreement",
        /// 报请共同上级.
        DisputeSubmission = "dispute_submission",
        /// 指定管辖.
        Designation = "designation",
        /// 立案 or 不予立案.
        Filing = "filing",
        /// 处理决定.
        Decision = "decision",
        /// 结果反馈, interim or final.
        Feedback = "feedback",
        /// 确认反馈.
        FeedbackConfirmation = "feedback_confirmation",
        /// 对反馈提出异议.
        FeedbackContest = "feedback_contest",
        /// 裁定 on a contest.
        ContestRuling = "contest_ruling",
        /// 重新移送 after a return.
        Resending = "resending",
        /// 自行处理 after a return.
        Keeping = "keeping",
        /// 转为线索 of a notice.
        Conversion = "conversion",
        /// 撤回.
        Withdrawal = "withdrawal",
        /// 中止: the clocks stand still for a reason of the closed list.
        Suspension = "suspension",
        /// 恢复.
        Resumption = "resumption",
        /// 申请延期.
        Extension = "extension",
        /// 审批延期.
        ExtensionDecision = "extension_decision",
        /// 催办.
        Urge = "urge",
        /// 答复催办.
        UrgeReply = "urge_reply",
        /// 督办.
        Supervision = "supervision",
        /// 通报、约谈、挂牌督办、问责建议.
        Escalation = "escalation",
        /// 说明逾期原因.
        LatenessReason = "lateness_reason",
        /// 会议决定.
        MeetingDecision = "meeting_decision",
        /// 确认已知情况: no alarm until a day.
        FailureAcknowledgement = "failure_acknowledgement",
        /// 确认承办部门: an assumed lead, or what no row may route.
        RoutingConfirmation = "routing_confirmation",
        /// 报送整改方案.
        Plan = "plan",
        /// 报送进展.
        Progress = "progress",
        /// 重新开启 a task that was struck off.
        Reopening = "reopening",
        /// 联合办理.
        JointHandling = "joint_handling",
        /// 内部交办.
        InternalAssignment = "internal_assignment",
    }
);

impl Action {
    /// From how many events of a transfer on the act is refused, because a party may do it again and again; `None`: never.
    /// Interim feedback is the same action as the final one, and counts apart from it.
    pub const fn events_max(self) -> Option<i64> {
        if matches!(self, Self::Urge | Self::FailureAcknowledgement) {
            return Some(REPEATABLE_EVENTS_MAX);
        }
        let is_of_the_receiver = matches!(
            self,
            Self::SupplementRequest
                | Self::Suspension
                | Self::Extension
                | Self::MeetingDecision
                | Self::Plan
                | Self::Progress
                | Self::JointHandling
                | Self::InternalAssignment
        );
        if is_of_the_receiver { Some(RECEIVER_EVENTS_MAX) } else { None }
    }
}
