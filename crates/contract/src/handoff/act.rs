//! Every act on a handoff: its name in the route, and the name of the event that it leaves.

use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

macro_rules! handoff_acts {
    ($($(#[doc = $doc:literal])* $variant:ident = $path:literal => $event:literal,)+) => {
        /// An act on a handoff. In routes it goes by its name, in events by what has happened.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum HandoffAct {
            $($(#[doc = $doc])* #[serde(rename = $event)] $variant,)+
        }

        impl HandoffAct {
            /// Every act.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Its name: the last segment of its route.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $path,)+ }
            }

            /// The name of its event, as it stands in the type of the event.
            pub const fn event(self) -> &'static str {
                match self { $(Self::$variant => $event,)+ }
            }

            /// What it is, in a few words of both languages.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc,)*),)+ }
            }

            /// The act of that name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|act| act.name() == name)
            }

            /// The act that leaves events of that name.
            pub fn from_event(event: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|act| act.event() == event)
            }
        }
    };
}

handoff_acts!(
    /// Open a handoff 建档.
    Opening = "opening" => "opened",
    /// Find a suspected crime 发现涉嫌犯罪.
    Suspicion = "suspicion" => "suspicion-found",
    /// Consult police or procuratorate 会商.
    Consultation = "consultation" => "consultation-opened",
    /// Answer in a consultation 会商答复.
    ConsultationReply = "consultation-reply" => "consultation-replied",
    /// End a consultation 会商结束.
    ConsultationEnding = "consultation-ending" => "consultation-ended",
    /// Record the legal review 法制审核.
    LegalReview = "legal-review" => "legally-reviewed",
    /// Submit the written report to the head 提交书面报告.
    Report = "report" => "report-submitted",
    /// Approve the transfer 批准移送.
    Approval = "approval" => "transfer-approved",
    /// Refuse the transfer, with reasons on record 不批准移送.
    Refusal = "refusal" => "transfer-refused",
    /// Demand the transfer 检察意见: the procuratorate's act.
    TransferOpinion = "transfer-opinion" => "transfer-opinion-issued",
    /// Dispatch to the police 移送.
    Dispatch = "dispatch" => "dispatched",
    /// Sign the receipt 签收回执.
    Receipt = "receipt" => "receipt-signed",
    /// Refuse to take it 拒收: never allowed, recorded as a violation.
    ReceiptRefusal = "receipt-refusal" => "receipt-refused",
    /// Find that another police organ is competent 发现其他公安机关管辖.
    CompetenceFinding = "competence-finding" => "other-police-found-competent",
    /// Redirect to the competent police 移送主管公安机关.
    Redirection = "redirection" => "redirected",
    /// Send back what is no police matter 不属公安管辖退回.
    Return = "return" => "returned",
    /// Ask for what is missing 要求补正.
    SupplementRequest = "supplement-request" => "supplement-requested",
    /// Supply it 补正.
    Supplement = "supplement" => "supplement-supplied",
    /// Explain why it cannot be supplied 无法补正说明.
    SupplementExplanation = "supplement-explanation" => "supplement-explained",
    /// Extend the review before filing 延长立案审查.
    ReviewExtension = "review-extension" => "review-extended",
    /// File the case 立案.
    Filing = "filing" => "filed",
    /// Decide not to file 不予立案.
    NonFiling = "non-filing" => "not-filed",
    /// Serve the notice of a filing decision 告知立案决定.
    Notification = "notification" => "decision-notified",
    /// Confirm that a notice has arrived 签收文书.
    NoticeReceipt = "notice-receipt" => "notice-received",
    /// Complain that the police are silent 对逾期未决申请监督.
    OverdueComplaint = "overdue-complaint" => "overdue-complained-of",
    /// Ask the police why they have not decided 要求说明逾期理由.
    OverdueExplanationRequest = "overdue-explanation-request" => "overdue-explanation-requested",
    /// Explain why nothing was decided 说明逾期理由.
    OverdueExplanation = "overdue-explanation" => "overdue-explained",
    /// Find that nothing is overdue 认定未逾期.
    OverdueDismissal = "overdue-dismissal" => "overdue-dismissed",
    /// Order the police to file 通知立案.
    FilingOrder = "filing-order" => "filing-ordered",
    /// Issue a correction opinion 纠正意见.
    CorrectionOpinion = "correction-opinion" => "correction-opinion-issued",
    /// Offer the goods, item by item 移交涉案物品.
    GoodsHandover = "goods-handover" => "goods-offered",
    /// Sign for the goods, item by item 接收涉案物品.
    GoodsReceipt = "goods-receipt" => "goods-handed-over",
    /// Request reconsideration 提请复议.
    ReconsiderationRequest = "reconsideration-request" => "reconsideration-requested",
    /// File on reconsideration 复议决定立案.
    ReconsiderationFiling = "reconsideration-filing" => "filed-on-reconsideration",
    /// Uphold the refusal on reconsideration 复议维持.
    ReconsiderationRefusal = "reconsideration-refusal" => "refusal-upheld",
    /// Suggest supervision of the filing 建议立案监督.
    SupervisionSuggestion = "supervision-suggestion" => "supervision-suggested",
    /// Open supervision of one's own motion 依职权立案监督.
    SupervisionOpening = "supervision-opening" => "supervision-opened",
    /// Take the refusal as it is 接受不予立案.
    ResultAcceptance = "result-acceptance" => "result-accepted",
    /// Require the reasons for not filing 要求说明不立案理由.
    ReasonRequest = "reason-request" => "reasons-required",
    /// Explain them 说明不立案理由.
    ReasonExplanation = "reason-explanation" => "reasons-explained",
    /// Find that not filing was right 不立案理由成立.
    ReasonUpholding = "reason-upholding" => "reasons-upheld",
    /// Tell the sender 告知移送机关.
    SenderNotification = "sender-notification" => "sender-told",
    /// Record a milestone of the criminal side 刑事进展.
    Milestone = "milestone" => "milestone-reached",
    /// Urge an investigation that lasts 立案监督案件催办.
    InvestigationUrging = "investigation-urging" => "investigation-urged",
    /// Withdraw the case 撤销案件.
    CaseWithdrawal = "case-withdrawal" => "case-withdrawn",
    /// End the investigation of a suspect 终止侦查.
    InvestigationEnding = "investigation-ending" => "investigation-ended",
    /// Move a filed case to another police organ 移送其他公安机关.
    PoliceTransfer = "police-transfer" => "police-transferred",
    /// Hand back for administrative handling 公安反向移送.
    ReverseTransfer = "reverse-transfer" => "reverse-transferred",
    /// Decide not to prosecute 不起诉.
    NonProsecution = "non-prosecution" => "not-prosecuted",
    /// Register the review after it 行刑反向衔接受理审查.
    ReviewRegistration = "review-registration" => "review-registered",
    /// Suspend that review 中止审查.
    ReviewSuspension = "review-suspension" => "review-suspended",
    /// Resume it 恢复审查.
    ReviewResumption = "review-resumption" => "review-resumed",
    /// End it: no penalty is needed 终结审查.
    NoPenalty = "no-penalty" => "no-penalty-needed",
    /// Issue the opinion that a penalty is due 检察意见.
    AdministrativeOpinion = "administrative-opinion" => "administrative-opinion-issued",
    /// Take over a reverse handoff 接收反向移送.
    ReverseAcceptance = "reverse-acceptance" => "reverse-accepted",
    /// Object to its jurisdiction 反向移送管辖异议.
    ReverseObjection = "reverse-objection" => "reverse-objected-to",
    /// Name the competent organ, binding 指定承办机关.
    ReverseDesignation = "reverse-designation" => "reverse-designated",
    /// Take the case back into administrative handling 转行政处理.
    AdministrativeHandling = "administrative-handling" => "administrative-handling-begun",
    /// Decide it administratively 行政处理决定.
    AdministrativeDecision = "administrative-decision" => "administratively-decided",
    /// Send what is no police matter to the named authority 另行移送.
    Resending = "resending" => "sent-elsewhere",
    /// Give the result to every upstream party 结果反馈.
    ResultFeedback = "result-feedback" => "result-fed-back",
    /// Confirm it 确认反馈.
    FeedbackConfirmation = "feedback-confirmation" => "feedback-confirmed",
    /// Judge 判决.
    Judgment = "judgment" => "judged",
    /// Exempt from criminal punishment and hand back 免予刑事处罚并移送.
    Exemption = "exemption" => "exempted",
    /// Go on with what was closed, on new facts 重新启动.
    Reopening = "reopening" => "reopened",
    /// Add suspects 追加犯罪嫌疑人.
    SuspectAddition = "suspect-addition" => "suspects-added",
    /// Join another handoff into this one 并案.
    Joining = "joining" => "joined",
    /// End as joined into another: written with the joining 被并案.
    JoinedAway = "joined-away" => "joined-away",
    /// Split lanes off into a handoff of their own 分案.
    Splitting = "splitting" => "split",
    /// Hold evidence in advance 先行登记保存.
    EvidenceHolding = "evidence-holding" => "evidence-held",
    /// Dispose of the held evidence 处理登记保存.
    EvidenceDisposal = "evidence-disposal" => "evidence-disposed-of",
    /// Revoke a penalty 撤销处罚.
    PenaltyRevocation = "penalty-revocation" => "penalty-revoked",
    /// Withdraw its publication 撤回公示.
    PublicationWithdrawal = "publication-withdrawal" => "publication-withdrawn",
    /// Take a sealed clue 接收线索: the supervisory commission's act.
    ClueReceipt = "clue-receipt" => "clue-received",
    /// Answer a sealed clue 线索处置反馈.
    ClueResult = "clue-result" => "clue-answered",
    /// A clock ran out: the watch's act 时限届满.
    TimeLimitMiss = "time-limit-miss" => "time-limit-missed",
    /// Another holiday calendar is in force: the watch's act 时限重新计算.
    Recalculation = "recalculation" => "clocks-recalculated",
    /// A right was not used in time: the watch's act 逾期视为接受.
    Lapse = "lapse" => "right-lapsed",
);

impl HandoffAct {
    /// Whether an organ may do it again and again with nobody else's help.
    pub const fn is_repeatable(self) -> bool {
        matches!(
            self,
            Self::Consultation
                | Self::ConsultationReply
                | Self::ConsultationEnding
                | Self::LegalReview
                | Self::SuspectAddition
                | Self::EvidenceHolding
                | Self::EvidenceDisposal
                | Self::ReceiptRefusal
                | Self::SupplementRequest
                | Self::GoodsHandover
                | Self::CorrectionOpinion
                | Self::InvestigationUrging
        )
    }

    /// Whether only casebus itself does it, or it is written together with another act: it has no route.
    pub const fn is_internal(self) -> bool {
        matches!(
            self,
            Self::Opening | Self::JoinedAway | Self::TimeLimitMiss | Self::Recalculation | Self::Lapse
        )
    }
}

// Written out: the derive would show the names of the variants, not those in data.
impl PartialSchema for HandoffAct {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("What happened to a handoff."))
            .enum_values(Some(Self::ALL.iter().map(|act| act.event())))
            .build()
            .into()
    }
}

impl ToSchema for HandoffAct {}
