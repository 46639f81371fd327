//! `GET /v1/rule-packs` and `GET /v1/rule-packs/{id}`: the time limits and checklists of each jurisdiction.

use crate::answers::clock_explanation::{ExtensionRuleAnswer, source_status};
use crate::answers::problem::ReadProblems;
use crate::problem::Problem;
use crate::reading::{Read, ReadHeaders};
use axum::Json;
use chrono::NaiveDate;
use contract::clock::{ClockCode, PauseReason};
use contract::kind::TransferKind;
use contract::problem::ProblemCode;
use domain::period::Period;
use domain::rule_pack::{AssumedLeads, ClockRule, RulePack};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

/// The rule packs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RulePacksAnswer {
    /// Every pack, in the order in which they became known.
    data: Vec<RulePackAnswer>,
}

/// A rule pack 规则包.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RulePack)]
pub(crate) struct RulePackAnswer {
    /// Its name and version.
    #[schema(example = "cn-default-2026.2")]
    id: String,
    /// The pack whose rules hold where this one says nothing.
    inherits: Option<String>,
    /// Where it holds: a division code (GB/T 2260), or `cn`.
    jurisdiction: String,
    /// From which day new transfers begin under it.
    effective_from: NaiveDate,
    /// The last day on which new transfers begin under it.
    effective_to: Option<NaiveDate>,
    /// Whether the receiver of a clue may send it onward.
    onward_clue: bool,
    /// Whether a lead that the matrix only assumes routes at once; else the office is asked.
    assumed_leads_route: bool,
    /// Kinds that need a legal review 法制审核 before they are sent.
    legal_review: Vec<TransferKind>,
    /// Checklists of materials.
    materials: Vec<MaterialRuleAnswer>,
    /// Who gets copies.
    copies: Vec<CopyRuleAnswer>,
    /// Its clocks.
    clocks: Vec<ClockRuleAnswer>,
}

/// A material that a kind of transfer comes with.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MaterialRule)]
struct MaterialRuleAnswer {
    /// The kind.
    kind: TransferKind,
    /// Its name.
    name: String,
    /// Whether its absence needs a stated reason.
    required: bool,
}

/// Who gets a copy of a kind of transfer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CopyRule)]
struct CopyRuleAnswer {
    /// The kind.
    kind: TransferKind,
    /// Every body of this type under the government of the receiver.
    #[schema(example = "PROCURATORATE")]
    to_type: String,
    /// Where the duty comes from.
    article: String,
}

/// One clock of a pack.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ClockRule)]
struct ClockRuleAnswer {
    /// Code.
    code: ClockCode,
    /// What it is called.
    name: String,
    /// In which kinds of transfer it runs.
    kinds: Vec<TransferKind>,
    /// How long it runs.
    period: PeriodAnswer,
    /// How long it runs in an urgent transfer, when that differs.
    urgent: Option<PeriodAnswer>,
    /// For which reasons it may stand still.
    pauses: Vec<PauseReason>,
    /// How it may be extended; `null` where it may not.
    extension: Option<ExtensionRuleAnswer>,
    /// After which share of its time it warns, in percent.
    warn_percent: Option<u8>,
    /// The article from which it comes, or which it resembles.
    article: String,
    /// How sure that is: `parameter`, `verified`, `recalled` or `variant`.
    #[schema(example = "parameter")]
    source_status: &'static str,
}

/// A length of time.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Period)]
struct PeriodAnswer {
    /// How many; 0 where a task brings its own dates.
    length: u16,
    /// Of what.
    #[schema(example = "working_day")]
    unit: &'static str,
}

/// The path of a rule pack.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes the path; the reader is below")]
pub(crate) struct RulePackPath {
    /// The rule pack.
    id: String,
}

/// List rule packs
///
/// A transfer keeps the pack under which it began; `rule_pack` names it.
#[utoipa::path(
    get,
    path = "/v1/rule-packs",
    tag = "read",
    params(ReadHeaders),
    responses((status = 200, description = "The rule packs", body = RulePacksAnswer), ReadProblems)
)]
pub(crate) async fn list_rule_packs(read: Read) -> Result<Json<RulePacksAnswer>, Problem> {
    read.parameters.known(&[])?;
    Ok(Json(RulePacksAnswer { data: read.app.desk.rules().packs().iter().map(answer).collect() }))
}

/// Read a rule pack
#[utoipa::path(
    get,
    path = "/v1/rule-packs/{id}",
    tag = "read",
    params(RulePackPath, ReadHeaders),
    responses((status = 200, description = "The rule pack", body = RulePackAnswer), ReadProblems)
)]
pub(crate) async fn read_rule_pack(read: Read) -> Result<Json<RulePackAnswer>, Problem> {
    read.parameters.known(&[])?;
    let rules = read.app.desk.rules();
    let pack = rules.pack(read.id.as_deref().unwrap_or_default()).ok();
    pack.map(|pack| Json(answer(pack))).ok_or_else(|| Problem::new(ProblemCode::RulePackNotFound))
}

fn answer(pack: &RulePack) -> RulePackAnswer {
    let material = |rule: &domain::rule_pack::MaterialRule| MaterialRuleAnswer {
        kind: rule.kind,
        name: rule.name.clone(),
        required: rule.required,
    };
    let copy = |rule: &domain::rule_pack::CopyRule| CopyRuleAnswer {
        kind: rule.kind,
        to_type: rule.to_type.clone(),
        article: rule.article.clone(),
    };
    RulePackAnswer {
        id: pack.id.clone(),
        inherits: pack.inherits.clone(),
        jurisdiction: pack.jurisdiction.clone(),
        effective_from: pack.effective_from,
        effective_to: pack.effective_to,
        onward_clue: pack.onward_clue,
        assumed_leads_route: pack.assumed_leads == AssumedLeads::Route,
        legal_review: pack.legal_review.clone(),
        materials: pack.materials.iter().map(material).collect(),
        copies: pack.copies.iter().map(copy).collect(),
        clocks: pack.clocks.iter().map(clock).collect(),
    }
}

fn clock(rule: &ClockRule) -> ClockRuleAnswer {
    let period = |period: Period| PeriodAnswer { length: period.length, unit: period.unit.name() };
    ClockRuleAnswer {
        code: rule.code,
        name: rule.name.clone(),
        kinds: rule.kinds.clone(),
        period: period(rule.period),
        urgent: rule.urgent.map(period),
        pauses: rule.pauses.clone(),
        extension: rule.extension.map(ExtensionRuleAnswer::from),
        warn_percent: rule.warn_percent,
        article: rule.article.clone(),
        source_status: source_status(rule.status),
    }
}
