//! `GET /v1/transfers`: a department's desk, or what a supervisor oversees.

use crate::answers::list_entry::{ListEntry, PageAnswer};
use crate::answers::problem::ReadProblems;
use crate::cursor;
use crate::fields::Choice;
use crate::problem::Problem;
use crate::reading::{Read, ReadHeaders};
use axum::Json;
use contract::ids::DepartmentId;
use contract::kind::TransferKind;
use contract::limits::NAME_MAX_CHARACTERS;
use contract::state::TransferState;
use utoipa::{IntoParams, ToSchema};
use views::transfer::{BoxFilter, ListCursor, ListFilter};

const ROUTE: &str = "/v1/transfers";
const PARAMETERS: [&str; 9] =
    ["box", "state", "holder", "kind", "overdue", "text", "matter", "limit", "cursor"];

/// Which side of the caller's desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum Desk {
    /// What it received.
    In,
    /// What it sent.
    Out,
    /// Everything that the caller may see.
    All,
}

impl Choice for Desk {
    fn names() -> Vec<&'static str> {
        vec!["in", "out", "all"]
    }

    fn choose(name: &str) -> Option<Self> {
        match name {
            "in" => Some(Self::In),
            "out" => Some(Self::Out),
            "all" => Some(Self::All),
            _ => None,
        }
    }
}

/// What the list shows.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; the reader is below")]
pub(crate) struct ListParameters {
    /// Received by the caller's department, sent by it, or everything that the caller may see.
    #[param(inline)]
    r#box: Option<Desk>,
    /// In this state.
    state: Option<TransferState>,
    /// Held by this department.
    #[param(value_type = Option<String>)]
    holder: Option<DepartmentId>,
    /// Of this kind.
    kind: Option<TransferKind>,
    /// `true`: only with a duty whose due moment has come.
    overdue: Option<bool>,
    /// With this text in title, number or summary.
    #[param(max_length = 120)]
    text: Option<String>,
    /// Of this matter.
    #[param(value_type = Option<String>, format = Uuid)]
    matter: Option<String>,
    /// How many entries a page has.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List transfers
///
/// Last sent first.
#[utoipa::path(
    get,
    path = "/v1/transfers",
    tag = "read",
    params(ListParameters, ReadHeaders),
    responses((status = 200, description = "A page of transfers", body = PageAnswer<ListEntry>), ReadProblems)
)]
pub(crate) async fn list_transfers(read: Read) -> Result<Json<PageAnswer<ListEntry>>, Problem> {
    let parameters = &read.parameters;
    parameters.known(&PARAMETERS)?;
    let filter = filter(&read)?;
    let limit = parameters.limit(50, 200)?;
    let place: Option<ListCursor> = cursor::read(ROUTE, parameters)?;
    let page = read.app.views.list_transfers(&read.visibility, &filter, place, limit).await?;
    read.note_fetched(page.entries.iter().map(|transfer| {
        let office = transfer.holder.iter();
        let parties = [&transfer.from_department, &transfer.to_department, &transfer.office];
        (transfer.id, parties.into_iter().chain(office).collect())
    }))
    .await?;
    let next_cursor = page.next.map(|place| cursor::write(ROUTE, parameters, place));
    let entry = |transfer| ListEntry::of(transfer, &read.registry, read.now);
    Ok(Json(PageAnswer { data: page.entries.into_iter().map(entry).collect(), next_cursor }))
}

fn filter(read: &Read) -> Result<ListFilter, Problem> {
    let parameters = &read.parameters;
    let own = || read.caller.department.clone();
    Ok(ListFilter {
        desk: match parameters.choice("box")? {
            Some(Desk::In) => Some(BoxFilter::In(own())),
            Some(Desk::Out) => Some(BoxFilter::Out(own())),
            Some(Desk::All) | None => None,
        },
        state: parameters.choice("state")?,
        holder: parameters.parsed("holder", "expected-department-id", |text| DepartmentId::new(text).ok())?,
        kind: parameters.choice("kind")?,
        matter: parameters.parsed("matter", "expected-matter-id", |text| text.parse().ok())?,
        overdue_at: parameters.flag("overdue")?.then_some(read.now),
        text: parameters.text("text", NAME_MAX_CHARACTERS)?,
    })
}
