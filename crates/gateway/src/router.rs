//! All routes, and their description in OpenAPI 3.1.

use crate::answers::problem::{FieldProblemAnswer, ProblemAnswer};
use crate::answers::response_headers;
use crate::app::App;
use crate::layers;
use crate::operations::{about, act, create, department, feed, handoff, read, watch};
use crate::problem::Problem;
use axum::Router;
use axum::middleware::from_fn_with_state;
use contract::handoff::HandoffAct;
use contract::problem::ProblemCode;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "casebus",
        description = "Carries clues, cases and results between government departments 部门间线索移送与结果反馈. \
            Every item lands somewhere, every item gets an answer 件件有着落、事事有回音.\n\n\
            Send the department's key as `Authorization: Bearer cb_…`. Errors are `application/problem+json` \
            (RFC 9457) with a stable `code`, in `zh-CN` or `en` by `Accept-Language`.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    tags(
        (name = "create", description = "Send 移送"),
        (name = "act", description = "Sign, accept, object, answer, confirm 签收、受理、异议、反馈、确认"),
        (name = "read", description = "Transfers, matters, departments, routing"),
        (name = "department", description = "What a department says about itself, and its digest 本部门设置与每日提要"),
        (name = "handoff", description = "Criminal handoffs 行刑衔接: from agency to police, procuratorate and court, and back"),
        (name = "watch", description = "Who is silent 督办"),
        (name = "feed", description = "Events in order"),
        (name = "about", description = "The service itself"),
    ),
    security(("key" = []), ("key_header" = [])),
    components(schemas(
        ProblemAnswer,
        FieldProblemAnswer,
        handoff::said::NewOfficer,
        handoff::said::NewApproval,
        handoff::new_suspect::NewSuspect,
        contract::handoff::HandoffMaterial,
        contract::handoff::Attachment,
        create::new_terms::NewLegalReview
    )),
    modifiers(&Keys)
)]
struct Description;

/// How a key is sent.
struct Keys;

impl Modify for Keys {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_with(Default::default);
        components.add_security_scheme("key", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
        let header = ApiKey::Header(ApiKeyValue::new("X-API-Key"));
        components.add_security_scheme("key_header", SecurityScheme::ApiKey(header));
    }
}

/// The description of the API in OpenAPI 3.1. Needs no running service.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let mut document = described().split_for_parts().1;
    handoff::describe::describe(&mut document);
    response_headers::describe(&mut document);
    document
}

/// The routes with their layers.
pub(crate) fn router(app: &App) -> Router {
    let (routes, _) = described().split_for_parts();
    let acts = HandoffAct::ALL.iter().filter(|act| !act.is_internal());
    let routes = acts
        .fold(routes, |routes, act| routes.route(&handoff::describe::path(*act), handoff::act::route(*act)));
    routes
        .merge(about::docs::page())
        .fallback(no_route)
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn_with_state(app.clone(), layers::surround))
        .with_state(app.clone())
}

async fn no_route() -> Problem {
    Problem::new(ProblemCode::RequestNoRoute)
}

async fn wrong_method() -> Problem {
    Problem::new(ProblemCode::RequestMethod)
}

fn described() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Description::openapi())
        .merge(creates())
        .merge(acts())
        .merge(acts_on_time())
        .merge(acts_together())
        .merge(reads())
        .merge(of_handoffs())
        .merge(of_departments())
        .merge(about_the_service())
}

fn creates() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create::clue_transfer::send_clue_transfer))
        .routes(routes!(create::case_referral::send_case_referral))
        .routes(routes!(create::notice::send_notice))
        .routes(routes!(create::supervision_task::send_supervision_task))
        .routes(routes!(create::assistance_request::send_assistance_request))
}

fn acts() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(act::receipt::sign))
        .routes(routes!(act::acceptance::accept))
        .routes(routes!(act::supplement_request::request_supplement))
        .routes(routes!(act::supplement::supplement))
        .routes(routes!(act::objection::object))
        .routes(routes!(act::objection_answer::answer_objection))
        .routes(routes!(act::dispute_agreement::agree_in_dispute))
        .routes(routes!(act::dispute_submission::submit_dispute))
        .routes(routes!(act::designation::designate))
        .routes(routes!(act::filing::file))
        .routes(routes!(act::decision::decide))
        .routes(routes!(act::feedback::give_feedback))
        .routes(routes!(act::feedback_confirmation::confirm_feedback))
        .routes(routes!(act::feedback_contest::contest_feedback))
        .routes(routes!(act::contest_ruling::rule_contest))
        .routes(routes!(act::resending::resend))
        .routes(routes!(act::keeping::keep))
        .routes(routes!(act::conversion::convert))
        .routes(routes!(act::withdrawal::withdraw))
}

fn acts_on_time() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(act::suspension::suspend))
        .routes(routes!(act::resumption::resume))
        .routes(routes!(act::extension::request_extension))
        .routes(routes!(act::extension_decision::decide_extension))
        .routes(routes!(act::urge::urge))
        .routes(routes!(act::urge_reply::reply_to_urge))
        .routes(routes!(act::supervision::supervise))
        .routes(routes!(act::escalation::escalate))
        .routes(routes!(act::lateness_reason::explain_lateness))
        .routes(routes!(act::meeting_decision::record_meeting_decision))
        .routes(routes!(act::failure_acknowledgement::acknowledge_failure))
        .routes(routes!(act::routing_confirmation::confirm_routing))
}

fn acts_together() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(act::plan::file_plan))
        .routes(routes!(act::progress::report_progress))
        .routes(routes!(act::reopening::reopen))
        .routes(routes!(act::joint_handling::handle_jointly))
        .routes(routes!(act::internal_assignment::assign_internally))
}

fn reads() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(read::transfers::list_transfers))
        .routes(routes!(read::transfer::read_transfer))
        .routes(routes!(read::transfer_events::read_transfer_events))
        .routes(routes!(read::clock::explain_clock))
        .routes(routes!(read::matter::read_matter))
        .routes(routes!(read::supervision_tasks::list_supervision_tasks))
        .routes(routes!(read::supervision_tasks::read_supervision_task))
        .routes(routes!(read::rule_packs::list_rule_packs))
        .routes(routes!(read::rule_packs::read_rule_pack))
        .routes(routes!(read::departments::list_departments))
        .routes(routes!(read::routing::find_route))
        .routes(routes!(watch::unacknowledged::list_unacknowledged))
        .routes(routes!(watch::missing_feedback::list_missing_feedback))
        .routes(routes!(watch::agenda::list_agenda))
        .routes(routes!(watch::assumed_routing::list_assumed_routing))
        .routes(routes!(watch::scorecard::read_scorecard))
        .routes(routes!(watch::summary::read_summary))
        .routes(routes!(feed::events::read_events))
        .routes(routes!(feed::stream::stream_events))
}

fn of_handoffs() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(handoff::open::open_handoff, handoff::list::list_handoffs))
        .routes(routes!(handoff::read::read_handoff))
        .routes(routes!(handoff::events::read_handoff_events))
        .routes(routes!(handoff::clocks::explain_handoff_clocks))
        .routes(routes!(handoff::paper::print_paper))
        .routes(routes!(handoff::standards::list_standards))
        .routes(routes!(watch::handoffs::watch_handoffs))
        .routes(routes!(watch::untransferred::list_untransferred))
}

fn of_departments() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(
            department::read_notification_settings::read_notification_settings,
            department::set_notification_settings::set_notification_settings
        ))
        .routes(routes!(
            department::read_contact::read_contact,
            department::hand_over_contact::hand_over_contact
        ))
        .routes(routes!(department::list_absences::list_absences, department::note_absence::note_absence))
        .routes(routes!(department::digest::read_digest))
}

fn about_the_service() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(about::openapi_json::read_openapi))
        .routes(routes!(about::healthz::is_alive))
        .routes(routes!(about::readyz::is_ready))
        .routes(routes!(about::metrics::read_metrics))
}
