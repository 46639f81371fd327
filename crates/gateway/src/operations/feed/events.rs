//! `GET /v1/events`: a page of the feed.

use super::after;
use crate::answers::event::EventAnswer;
use crate::answers::problem::ReadProblems;
use crate::headers::position;
use crate::problem::Problem;
use crate::reading::{Read, ReadHeaders};
use axum::Json;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

/// Which part of the feed.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; the reader is below")]
pub(crate) struct FeedParameters {
    /// The position after which the page begins: `covered_to` of the page before.
    #[param(minimum = 0, default = 0)]
    after: Option<i64>,
    /// How many events a page has at most.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<i64>,
}

/// A page of the feed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FeedAnswer {
    /// The events that the caller may see, in order of position.
    data: Vec<EventAnswer>,
    /// Up to here nothing that the caller may see is missing; go on after it.
    covered_to: i64,
    /// Epoch of the log: when it has changed, positions of before may have been used twice; read from 0 again.
    epoch: i64,
}

/// Read the feed
///
/// Everything that the caller may see after a position, in order. Read on after `covered_to`.
#[utoipa::path(
    get,
    path = "/v1/events",
    tag = "feed",
    params(FeedParameters, ReadHeaders),
    responses((status = 200, description = "A page of the feed", body = FeedAnswer), ReadProblems)
)]
pub(crate) async fn read_events(read: Read) -> Result<Json<FeedAnswer>, Problem> {
    read.parameters.known(&["after", "limit"])?;
    let start = read.parameters.parsed("after", "expected-position", position)?.unwrap_or(0);
    let limit = read.parameters.limit(100, 1000)?;
    let stretch = after(&read, start, limit).await?;
    Ok(Json(FeedAnswer { data: stretch.events, covered_to: stretch.covered_to, epoch: stretch.epoch }))
}
