//! `GET /healthz`: whether the process lives.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

/// The process lives.
#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    /// Always `ok`.
    status: &'static str,
}

/// Ask whether the process lives
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "about",
    security(()),
    responses((status = 200, description = "It lives", body = Health))
)]
pub(crate) async fn is_alive() -> Json<Health> {
    Json(Health { status: "ok" })
}
