//! Creates: `POST /v1/<kind>`, one file each. This one is the road they share.

mod addressee;
pub(crate) mod case_referral;
pub(crate) mod clue_transfer;
pub(crate) mod new_transfer;
pub(crate) mod notice;
mod seal;
pub(crate) mod supervision_task;

pub(crate) use new_transfer::NewTransfer;

use crate::app::App;
use crate::body::{self, ReadBody, Reading};
use crate::caller::Known;
use crate::problem::Problem;
use crate::visibility::is_party;
use crate::writing::Writing;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use chrono::NaiveDate;
use command::Done;
use contract::ids::TransferId;
use contract::kind::TransferKind;
use domain::Transfer;
use domain::registry::Registry;
use domain::transfer::commands::SendTransfer;
use serde_json::Value;

/// A new transfer, as its body says it.
pub(crate) trait Create: ReadBody {
    /// Its kind.
    const KIND: TransferKind;

    /// What all kinds have, and the day by which a task is to be done.
    fn parts(self) -> (NewTransfer, Option<NaiveDate>);
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
    /// Sends the transfer.
    pub(crate) async fn carry_out<C: Create>(self) -> Result<Response, Problem> {
        let registry = self.writing.app.registry();
        let done = match self.read::<C>(&registry).await {
            Ok((command, origin)) => {
                let desk = &self.writing.app.desk;
                desk.send(&self.writing.request, &command, origin.as_ref()).await?
            }
            Err(problem) => self.first_answer_or(problem).await?,
        };
        self.writing.answer(done, StatusCode::CREATED).await
    }

    async fn first_answer_or(&self, problem: Problem) -> Result<Done, Problem> {
        self.writing.first_answer_or(problem).await
    }

    /// Reads the body into the command, and loads the transfer that it names as its origin.
    async fn read<C: Create>(
        &self,
        registry: &Registry,
    ) -> Result<(SendTransfer, Option<Transfer>), Problem> {
        let value = body::json(&self.headers, &self.body, false)?;
        let origin = self.origin(&value).await?;
        let reading = Reading {
            caller: &self.writing.caller,
            registry,
            now: self.writing.request.now,
            origin: origin.as_ref(),
            transfer: None,
        };
        let (new, deadline) = body::read::<C>(&value, &reading)?.parts();
        let from = self.writing.caller.department.clone();
        let addressed = addressee::route(&new, &from, registry)?;
        let receiver_of_origin = origin.as_ref().map(|origin| &origin.reference.to);
        let command = SendTransfer {
            from_receiver_of_origin: receiver_of_origin.is_some_and(|to| registry.counts_as(to, &from)),
            id: TransferId::fresh(),
            kind: C::KIND,
            office: registry.office_between(&from, &addressed.to),
            from,
            to: addressed.to,
            routing: addressed.routing,
            subject_matter: new.subject_matter,
            title: new.title,
            summary: new.summary,
            urgency: new.urgency,
            source: new.source,
            discovered_at: new.discovered_at,
            subjects: seal::seal(&self.writing, new.subjects).await?,
            deadline,
        };
        Ok((command, origin))
    }

    /// The earlier transfer that the body names, if the caller is a party to it.
    async fn origin(&self, value: &Value) -> Result<Option<Transfer>, Problem> {
        let named = value.get("origin").and_then(Value::as_str).and_then(|text| text.parse().ok());
        let Some(id) = named else { return Ok(None) };
        let transfer = self.writing.app.desk.transfer(id).await?;
        let own = &self.writing.caller.department;
        Ok(transfer.filter(|transfer| is_party(&transfer.standing(self.writing.request.now), own)))
    }
}
