//! What a party may do with a transfer: one name per act, the same in routes, `allowed_actions` and refusals.

use crate::kind::named_enum;

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
    }
);
