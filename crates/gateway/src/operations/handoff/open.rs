//! `POST /v1/criminal-handoffs`: open a criminal handoff.

use super::new_suspect::NewSuspect;
use super::said::{LANES_MAX, NewApproval, approval};
use super::{answer, first_answer_or};
use crate::answers::handoff::HandoffAnswer;
use crate::answers::problem::WriteProblems;
use crate::app::App;
use crate::body::{self, ReadBody, Reading};
use crate::caller::Known;
use crate::fields::Fields;
use crate::operations::create::named_origin;
use crate::problem::Problem;
use crate::visibility::is_party;
use crate::writing::{WriteHeaders, Writing};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use chrono::NaiveDate;
use contract::handoff::Direction;
use contract::ids::{DepartmentId, HandoffId, TransferId};
use contract::limits::{NAME_MAX_CHARACTERS, TEXT_MAX_CHARACTERS, TITLE_MAX_CHARACTERS};
use contract::problem::ProblemCode;
use domain::Transfer;
use domain::handoff::OpenHandoff;
use domain::registry::DepartmentType;
use serde_json::Value;
use utoipa::ToSchema;
use views::Visibility;

/// A new criminal handoff.
#[derive(ToSchema)]
pub(crate) struct NewHandoff {
    /// Which way it runs. `forward`: an administrative organ found a suspected crime, or investigates whether there is
    /// one; sent by a procuratorate, its opinion that an agency must transfer. `reverse`: police, procuratorate or court
    /// hand a case to an administrative organ. `supervisory_clue`: a sealed clue to a supervisory commission.
    #[schema(default = "forward", required = false)]
    pub(crate) direction: Direction,
    /// The organ to which it goes; of a procuratorate's opinion the agency that must transfer.
    pub(crate) to: DepartmentId,
    /// One line that says what it is about.
    #[schema(min_length = 1, max_length = 200)]
    pub(crate) title: String,
    /// What was found.
    #[schema(min_length = 1, max_length = 4000)]
    pub(crate) summary: String,
    /// The suspects; each becomes a lane.
    #[schema(min_items = 1, max_items = 50)]
    pub(crate) suspects: Vec<NewSuspect>,
    /// The transfer from which it grew: one to which the caller is a party, or of a procuratorate one that
    /// `GET /v1/watch/untransferred` lists. Its sender is owed the result.
    #[expect(dead_code, reason = "describes the body; the transfer is loaded beside it")]
    pub(crate) origin: Option<TransferId>,
    /// The number of the agency's administrative case.
    #[schema(min_length = 1, max_length = 120)]
    pub(crate) administrative_case: Option<String>,
    /// When that case was filed: its ninety days count from there.
    pub(crate) administrative_case_filed_on: Option<NaiveDate>,
    /// The transfer standard 移送标准 that it meets; `GET /v1/transfer-standards` lists them.
    #[schema(min_length = 1, max_length = 120)]
    pub(crate) standard: Option<String>,
    /// The amount involved in fen 分.
    pub(crate) amount_fen: Option<i64>,
    /// 绿色通道: the agency's own clocks are shorter.
    #[schema(default = false, required = false)]
    pub(crate) expedited: bool,
    /// The crime that is suspected, where it is found already; without it the agency still investigates.
    #[schema(min_length = 1, max_length = 4000)]
    pub(crate) suspicion: Option<String>,
    /// Who approved the opinion of a procuratorate, forward or reverse; required there, and only there.
    pub(crate) approval: Option<NewApproval>,
    /// Of a sealed clue: the other keys of the sender's department that may know of it.
    #[schema(max_items = 50, required = false)]
    pub(crate) readers: Vec<String>,
}

impl ReadBody for NewHandoff {
    fn read(fields: &Fields<'_>, reading: &Reading<'_>) -> Option<Self> {
        let direction = fields.optional_choice("direction").unwrap_or(Direction::Forward);
        let to = fields.receiver("to", reading.registry);
        let title = fields.text("title", TITLE_MAX_CHARACTERS);
        let summary = fields.text("summary", TEXT_MAX_CHARACTERS);
        let suspects = fields.objects("suspects", LANES_MAX, |fields| NewSuspect::read(fields, reading));
        fields.require("suspects");
        let origin = fields.optional_transfer("origin");
        if origin.is_some() && reading.origin.is_none() {
            fields.wrong("origin", ProblemCode::OriginUnknown, crate::problem::Named::new());
        }
        let administrative_case = fields.optional_text("administrative_case", NAME_MAX_CHARACTERS);
        let administrative_case_filed_on = fields.optional_day("administrative_case_filed_on");
        let standard = fields.optional_text("standard", NAME_MAX_CHARACTERS);
        let amount_fen = fields.optional_fen("amount_fen");
        let expedited = fields.flag("expedited");
        let suspicion = fields.optional_text("suspicion", TEXT_MAX_CHARACTERS);
        let approval = fields.optional_object("approval", approval);
        let readers = fields.texts("readers", LANES_MAX, NAME_MAX_CHARACTERS);
        let is_procuratorate = reading
            .registry
            .department(&reading.caller.department)
            .is_some_and(|own| own.department_type == DepartmentType::Procuratorate);
        if direction != Direction::SupervisoryClue && is_procuratorate {
            fields.require("approval");
        } else {
            fields.excludes("approval", "direction");
        }
        if direction != Direction::SupervisoryClue {
            fields.excludes("readers", "direction");
        }
        Some(Self {
            direction,
            to: to?,
            title: title?,
            summary: summary?,
            suspects: suspects?,
            origin,
            administrative_case,
            administrative_case_filed_on,
            standard,
            amount_fen,
            expedited,
            suspicion,
            approval,
            readers: readers?,
        })
    }
}

/// A request to open a handoff.
pub(crate) struct OpenCall {
    writing: Writing,
    headers: HeaderMap,
    body: Bytes,
}

impl FromRequest<App> for OpenCall {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let Known(caller) = Known::from_request_parts(&mut parts, app).await?;
        let body = body::bytes(body).await?;
        let writing = Writing::begin(app.clone(), caller, parts.uri.path(), &parts.headers, &body, true)?;
        Ok(Self { writing, headers: parts.headers, body })
    }
}

/// Open a criminal handoff 建立行刑衔接移送
///
/// By an agency that finds a suspected crime, by a procuratorate that demands a transfer, as a reverse handoff, or as a
/// sealed clue to a supervisory commission.
#[utoipa::path(
    post,
    path = "/v1/criminal-handoffs",
    tag = "handoff",
    params(WriteHeaders),
    request_body = NewHandoff,
    responses((status = 201, description = "The handoff, opened", body = HandoffAnswer), WriteProblems)
)]
pub(crate) async fn open_handoff(call: OpenCall) -> Result<Response, Problem> {
    let OpenCall { writing, headers, body: bytes } = call;
    let registry = writing.app.registry();
    // Dropped here: parsed, a body may be many times as large as its bytes. It is parsed again rather than kept while the
    // log answers.
    let named = body::json(&headers, &bytes, false).ok().as_ref().and_then(Named::of);
    let origin = match named {
        Some(named) => origin(&writing, named).await?,
        None => None,
    };
    let reading = Reading {
        caller: &writing.caller,
        registry: &registry,
        now: writing.request.now,
        origin: origin.as_ref(),
        transfer: None,
    };
    let read =
        body::json(&headers, &bytes, false).and_then(|value| body::read::<NewHandoff>(&value, &reading));
    let done = match read {
        // A repeat gets its first answer whatever it says now, so no keys are made for it.
        Ok(_) if writing.is_repeat().await? => {
            first_answer_or(&writing, Problem::new(ProblemCode::ServiceInternal)).await?
        }
        Ok(new) => {
            let command = command(&writing, new, origin.as_ref()).await?;
            writing.app.desk.open_handoff(&writing.request, &command, &registry).await?
        }
        Err(problem) => first_answer_or(&writing, problem).await?,
    };
    answer(&writing, done, StatusCode::CREATED).await
}

/// What a body says of its origin.
struct Named {
    origin: TransferId,
    /// The organ to which the handoff goes.
    to: Option<String>,
}

impl Named {
    /// `None` where it names no origin.
    fn of(value: &Value) -> Option<Self> {
        let to = value.get("to").and_then(Value::as_str).map(str::to_owned);
        Some(Self { origin: named_origin(value)?, to })
    }
}

/// The transfer that the body names as its origin, if the caller is a party to it.
async fn origin(writing: &Writing, Named { origin: id, to }: Named) -> Result<Option<Transfer>, Problem> {
    let transfer = writing.app.desk.transfer(id).await?;
    let own = &writing.caller.department;
    let registry = writing.app.registry();
    let kind = registry.department(own).map(|department| department.department_type);
    // A procuratorate names the case of an organ under its government that should have been transferred.
    let listed = writing.app.views.transfer_by_id(&Visibility::All, id).await?;
    let is_listed = listed.is_some_and(|transfer| transfer.meets_standard);
    let watches = |transfer: &Transfer| {
        let is_about = to.as_deref() == Some(transfer.reference.to.as_str());
        let oversees = is_about && registry.in_region(own, &transfer.reference.to);
        kind == Some(DepartmentType::Procuratorate) && oversees && is_listed
    };
    let may_name =
        |transfer: &Transfer| is_party(&transfer.standing(writing.request.now), own) || watches(transfer);
    Ok(transfer.filter(may_name))
}

async fn command(
    writing: &Writing,
    new: NewHandoff,
    origin: Option<&Transfer>,
) -> Result<OpenHandoff, Problem> {
    let mut suspects = Vec::with_capacity(new.suspects.len());
    for suspect in new.suspects {
        suspects.push(suspect.seal(writing).await?);
    }
    let approval = match new.approval {
        Some(approval) => Some(approval.seal(writing).await?),
        None => None,
    };
    let own = &writing.caller.department;
    let mut readers = new.readers;
    readers.push(writing.caller.key_id.clone());
    readers.dedup();
    let is_sealed = new.direction == Direction::SupervisoryClue;
    Ok(OpenHandoff {
        id: HandoffId::fresh(),
        direction: new.direction,
        by: own.clone(),
        to: new.to,
        matter: origin.map(|transfer| transfer.reference.matter),
        origin: origin.map(|transfer| transfer.reference.id),
        upstream: origin
            .map(|transfer| &transfer.reference.from)
            .filter(|from| *from != own)
            .into_iter()
            .cloned()
            .collect(),
        title: new.title,
        summary: new.summary,
        suspects,
        administrative_case: new.administrative_case,
        administrative_case_filed_on: new.administrative_case_filed_on,
        standard: new.standard,
        amount_fen: new.amount_fen,
        expedited: new.expedited,
        suspicion: new.suspicion,
        readers: if is_sealed { readers } else { Vec::new() },
        approval,
    })
}
