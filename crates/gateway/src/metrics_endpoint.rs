//! `/metrics` and `/healthz` of a service that has no API of its own.

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Serves them until the stop.
pub async fn serve_metrics(listener: TcpListener, metrics: PrometheusHandle, stop: CancellationToken) {
    let read_metrics = async move || -> axum::response::Response {
        ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics.render()).into_response()
    };
    let routes = Router::new().route("/metrics", get(read_metrics)).route("/healthz", get(async || "ok"));
    let server = axum::serve(listener, routes).with_graceful_shutdown(stop.cancelled_owned());
    if let Err(error) = server.await {
        tracing::error!(error = &error as &dyn std::error::Error, "the metrics are served no more");
    }
}
