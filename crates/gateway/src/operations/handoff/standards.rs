//! `GET /v1/transfer-standards`: from when on a case must be transferred.

use crate::answers::clock_explanation::source_status;
use crate::answers::problem::ReadProblems;
use crate::problem::Problem;
use crate::reading::{Read, ReadHeaders};
use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

/// A transfer standard 移送标准. A case meets it by its amount, by earlier penalties of the same kind, or by a
/// circumstance that a person judges.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TransferStandard)]
pub(crate) struct StandardAnswer {
    /// Its id.
    id: String,
    /// The offence.
    offence: String,
    /// The amount in fen from which it is met.
    amount_fen: Option<i64>,
    /// The number of earlier penalties from which it is met.
    earlier_penalties: Option<u32>,
    /// The circumstance that a person judges.
    circumstance: Option<String>,
    /// Where it comes from, in Chinese and English.
    article: String,
    /// How sure that is: `parameter`, `verified`, `recalled` or `variant`.
    source_status: &'static str,
}

/// The library of transfer standards.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TransferStandards)]
pub(crate) struct StandardsAnswer {
    /// The rule pack that holds for the caller's department.
    rule_pack: String,
    /// Its standards.
    data: Vec<StandardAnswer>,
}

/// List the transfer standards
///
/// Those of the rule pack that holds for the caller's department now.
#[utoipa::path(
    get,
    path = "/v1/transfer-standards",
    tag = "handoff",
    params(ReadHeaders),
    responses((status = 200, description = "The library", body = StandardsAnswer), ReadProblems)
)]
pub(crate) async fn list_standards(read: Read) -> Result<Json<StandardsAnswer>, Problem> {
    read.parameters.known(&[])?;
    let rules = read.app.desk.rules();
    let pack = rules.current(&read.caller.department, read.now);
    let data = pack
        .criminal
        .standards
        .iter()
        .map(|standard| StandardAnswer {
            id: standard.id.clone(),
            offence: standard.offence.clone(),
            amount_fen: standard.amount_fen,
            earlier_penalties: standard.earlier_penalties,
            circumstance: standard.circumstance.clone(),
            article: standard.article.clone(),
            source_status: source_status(standard.status),
        })
        .collect();
    Ok(Json(StandardsAnswer { rule_pack: pack.id.clone(), data }))
}
