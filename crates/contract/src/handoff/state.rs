//! Where a suspect's lane stands, and what came out of it.

use crate::kind::named_enum;

named_enum!(
    /// Which way a handoff runs.
    Direction {
        /// 正向移送: from an administrative organ to the police.
        Forward = "forward",
        /// 反向移送: from police, procuratorate or court to an administrative organ, where no handoff went before it.
        Reverse = "reverse",
        /// 职务犯罪线索移送: a sealed clue to the supervisory commission (310号 arts. 18, 19).
        SupervisoryClue = "supervisory_clue",
    }
);

named_enum!(
    /// Where a lane stands. Until the filing decision all lanes of a handoff stand in the same state.
    HandoffState {
        /// 调查中: the agency investigates an administrative case.
        Investigating = "investigating",
        /// 专案核实: a task force verifies a suspected crime.
        TaskForce = "task_force",
        /// 待负责人决定: the head has the written report.
        AwaitHead = "await_head",
        /// 不移送: the head refused, with reasons on record.
        NotTransferred = "not_transferred",
        /// 检察意见要求移送: the procuratorate demands the transfer.
        OrderedToTransfer = "ordered_to_transfer",
        /// 已批准移送: only the dispatch is possible.
        Approved = "approved",
        /// 已送达公安: the police must sign.
        Presented = "presented",
        /// 已受案: the police decide on filing.
        Accepted = "accepted",
        /// 补正中: more is awaited; the filing clock runs on.
        Supplementing = "supplementing",
        /// 退回移送机关: not a police matter.
        BackToSender = "back_to_sender",
        /// 逾期监督: the police are silent, and the procuratorate knows.
        SupervisionOverdue = "supervision_overdue",
        /// 已立案.
        Filed = "filed",
        /// 不予立案.
        NotFiled = "not_filed",
        /// 复议中.
        Reconsidering = "reconsidering",
        /// 复议维持.
        ReconUpheld = "recon_upheld",
        /// 立案监督.
        Supervision = "supervision",
        /// 说明理由中.
        Explaining = "explaining",
        /// 理由审查中.
        ReasonReview = "reason_review",
        /// 通知立案: the police must file.
        OrderedToFile = "ordered_to_file",
        /// 已撤案, or the investigation of this suspect has ended.
        Withdrawn = "withdrawn",
        /// 不起诉后审查: whether a penalty by an administrative organ is due.
        NonprosReview = "nonpros_review",
        /// 反向移送待接收.
        ReversePending = "reverse_pending",
        /// 管辖争议 about a reverse handoff.
        Dispute = "dispute",
        /// 行政处理.
        AdminHandling = "admin_handling",
        /// 结果待反馈.
        ResultReady = "result_ready",
        /// 线索待接收: a sealed clue to the supervisory commission.
        SupervisoryClue = "supervisory_clue",
        /// 线索已接收.
        ClueReceived = "clue_received",
        /// 已办结.
        Closed = "closed",
        /// 已并案: its lanes go on in another handoff.
        Joined = "joined",
        /// 已分案: the lane goes on in another handoff.
        Split = "split",
    }
);

impl HandoffState {
    /// Whether nothing more is owed in the lane.
    pub const fn is_ended(self) -> bool {
        match self {
            Self::Closed | Self::Joined | Self::Split => true,
            Self::Investigating
            | Self::TaskForce
            | Self::AwaitHead
            | Self::NotTransferred
            | Self::OrderedToTransfer
            | Self::Approved
            | Self::Presented
            | Self::Accepted
            | Self::Supplementing
            | Self::BackToSender
            | Self::SupervisionOverdue
            | Self::Filed
            | Self::NotFiled
            | Self::Reconsidering
            | Self::ReconUpheld
            | Self::Supervision
            | Self::Explaining
            | Self::ReasonReview
            | Self::OrderedToFile
            | Self::Withdrawn
            | Self::NonprosReview
            | Self::ReversePending
            | Self::Dispute
            | Self::AdminHandling
            | Self::ResultReady
            | Self::SupervisoryClue
            | Self::ClueReceived => false,
        }
    }

    /// Whether the police still owe the decision on filing.
    pub const fn awaits_filing(self) -> bool {
        matches!(self, Self::Presented | Self::Accepted | Self::Supplementing | Self::SupervisionOverdue)
    }
}

named_enum!(
    /// What came out of a lane on the criminal side.
    LaneOutcome {
        /// 不移送.
        NotTransferred = "not_transferred",
        /// 不属于公安机关管辖.
        NotPoliceMatter = "not_police_matter",
        /// 不予立案.
        NotFiled = "not_filed",
        /// 终止侦查 (程序规定 art. 186).
        InvestigationEnded = "investigation_ended",
        /// 撤销案件.
        Withdrawn = "withdrawn",
        /// 不起诉.
        NonProsecuted = "non_prosecuted",
        /// 提起公诉.
        Prosecuted = "prosecuted",
        /// 判决.
        Judged = "judged",
    }
);
