//! `GET /metrics`: counters and histograms for Prometheus.

use crate::app::App;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

/// Read the metrics
///
/// In the text format of Prometheus. No names, no content.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "about",
    security(()),
    responses((status = 200, description = "The metrics", body = String, content_type = "text/plain"))
)]
pub(crate) async fn read_metrics(State(app): State<App>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], app.metrics.render())
}
