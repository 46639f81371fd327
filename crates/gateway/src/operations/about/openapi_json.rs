//! `GET /openapi.json`: the description of the API in OpenAPI 3.1.

use crate::app::App;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

/// Read the description of the API
#[utoipa::path(
    get,
    path = "/openapi.json",
    tag = "about",
    security(()),
    responses((status = 200, description = "This document", content_type = "application/json"))
)]
pub(crate) async fn read_openapi(State(app): State<App>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], app.openapi.clone())
}
