//! `GET /docs`: the page of the API, Swagger UI with its files inside the binary; it loads nothing from elsewhere.

use crate::app::App;
use axum::Router;
use utoipa_swagger_ui::{Config, SwaggerUi};

/// The page. It reads its description from `/openapi.json`.
pub(crate) fn page() -> Router<App> {
    // No validator: that would send the description to a service on the internet.
    let config =
        Config::new(["/openapi.json"]).validator_url("none").try_it_out_enabled(true).doc_expansion("none");
    SwaggerUi::new("/docs").config(config).into()
}
