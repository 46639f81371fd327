//! `GET /v1/events`: a page of the feed.

use super::{Stretch, after};
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
    /// Up to here nothing that the caller may see is missing; go on after it. Less than `after` where the log ends before.
    covered_to: i64,
    /// Epoch of the log: when it has changed, positions of before may have been used twice; read from 0 again.
    epoch: i64,
    /// While it is there, events from this position on could not be read yet by casebus itself, perhaps of transfers of the
    /// caller. Once they can be, they stand at their positions: read again from before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    incomplete_from: Option<i64>,
}

/// Read the feed
///
/// Everything that the caller may see after a position, in order. Read on after `covered_to`. A page may have fewer events
/// than its limit and not be the last one: it ends with 8 MiB of bodies.
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
    let Stretch { events: data, covered_to, epoch, incomplete_from } = after(&read, start, limit).await?;
    Ok(Json(FeedAnswer { data, covered_to, epoch, incomplete_from }))
}
