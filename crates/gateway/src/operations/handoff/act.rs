//! `POST /v1/criminal-handoffs/{id}/<act>`: every act of the statute's table, each under its own name.

use super::said::NewSaid;
use super::{answer, first_answer_or, seen};
use crate::app::App;
use crate::body::{self, Reading};
use crate::caller::Known;
use crate::fields::{Fields, Problems};
use crate::policy;
use crate::problem::{FieldProblem, Problem, phrase};
use crate::reading::path_parameter;
use crate::writing::Writing;
use accounts::Caller;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{MethodRouter, post};
use bytes::Bytes;
use command::CommandError;
use contract::handoff::{HandoffAct, Need, fields};
use contract::ids::{DepartmentId, HandoffId, TransferId};
use contract::problem::ProblemCode;
use domain::handoff::{Handoff, HandoffAction, allowed_acts};
use domain::registry::Registry;
use domain::transfer::State;

/// A request for an act.
pub(crate) struct HandoffCall {
    app: App,
    caller: Caller,
    path: String,
    id: Option<HandoffId>,
    headers: HeaderMap,
    body: Bytes,
}

impl FromRequest<App> for HandoffCall {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let Known(caller) = Known::from_request_parts(&mut parts, app).await?;
        let id = path_parameter(&mut parts, app, "id").await;
        Ok(Self {
            app: app.clone(),
            caller,
            path: parts.uri.path().to_owned(),
            id: id.and_then(|id| id.parse().ok()),
            headers: parts.headers,
            body: body::bytes(body).await?,
        })
    }
}

/// The route of an act.
pub(crate) fn route(act: HandoffAct) -> MethodRouter<App> {
    post(move |call: HandoffCall| call.carry_out(act))
}

impl HandoffCall {
    /// Carries out the act: who may not know of the handoff learns that there is none, before anything else is said.
    async fn carry_out(self, act: HandoffAct) -> Result<Response, Problem> {
        let id = self.id.ok_or_else(|| Problem::new(ProblemCode::HandoffNotFound))?;
        let registry = self.app.registry();
        let handoff = seen(&self.app, &self.caller, id).await?;
        policy::check_handoff_role(act, &self.caller)?;
        let writing = Writing::begin(self.app, self.caller, &self.path, &self.headers, &self.body, false)?;
        let is_bare = fields(act).iter().all(|(_, need)| *need == Need::Optional);
        let said = match body::json(&self.headers, &self.body, is_bare) {
            Ok(value) => read(act, &value, &writing, &registry),
            Err(problem) => Err(problem),
        };
        let done = match said {
            // A repeat gets its first answer whatever it says now, so no keys are made for it.
            Ok(_) if writing.is_repeat().await? => {
                first_answer_or(&writing, Problem::new(ProblemCode::ServiceInternal)).await?
            }
            Ok(said) => {
                // Whoever joins another handoff must know of it.
                if let Some(other) = said.handoff() {
                    seen(&writing.app, &writing.caller, other).await?;
                }
                if let Some(transfer) = said.transfer() {
                    must_have_sent(&writing, &handoff, transfer).await?;
                }
                let said = said.seal(&writing).await?;
                let action = HandoffAction { act, said, fresh: HandoffId::fresh() };
                let desk = &writing.app.desk;
                let done = desk.act_on_handoff(&writing.request, id, &action, false, &registry).await;
                done.map_err(|error| explained(error, &handoff, &writing, &registry))?
            }
            Err(problem) => first_answer_or(&writing, problem).await?,
        };
        answer(&writing, done, StatusCode::OK).await
    }
}

/// Who says that a case went on by a transfer must have sent that, or an agency that handles the case together with it; what was
/// withdrawn did not go on.
async fn must_have_sent(writing: &Writing, handoff: &Handoff, id: TransferId) -> Result<(), Problem> {
    let (own, parties) = (&writing.caller.department, &handoff.after.parties);
    let handles = |department: &DepartmentId| {
        parties.agency == *department || parties.joined_agencies.contains(department)
    };
    let sent = writing.app.desk.transfer(id).await?.filter(|transfer| {
        let from = &transfer.reference.from;
        from == own || (handles(own) && handles(from))
    });
    let code = match sent {
        None => ProblemCode::TransferNotFound,
        Some(transfer) if transfer.state == State::Withdrawn => ProblemCode::TransferEnded,
        Some(_) => return Ok(()),
    };
    Err(Problem::invalid(FieldProblem { pointer: "/transfer".to_owned(), code, named: Vec::new() }))
}

fn read(
    act: HandoffAct,
    value: &serde_json::Value,
    writing: &Writing,
    registry: &Registry,
) -> Result<NewSaid, Problem> {
    let Some(object) = value.as_object() else {
        let named = vec![("expected", phrase("expected-object"))];
        let problem = FieldProblem { pointer: String::new(), code: ProblemCode::FieldWrongType, named };
        return Err(Problem::invalid(problem));
    };
    let reading =
        Reading { caller: &writing.caller, registry, now: writing.request.now, origin: None, transfer: None };
    let problems = Problems::default();
    let fields = Fields::new(String::new(), object, &problems);
    let said = NewSaid::read(act, &fields, &reading);
    fields.refuse_unknown();
    let problems = problems.take();
    if problems.count() == 0 { Ok(said) } else { Err(Problem::invalid(problems)) }
}

/// A refusal says what the caller may do instead.
fn explained(error: CommandError, handoff: &Handoff, writing: &Writing, registry: &Registry) -> Problem {
    let is_refused = matches!(error, CommandError::HandoffRefused(_));
    let problem = Problem::from(error);
    if !is_refused {
        return problem;
    }
    problem.with("allowed_acts", allowed(&writing.app, &writing.caller, handoff, registry))
}

/// The names of the acts that the caller could do now.
pub(crate) fn allowed(app: &App, caller: &Caller, handoff: &Handoff, registry: &Registry) -> Vec<String> {
    let rules = app.desk.rules();
    let acts = allowed_acts(handoff, &caller.department, app.now(), &rules, registry);
    acts.into_iter()
        .filter(|act| policy::check_handoff_role(*act, caller).is_ok())
        .map(|act| act.name().to_owned())
        .collect()
}
