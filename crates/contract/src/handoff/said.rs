//! What an act on a handoff says: one shape for all acts, of which each uses some fields. Which ones: [`super::field`].

use super::{HandoffClock, Opening};
use crate::event::LegalReview;
use crate::ids::{DepartmentId, HandoffId, TransferId};
use crate::kind::named_enum;
use crate::sealed::Sealed;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

named_enum!(
    /// Whom a lane is about.
    SuspectKind {
        /// 自然人.
        Person = "person",
        /// 单位.
        Organisation = "organisation",
        /// 身份不明: somebody who is not identified yet.
        Unknown = "unknown",
    }
);

/// A suspect 犯罪嫌疑人; what identifies a person is encrypted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Suspect {
    /// Person, organisation, or not identified.
    pub kind: SuspectKind,
    /// The name of an organisation, or words for somebody unknown.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    /// The name of a person, encrypted.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub person_name: Option<Sealed>,
    /// The identity number of a person, encrypted.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub identity_number: Option<Sealed>,
    /// The unified social credit code of an organisation.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub uscc: Option<String>,
    /// The suspected offence 涉嫌罪名.
    pub offence: String,
    /// Whether the suspect is a public official 公职人员.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub public_official: bool,
}

/// An enforcement officer 执法人员 of the task force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Officer {
    /// The name, encrypted.
    pub name: Sealed,
    /// The number of the enforcement certificate 执法证号.
    pub certificate: String,
}

named_enum!(
    /// The office that an approver holds.
    ApproverPost {
        /// 正职负责人.
        Head = "head",
        /// 主持工作的负责人: a deputy who presides over the work for a time.
        PresidingDeputy = "presiding_deputy",
        /// 副职负责人: a deputy who does not.
        Deputy = "deputy",
        /// 县级以上公安机关负责人.
        PoliceHead = "police_head",
        /// 检察长.
        ChiefProcurator = "chief_procurator",
    }
);

/// Who approved, in which office.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Approval {
    /// The name, encrypted.
    pub name: Sealed,
    /// The office held on the day of the act.
    pub post: ApproverPost,
    /// The first day on which a deputy presides.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub presides_from: Option<chrono::NaiveDate>,
    /// The last day on which a deputy presides; absent while it is open.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub presides_to: Option<chrono::NaiveDate>,
}

named_enum!(
    /// The materials of 310号 art. 6. The letter itself is issued by casebus.
    MaterialKind {
        /// 涉嫌犯罪案件情况的调查报告.
        InvestigationReport = "investigation_report",
        /// 涉案物品清单.
        GoodsList = "goods_list",
        /// 有关检验报告或者鉴定结论.
        Appraisal = "appraisal",
        /// 其他有关涉嫌犯罪的材料.
        Other = "other",
    }
);

impl MaterialKind {
    /// Its name as it is printed.
    pub const fn title(self) -> &'static str {
        match self {
            Self::InvestigationReport => "涉嫌犯罪案件情况的调查报告",
            Self::GoodsList => "涉案物品清单",
            Self::Appraisal => "有关检验报告或者鉴定结论",
            Self::Other => "其他有关涉嫌犯罪的材料",
        }
    }
}

/// A file that belongs to a step; it stands outside casebus, and its hash here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Attachment {
    /// Its name.
    pub name: String,
    /// SHA-256 of the file, in lower-case hexadecimal.
    pub sha256: String,
}

/// A material of a dispatch: enclosed with its hash, or absent with the reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HandoffMaterial {
    /// Which.
    pub kind: MaterialKind,
    /// Its name, where it is enclosed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    /// SHA-256 of the file, where it is enclosed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sha256: Option<String>,
    /// Why it is absent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub absent_because: Option<String>,
}

/// An item of the goods 涉案物品.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Goods {
    /// What it is.
    pub name: String,
    /// How many or how much, as written on the list.
    pub quantity: String,
    /// Of what unit.
    pub unit: String,
    /// Where it is kept.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub storage: Option<String>,
    /// Why it differs from the list of the dispatch, where it does.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub difference: Option<String>,
}

named_enum!(
    /// A milestone of the criminal side. Only the last two are told to the sender.
    Milestone {
        /// 拘留.
        Detention = "detention",
        /// 逮捕.
        Arrest = "arrest",
        /// 侦查终结移送审查起诉.
        TransferForProsecution = "transfer_for_prosecution",
        /// 提起公诉.
        Prosecution = "prosecution",
    }
);

impl Milestone {
    /// Whether it is a secret of the investigation, which the sender does not see.
    pub const fn is_investigative(self) -> bool {
        match self {
            Self::Detention | Self::Arrest => true,
            Self::TransferForProsecution | Self::Prosecution => false,
        }
    }
}

named_enum!(
    /// What a court found.
    Verdict {
        /// 有罪.
        Guilty = "guilty",
        /// 无罪.
        NotGuilty = "not_guilty",
        /// 免予刑事处罚.
        Exempt = "exempt",
    }
);

named_enum!(
    /// What an administrative organ decided.
    DecisionKind {
        /// 行政处罚.
        Penalty = "penalty",
        /// 不予处罚.
        NoPenalty = "no_penalty",
        /// 违法事实不成立.
        NotEstablished = "not_established",
        /// 移送其他机关.
        SentElsewhere = "sent_elsewhere",
    }
);

/// What an act says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Said {
    /// What a handoff is opened with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opening: Option<Box<Opening>>,
    /// The lanes that it is about, by number.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lanes: Vec<u32>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What is reported, found, answered or demanded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// The officers of the task force.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub officers: Vec<Officer>,
    /// Who approved it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval: Option<Approval>,
    /// The materials of the dispatch.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub materials: Vec<HandoffMaterial>,
    /// Goods, item by item.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub goods: Vec<Goods>,
    /// The organ that it names: the police, the competent authority, the addressee, who is consulted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<DepartmentId>,
    /// The procuratorate of the police that it names; casebus writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub procuratorate: Option<DepartmentId>,
    /// The court of the police that it names; casebus writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub court: Option<DepartmentId>,
    /// A list, item by item: what is missing, what is held.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<String>,
    /// The milestone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub milestone: Option<Milestone>,
    /// What the court found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// A fine in fen 分, a hundredth of a yuan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fine_fen: Option<i64>,
    /// What the administrative organ decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<DecisionKind>,
    /// The number of a notice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice: Option<u32>,
    /// A clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock: Option<HandoffClock>,
    /// Its run, where it is about one run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<u32>,
    /// Suspects that join.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suspects: Vec<Suspect>,
    /// Files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// Another handoff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handoff: Option<HandoffId>,
    /// The transfer by which its sender sent the case on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transfer: Option<TransferId>,
    /// The number of a paper that was issued outside casebus, as its issuer wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The conditions of filing are met.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub conditions_met: bool,
    /// The legal review.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub legal_review: Option<LegalReview>,
    /// What another handoff brings with it when it is joined, or takes with it when it is split off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub carried: Option<Box<super::lane::Carried>>,
}

impl Said {
    /// SHA-256 of what it says, in lower-case hexadecimal: what the paper of the step is bound to.
    pub fn sha256(&self) -> String {
        let bytes =
            serde_json::to_vec(self).expect("it holds only strings, numbers and lists, which JSON can write");
        crate::cloud_event::body_hash(&bytes)
    }

    /// Whether it says a field.
    pub fn says(&self, field: super::Field) -> bool {
        use super::Field;
        match field {
            Field::Lanes => !self.lanes.is_empty(),
            Field::Reason => self.reason.is_some(),
            Field::Content => self.content.is_some(),
            Field::Officers => !self.officers.is_empty(),
            Field::Approval => self.approval.is_some(),
            Field::Materials => !self.materials.is_empty(),
            Field::Goods => !self.goods.is_empty(),
            Field::Department => self.department.is_some(),
            Field::Items => !self.items.is_empty(),
            Field::Milestone => self.milestone.is_some(),
            Field::Verdict => self.verdict.is_some(),
            Field::Fine => self.fine_fen.is_some(),
            Field::Decision => self.decision.is_some(),
            Field::Notice => self.notice.is_some(),
            Field::Clock => self.clock.is_some(),
            Field::Suspects => !self.suspects.is_empty(),
            Field::Attachments => !self.attachments.is_empty(),
            Field::Handoff => self.handoff.is_some(),
            Field::Transfer => self.transfer.is_some(),
            Field::Reference => self.reference.is_some(),
            Field::ConditionsMet => self.conditions_met,
            Field::LegalReview => self.legal_review.is_some(),
        }
    }
}
