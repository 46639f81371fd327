//! `GET /v1/watch/untransferred`: administrative cases that should have gone to the police.

use crate::answers::list_entry::PageAnswer;
use crate::answers::problem::ReadProblems;
use crate::civil_time::civil_text;
use crate::cursor;
use crate::operations::handoff::reader;
use crate::problem::Problem;
use crate::reading::{Read, ReadHeaders};
use axum::Json;
use contract::event::OutcomeCode;
use contract::ids::{DepartmentId, MatterId, TransferId};
use domain::registry::DepartmentType;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};
use views::Visibility;
use views::handoff::Reader;
use views::transfer::{ListCursor, Transfer};

const ROUTE: &str = "/v1/watch/untransferred";

/// Which page.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; the reader is below")]
pub(crate) struct UntransferredParameters {
    /// How many entries a page has.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// An administrative case whose decision meets a transfer standard, and of whose matter there is no criminal handoff.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Untransferred)]
pub(crate) struct UntransferredEntry {
    /// The transfer in which it was decided.
    transfer: TransferId,
    /// Its number as people write it.
    number: String,
    /// What it is about.
    title: String,
    /// Its matter.
    matter: MatterId,
    /// Who decided.
    decided_by: DepartmentId,
    /// Its name.
    decided_by_name: String,
    /// What came out.
    outcome: Option<OutcomeCode>,
    /// The transfer standard that it meets.
    standard: Option<String>,
    /// The offence of that standard.
    offence: Option<String>,
    /// The amount involved in fen.
    amount_fen: Option<i64>,
    /// Earlier penalties of the same kind.
    earlier_penalties: Option<u32>,
    /// Business time of the last event.
    #[schema(format = DateTime)]
    updated_at: String,
}

/// List what should have been transferred
///
/// Administrative cases whose decision meets a transfer standard and of whose matter there is no criminal handoff; last
/// sent first. A procuratorate sees those of the organs under its government.
#[utoipa::path(
    get,
    path = "/v1/watch/untransferred",
    tag = "watch",
    params(UntransferredParameters, ReadHeaders),
    responses((status = 200, description = "A page of the list", body = PageAnswer<UntransferredEntry>), ReadProblems)
)]
pub(crate) async fn list_untransferred(read: Read) -> Result<Json<PageAnswer<UntransferredEntry>>, Problem> {
    let parameters = &read.parameters;
    parameters.known(&["limit", "cursor"])?;
    let limit = parameters.limit(50, 200)?;
    let place: Option<ListCursor> = cursor::read(ROUTE, parameters)?;
    let reader = Reader { visibility: sight(&read), ..reader(&read.caller, &read.registry) };
    let page = read.app.views.untransferred(&reader, place, limit).await?;
    let next_cursor = page.next.map(|place| cursor::write(ROUTE, parameters, place));
    let data = page.entries.into_iter().map(|transfer| entry(transfer, &read)).collect();
    Ok(Json(PageAnswer { data, next_cursor }))
}

/// A procuratorate watches over the organs under its government (规则 art. 557).
fn sight(read: &Read) -> Visibility {
    let own = &read.caller.department;
    let kind = read.registry.department(own).map(|department| department.department_type);
    if kind == Some(DepartmentType::Procuratorate) {
        return Visibility::Region { own: own.clone(), region: read.registry.region(own) };
    }
    read.visibility.clone()
}

fn entry(transfer: Transfer, read: &Read) -> UntransferredEntry {
    let rules = read.app.desk.rules();
    let pack = rules.pack(&transfer.rule_pack).ok();
    let standard = transfer.standard.as_deref();
    let offence = pack.and_then(|pack| pack.criminal.standard(standard?)).map(|found| found.offence.clone());
    UntransferredEntry {
        transfer: transfer.id,
        number: transfer.number,
        title: transfer.title,
        matter: transfer.matter,
        decided_by_name: crate::answers::handoff::name_of(&read.registry, &transfer.to_department),
        decided_by: transfer.to_department,
        outcome: transfer.decided_outcome,
        standard: transfer.standard,
        offence,
        amount_fen: transfer.amount_fen,
        earlier_penalties: transfer.earlier_penalties,
        updated_at: civil_text(transfer.updated_at),
    }
}
