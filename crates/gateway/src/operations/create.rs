//! Creates: `POST /v1/<kind>`, one file each. This one is the road they share.

pub(crate) mod addressee;
pub(crate) mod assistance_request;
pub(crate) mod case_referral;
pub(crate) mod clue_transfer;
pub(crate) mod new_task;
pub(crate) mod new_terms;
pub(crate) mod new_transfer;
pub(crate) mod notice;
mod seal;
mod sending;
pub(crate) mod similar;
pub(crate) mod supervision_task;

pub(crate) use new_transfer::NewTransfer;

use crate::app::App;
use crate::body::{self, ReadBody, Reading};
use crate::caller::Known;
use crate::headers::GROUP_COMPLETE;
use crate::problem::Problem;
use crate::visibility::is_party;
use crate::writing::{Writing, put};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use command::Done;
use contract::ids::TransferId;
use contract::kind::TransferKind;
use domain::Transfer;
use domain::registry::Registry;
use domain::transfer::commands::SendTransfer;
use new_task::NewTask;
use serde_json::Value;

/// A new transfer, as its body says it.
pub(crate) trait Create: ReadBody {
    /// Its kind.
    const KIND: TransferKind;

    /// What it says.
    fn parts(self) -> Parts;
}

/// What a new transfer says.
pub(crate) struct Parts {
    /// What all kinds have.
    transfer: NewTransfer,
    /// What only a task has.
    task: NewTask,
}

impl Parts {
    /// A transfer that is no task.
    fn of(transfer: NewTransfer) -> Self {
        Self { transfer, task: NewTask::default() }
    }
}

/// The commands of a request, ready to be decided.
struct Ready {
    /// One for each receiver; of one matter where there are several.
    commands: Vec<SendTransfer>,
    /// The transfer that the body names as its origin.
    origin: Option<Transfer>,
    /// A set of departments was named whose source does not name every member.
    is_incomplete: bool,
}

/// A request for a new transfer.
pub(crate) struct CreateCall {
    writing: Writing,
    headers: HeaderMap,
    body: Bytes,
}

impl FromRequest<App> for CreateCall {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let Known(caller) = Known::from_request_parts(&mut parts, app).await?;
        let body = body::bytes(body).await?;
        let writing = Writing::begin(app.clone(), caller, parts.uri.path(), &parts.headers, &body, true)?;
        Ok(Self { writing, headers: parts.headers, body })
    }
}

impl CreateCall {
    /// Sends the transfer, or one for each of several departments.
    pub(crate) async fn carry_out<C: Create>(self) -> Result<Response, Problem> {
        let registry = self.writing.app.registry();
        let value = body::json(&self.headers, &self.body, false);
        // Of a repeat that reads no more, the same bytes still say whether several were named.
        let has_several = value.as_ref().is_ok_and(|value| value["departments"].is_array());
        let ready = match value {
            Ok(value) => self.ready::<C>(value, &registry).await,
            Err(problem) => Err(problem),
        };
        let mut is_incomplete = false;
        let done = match ready {
            Ok(ready) => {
                is_incomplete = ready.is_incomplete;
                self.send(&ready).await?
            }
            Err(problem) => self.writing.first_answer_or(problem).await?,
        };
        let matter = done.transfer.reference.matter;
        let mut response = self.writing.answer(done, StatusCode::CREATED).await?;
        if has_several {
            put(response.headers_mut(), LOCATION, &format!("/v1/supervision-tasks/{matter}"));
        }
        if is_incomplete {
            put(response.headers_mut(), HeaderName::from_static(GROUP_COMPLETE), "false");
        }
        Ok(response)
    }

    async fn send(&self, ready: &Ready) -> Result<Done, Problem> {
        let desk = &self.writing.app.desk;
        Ok(match ready.commands.as_slice() {
            [one] => desk.send(&self.writing.request, one, ready.origin.as_ref()).await?,
            several => desk.send_all(&self.writing.request, several).await?,
        })
    }

    /// Reads the body into commands, and loads the transfer that it names as its origin.
    async fn ready<C: Create>(&self, mut value: Value, registry: &Registry) -> Result<Ready, Problem> {
        let mut origin = None;
        if let Some(id) = named_origin(&value) {
            // Parsed, a body may be many times as large as its bytes: it is parsed again rather than kept while the log
            // answers.
            drop(value);
            origin = self.origin(id).await?;
            value = body::json(&self.headers, &self.body, false)?;
        }
        let reading = Reading {
            caller: &self.writing.caller,
            registry,
            now: self.writing.request.now,
            origin: origin.as_ref(),
            transfer: None,
        };
        let parts = body::read::<C>(&value, &reading)?.parts();
        drop(value);
        let receivers = &parts.task.receivers;
        new_task::check_size(receivers.departments.len(), self.body.len())?;
        let is_incomplete = receivers.is_incomplete;
        let commands = sending::commands(&self.writing, C::KIND, parts, origin.as_ref(), registry).await?;
        Ok(Ready { commands, origin, is_incomplete })
    }

    /// The earlier transfer that the body names, if the caller is a party to it.
    async fn origin(&self, id: TransferId) -> Result<Option<Transfer>, Problem> {
        let transfer = self.writing.app.desk.transfer(id).await?;
        let own = &self.writing.caller.department;
        Ok(transfer.filter(|transfer| is_party(&transfer.standing(self.writing.request.now), own)))
    }
}

/// The transfer that a body names as its origin.
pub(crate) fn named_origin(value: &Value) -> Option<TransferId> {
    value.get("origin").and_then(Value::as_str).and_then(|text| text.parse().ok())
}
