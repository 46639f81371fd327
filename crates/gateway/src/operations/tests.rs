//! The readers of bodies, and the schemas that describe them, say the same.

use super::{act, create, department, handoff};
use crate::body::{ReadBody, Reading};
use crate::fields::{Fields, Problems};
use crate::policy::{self, Access};
use accounts::{Caller, Scope};
use axum::http::Method;
use contract::action::Action;
use contract::actor::Role;
use contract::handoff::HandoffAct;
use contract::ids::DepartmentId;
use contract::problem::ProblemCode;
use domain::registry::Registry;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use utoipa::PartialSchema;

fn caller() -> Caller {
    let department = DepartmentId::new("320100-ybj").unwrap();
    Caller { key_id: "k_000000000000".to_owned(), department, role: Role::Clerk, scope: Scope::Own }
}

/// Reads a body: the names that were asked for, and what was wrong.
fn read<T: ReadBody>(body: &Map<String, Value>) -> (BTreeSet<String>, Vec<(String, ProblemCode)>) {
    let (caller, registry) = (caller(), Registry::default());
    let now = "2026-09-30T01:00:00Z".parse().unwrap();
    let reading = Reading { caller: &caller, registry: &registry, now, origin: None, transfer: None };
    let problems = Problems::default();
    let fields = Fields::new(String::new(), body, &problems);
    T::read(&fields, &reading);
    fields.refuse_unknown();
    let asked = fields.asked().into_iter().map(str::to_owned).collect();
    let problems = problems.take();
    (asked, problems.listed().iter().map(|problem| (problem.pointer.clone(), problem.code)).collect())
}

/// The properties of a schema, those of its parts too.
fn properties(schema: &Value) -> Map<String, Value> {
    let mut properties = schema["properties"].as_object().cloned().unwrap_or_default();
    for part in schema["allOf"].as_array().into_iter().flatten() {
        let part = match part["$ref"].as_str() {
            Some("#/components/schemas/NewTransfer") => schema_of::<create::NewTransfer>(),
            Some(other) => panic!("{other} is not known here"),
            None => part.clone(),
        };
        properties.extend(self::properties(&part));
    }
    properties
}

fn required(schema: &Value) -> BTreeSet<String> {
    let own = schema["required"].as_array().into_iter().flatten();
    own.map(|name| name.as_str().unwrap().to_owned()).collect()
}

fn schema_of<T: PartialSchema>() -> Value {
    serde_json::to_value(T::schema()).unwrap()
}

fn agree<T: ReadBody + PartialSchema>(name: &str) {
    let schema = schema_of::<T>();
    let properties = properties(&schema);
    let (asked, wrong) = read::<T>(&Map::new());
    assert_eq!(asked, properties.keys().cloned().collect(), "fields of {name}");
    let missing: BTreeSet<String> = wrong.iter().map(|(pointer, _)| pointer[1..].to_owned()).collect();
    for field in required(&schema) {
        assert!(missing.contains(&field), "{name}.{field} is required in the schema, and not by the reader");
    }
    for (field, property) in &properties {
        limits_agree::<T>(name, field, property);
    }
}

/// A text of the longest length is not too long; one character more is.
fn limits_agree<T: ReadBody>(name: &str, field: &str, property: &Value) {
    let is_text = property["type"] == "string" || property["type"] == json!(["string", "null"]);
    if !is_text || property.get("format").is_some() || property.get("pattern").is_some() {
        return;
    }
    let longest = property["maxLength"].as_u64().unwrap_or_else(|| panic!("{name}.{field} has no maxLength"));
    let longest = usize::try_from(longest).unwrap();
    let is_too_long = |length: usize| {
        let body = Map::from_iter([(field.to_owned(), json!("字".repeat(length)))]);
        let too_long = (format!("/{field}"), ProblemCode::FieldTooLong);
        read::<T>(&body).1.contains(&too_long)
    };
    assert!(!is_too_long(longest) && is_too_long(longest + 1), "limit of {name}.{field}");
}

#[test]
fn readers_and_schemas_name_the_same_fields_and_limits() {
    macro_rules! all {
        ($($body:ty),+) => { $(agree::<$body>(stringify!($body));)+ };
    }
    all!(
        create::NewTransfer,
        create::supervision_task::NewSupervisionTask,
        act::supplement_request::SupplementRequestBody,
        act::supplement::SupplementBody,
        act::objection::ObjectionBody,
        act::objection_answer::ObjectionAnswerBody,
        act::dispute_agreement::DisputeAgreementBody,
        act::dispute_submission::DisputeSubmissionBody,
        act::designation::DesignationBody,
        act::filing::FilingBody,
        act::decision::DecisionBody,
        act::feedback::FeedbackBody,
        act::feedback_contest::FeedbackContestBody,
        act::contest_ruling::ContestRulingBody,
        act::resending::ResendingBody,
        act::keeping::KeepingBody,
        act::withdrawal::WithdrawalBody,
        act::suspension::SuspensionBody,
        act::resumption::ResumptionBody,
        act::extension::ExtensionBody,
        act::extension_decision::ExtensionDecisionBody,
        act::urge::UrgeBody,
        act::urge_reply::UrgeReplyBody,
        act::supervision::SupervisionBody,
        act::escalation::EscalationBody,
        act::lateness_reason::LatenessReasonBody,
        act::meeting_decision::MeetingDecisionBody,
        act::failure_acknowledgement::FailureAcknowledgementBody,
        act::routing_confirmation::RoutingConfirmationBody,
        act::plan::PlanBody,
        act::progress::ProgressBody,
        act::reopening::ReopeningBody,
        act::joint_handling::JointHandlingBody,
        act::joint_handling::ParticipantBody,
        act::internal_assignment::InternalAssignmentBody,
        handoff::open::NewHandoff,
        create::new_terms::NewLegalReview,
        create::new_terms::NewMaterial,
        create::new_terms::NewReporter,
        create::new_task::NewDueDate,
        department::set_notification_settings::SettingsBody,
        department::hand_over_contact::ContactBody,
        department::note_absence::AbsenceBody
    );
}

#[test]
fn every_mistake_of_a_body_is_found_at_once() {
    let body = json!({
        "to": "nobody", "title": " ", "summary": 7, "urgency": "soon", "discovered_at": "2027-01-01T00:00:00Z",
        "subjects": [
            {"kind": "organisation", "name": "\u{202e}x", "uscc": "91210200MA0QECKN5A"},
            {"kind": "person", "name": "张三", "identity_number": "11010519491231002X", "uscc": "x"},
            "x"
        ],
        "origin": "x", "a/b": 1
    });
    let (_, wrong) = read::<create::NewTransfer>(body.as_object().unwrap());
    let wrong: BTreeSet<_> = wrong.iter().map(|(pointer, code)| (pointer.as_str(), code.code())).collect();
    let expected = BTreeSet::from([
        ("/to", "field.malformed"),
        ("/title", "field.empty"),
        ("/summary", "field.wrong-type"),
        ("/urgency", "field.unknown-value"),
        ("/source", "field.required"),
        ("/discovered_at", "field.in-future"),
        ("/subjects/0/name", "field.control-character"),
        ("/subjects/0/uscc", "uscc.check-character"),
        ("/subjects/1/uscc", "field.unknown"),
        ("/subjects/2", "field.wrong-type"),
        ("/origin", "field.malformed"),
        ("/a~1b", "field.unknown"),
    ]);
    assert_eq!(wrong, expected);
}

#[test]
fn every_route_stands_in_the_policy_table_and_the_other_way_round() {
    let described: BTreeSet<(String, String)> = crate::openapi()
        .paths
        .paths
        .iter()
        .flat_map(|(path, item)| {
            let methods =
                [("GET", item.get.is_some()), ("POST", item.post.is_some()), ("PUT", item.put.is_some())];
            let other = item.patch.is_some() || item.delete.is_some();
            assert!(!other, "{path} has a method that this test does not know");
            methods
                .into_iter()
                .filter(|(_, there)| *there)
                .map(|(method, _)| (method.to_owned(), path.clone()))
        })
        .collect();
    let handoff_acts = HandoffAct::ALL.iter().filter(|act| !act.is_internal());
    let mut expected: BTreeSet<(String, String)> =
        handoff_acts.map(|act| ("POST".to_owned(), handoff::describe::path(*act))).collect();
    for (_, path) in &expected {
        assert_eq!(policy::access(&Method::POST, path), Some(Access::Key), "{path}");
    }
    let table: BTreeSet<_> =
        policy::ROUTES.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    expected.extend(table.iter().cloned());
    assert_eq!(described, expected);
    assert_eq!(table.len(), policy::ROUTES.len(), "a route stands twice in the table");
    let acts: BTreeSet<Action> = policy::ROUTES
        .iter()
        .filter_map(|(_, _, access)| match access {
            Access::Act(action) => Some(*action),
            Access::Public | Access::Key => None,
        })
        .collect();
    assert_eq!(acts, Action::ALL.iter().copied().collect(), "every act has a route");
}

#[test]
fn an_act_that_casebus_does_by_itself_has_no_route() {
    for act in HandoffAct::ALL.iter().filter(|act| act.is_internal()) {
        assert_eq!(policy::access(&Method::POST, &handoff::describe::path(*act)), None, "{act:?}");
    }
}

#[test]
fn every_act_on_a_handoff_reads_the_fields_that_its_description_names() {
    let document: Value = serde_json::from_str(&crate::openapi().to_json().unwrap()).unwrap();
    for act in HandoffAct::ALL.iter().copied().filter(|act| !act.is_internal()) {
        let operation = &document["paths"][handoff::describe::path(act)]["post"];
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        let described: BTreeSet<String> =
            schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
        let (caller, registry) = (caller(), Registry::default());
        let now = "2026-09-30T01:00:00Z".parse().unwrap();
        let reading = Reading { caller: &caller, registry: &registry, now, origin: None, transfer: None };
        let (problems, body) = (Problems::default(), Map::new());
        let fields = Fields::new(String::new(), &body, &problems);
        let _ = handoff::said::NewSaid::read(act, &fields, &reading);
        let asked: BTreeSet<String> = fields.asked().into_iter().map(str::to_owned).collect();
        assert_eq!(asked, described, "fields of {act:?}");
        let missing: BTreeSet<String> =
            problems.take().listed().iter().map(|problem| problem.pointer[1..].to_owned()).collect();
        assert_eq!(missing, required(schema), "required fields of {act:?}");
        assert!(operation["summary"].as_str().is_some_and(|summary| !summary.is_empty()));
    }
}

#[test]
fn a_route_that_is_not_in_the_table_is_open_to_nobody() {
    assert_eq!(policy::access(&Method::HEAD, "/v1/transfers"), Some(Access::Key));
    assert_eq!(policy::access(&Method::GET, "/docs/{*rest}"), Some(Access::Public));
    assert_eq!(policy::access(&Method::DELETE, "/v1/transfers"), None);
    assert_eq!(policy::access(&Method::GET, "/v1/secrets"), None);
}

#[test]
fn public_routes_are_the_only_ones_described_without_a_key() {
    let document: Value = serde_json::from_str(&crate::openapi().to_json().unwrap()).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    for (method, path, access) in policy::ROUTES {
        let security = &document["paths"][path][method.to_lowercase()]["security"];
        let is_open = security.as_array().is_some_and(|all| all.iter().all(|one| one == &json!({})));
        assert_eq!(is_open, *access == Access::Public, "{method} {path}: {security}");
    }
}

#[test]
fn every_reference_of_the_description_leads_somewhere() {
    fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str));
                for member in members.values() {
                    references(member, found);
                }
            }
            Value::Array(entries) => {
                for entry in entries {
                    references(entry, found);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let document: Value = serde_json::from_str(&crate::openapi().to_json().unwrap()).unwrap();
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 50);
    for reference in found {
        assert!(document.pointer(&reference[1..]).is_some(), "{reference} leads nowhere");
    }
}

#[test]
fn the_description_names_the_headers_and_problems_of_answers_where_they_are_given() {
    let document: Value = serde_json::from_str(&crate::openapi().to_json().unwrap()).unwrap();
    let answer =
        |method: &str, path: &str, status: &str| document["paths"][path][method]["responses"][status].clone();
    let has = |answer: &Value, name: &str| answer["headers"][name].is_object();
    for (path, status, place) in [
        ("/v1/clue-transfers", "201", "Location"),
        ("/v1/transfers/{id}/receipt", "200", "Content-Location"),
        ("/v1/criminal-handoffs/{id}/filing", "200", "Content-Location"),
    ] {
        let answer = answer("post", path, status);
        for name in [place, "Casebus-Position", "ETag", "Idempotency-Replayed"] {
            assert!(has(&answer, name), "{path} {name}: {answer}");
        }
    }
    assert!(has(&answer("post", "/v1/supervision-tasks", "201"), "Casebus-Group-Complete"));
    assert!(!has(&answer("post", "/v1/departments/{id}/absences", "201"), "Casebus-Position"));
    for (method, path, access) in policy::ROUTES.iter().filter(|(_, path, _)| path.starts_with("/v1/")) {
        let method = method.to_lowercase();
        assert_ne!(*access, Access::Public);
        assert!(answer(&method, path, "500").is_object(), "{method} {path}");
        for status in ["429", "503"] {
            assert!(has(&answer(&method, path, status), "Retry-After"), "{method} {path} {status}");
        }
        let parameters =
            document["paths"][path][&method]["parameters"].as_array().cloned().unwrap_or_default();
        let waits = parameters.iter().any(|parameter| parameter["name"] == "Casebus-Min-Position");
        assert_eq!(waits, method == "get", "{method} {path}");
    }
}
