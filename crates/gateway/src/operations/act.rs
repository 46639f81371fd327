//! Acts on a transfer: `POST /v1/transfers/{id}/…`, one file each. This one is the road they share.

pub(crate) mod acceptance;
pub(crate) mod contest_ruling;
pub(crate) mod conversion;
pub(crate) mod decision;
pub(crate) mod designation;
pub(crate) mod dispute_agreement;
pub(crate) mod dispute_submission;
pub(crate) mod escalation;
pub(crate) mod extension;
pub(crate) mod extension_decision;
pub(crate) mod failure_acknowledgement;
pub(crate) mod feedback;
pub(crate) mod feedback_confirmation;
pub(crate) mod feedback_contest;
pub(crate) mod filing;
pub(crate) mod internal_assignment;
pub(crate) mod joint_handling;
pub(crate) mod keeping;
pub(crate) mod lateness_reason;
pub(crate) mod meeting_decision;
pub(crate) mod objection;
pub(crate) mod objection_answer;
mod overseen;
pub(crate) mod plan;
pub(crate) mod progress;
pub(crate) mod receipt;
pub(crate) mod reopening;
pub(crate) mod resending;
pub(crate) mod resumption;
pub(crate) mod routing_confirmation;
pub(crate) mod supervision;
pub(crate) mod supplement;
pub(crate) mod supplement_request;
pub(crate) mod suspension;
pub(crate) mod urge;
pub(crate) mod urge_reply;
pub(crate) mod withdrawal;

use crate::app::App;
use crate::body::{self, ReadBody, Reading};
use crate::caller::Known;
use crate::policy;
use crate::problem::Problem;
use crate::reading::path_parameter;
use crate::visibility::may_see;
use crate::writing::Writing;
use accounts::Caller;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use command::{CommandError, Done};
use contract::action::Action;
use contract::ids::TransferId;
use contract::problem::ProblemCode;
use domain::registry::Registry;
use domain::{Command, Transfer};

/// How often a role is checked again because the transfer changed meanwhile.
const CHECKS: u32 = 8;

/// The path of an act.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes the path; the reader is ActCall")]
pub(crate) struct TransferPath {
    /// The transfer.
    id: TransferId,
}

/// The path of an act on a feedback.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes the path; the reader is ActCall")]
pub(crate) struct FeedbackPath {
    /// The transfer.
    id: TransferId,
    /// The number of the feedback.
    #[param(minimum = 1)]
    n: u32,
}

/// An act, as its body says it.
pub(crate) trait Act: ReadBody {
    /// Which act.
    const ACTION: Action;

    /// The command.
    fn command(self, context: &Context<'_>) -> Command;
}

/// What a command needs beside the body.
pub(crate) struct Context<'a> {
    /// The transfer as the caller's act finds it.
    pub(crate) transfer: &'a Transfer,
    /// The registry.
    pub(crate) registry: &'a Registry,
    /// The number of the feedback in the path; 0, which no feedback has, where it is no number.
    pub(crate) feedback: u32,
}

/// A request for an act.
pub(crate) struct ActCall {
    app: App,
    caller: Caller,
    path: String,
    id: Option<TransferId>,
    feedback: u32,
    headers: HeaderMap,
    body: Bytes,
}

impl FromRequest<App> for ActCall {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let Known(caller) = Known::from_request_parts(&mut parts, app).await?;
        let id = path_parameter(&mut parts, app, "id").await;
        let feedback = path_parameter(&mut parts, app, "n").await;
        Ok(Self {
            app: app.clone(),
            caller,
            path: parts.uri.path().to_owned(),
            id: id.and_then(|id| id.parse().ok()),
            feedback: feedback.and_then(|number| number.parse().ok()).unwrap_or(0),
            headers: parts.headers,
            body: body::bytes(body).await?,
        })
    }
}

impl ActCall {
    /// Carries out the act: who may not know of the transfer learns that there is none, before anything else is said.
    pub(crate) async fn carry_out<A: Act>(self) -> Result<Response, Problem> {
        let id = self.id.ok_or_else(|| Problem::new(ProblemCode::TransferNotFound))?;
        let registry = self.app.registry();
        let now = self.app.now();
        let checked = Checked { action: A::ACTION, registry: &registry, now };
        let transfer = checked.transfer(&self.app, &self.caller, id).await?;
        let mut writing =
            Writing::begin(self.app, self.caller, &self.path, &self.headers, &self.body, false)?;
        let reading = Reading {
            caller: &writing.caller,
            registry: &registry,
            now: writing.request.now,
            origin: None,
            transfer: Some(&transfer),
        };
        let may = checked.role(&transfer, &writing.caller);
        let value = may.and_then(|()| body::json(&self.headers, &self.body, A::MAY_BE_EMPTY));
        let done = match value.and_then(|value| body::read::<A>(&value, &reading)) {
            Ok(act) => {
                let context = Context { transfer: &transfer, registry: &registry, feedback: self.feedback };
                let command = act.command(&context);
                checked.carry_out(&mut writing, transfer, &command).await?
            }
            Err(problem) => writing.first_answer_or(problem).await?,
        };
        // The old receiver of a rerouted transfer is not shown the new one, but its own.
        let done = if may_see(&writing.caller, &done.transfer, now, &registry) {
            done
        } else {
            Done { transfer: writing.app.desk.transfer_at(id, done.position).await?, ..done }
        };
        writing.answer(done, StatusCode::OK).await
    }
}

/// An act whose role is checked on the transfer on which it is decided.
struct Checked<'a> {
    action: Action,
    registry: &'a Registry,
    now: DateTime<Utc>,
}

impl Checked<'_> {
    /// The transfer, if the caller may know of it.
    async fn transfer(&self, app: &App, caller: &Caller, id: TransferId) -> Result<Transfer, Problem> {
        let transfer = app.desk.transfer(id).await?;
        let transfer = transfer.filter(|transfer| may_see(caller, transfer, self.now, self.registry));
        transfer.ok_or_else(|| Problem::new(ProblemCode::TransferNotFound))
    }

    /// Whether the caller has the role that the act needs as things stand. It may have been another when the act was done:
    /// a repeat gets its first answer all the same.
    fn role(&self, transfer: &Transfer, caller: &Caller) -> Result<(), Problem> {
        policy::check_role(self.action, &transfer.standing(self.now), caller)
    }

    /// Lets the desk decide. Where the role may change with the next event, only on the version that was checked; when
    /// the transfer has moved on, it is checked again.
    async fn carry_out(
        &self,
        writing: &mut Writing,
        mut transfer: Transfer,
        command: &Command,
    ) -> Result<Done, Problem> {
        let id = transfer.reference.id;
        let is_pinned = policy::role_may_change(self.action) && writing.request.expected_version.is_none();
        for _ in 0..CHECKS {
            if is_pinned {
                writing.request.expected_version = Some(transfer.version);
            }
            match writing.app.desk.act(&writing.request, id, command).await {
                Err(CommandError::VersionMismatch { .. }) if is_pinned => {
                    transfer = self.transfer(&writing.app, &writing.caller, id).await?;
                    if let Err(problem) = self.role(&transfer, &writing.caller) {
                        return writing.first_answer_or(problem).await;
                    }
                }
                done => {
                    return done.map_err(|error| explained(error, &transfer, &writing.caller, self.now));
                }
            }
        }
        Err(CommandError::Busy.into())
    }
}

/// A refusal says what the caller may do instead.
fn explained(error: CommandError, transfer: &Transfer, caller: &Caller, now: DateTime<Utc>) -> Problem {
    let is_refused = matches!(error, CommandError::Refused(_));
    let problem = Problem::from(error);
    if !is_refused {
        return problem;
    }
    let allowed = policy::allowed_actions(&transfer.standing(now), caller);
    problem.with("allowed_actions", allowed.iter().map(|action| action.name()).collect::<Vec<_>>())
}
