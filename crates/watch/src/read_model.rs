//! Whether the read model lists everything that the log holds.

use crate::{WatchConfig, WatchError};
use std::time::Duration;

/// How long it is waited for: an event is in the read model a moment after it is in the log.
const PATIENCE: Duration = Duration::from_secs(1);

/// Whether the read model has reached the head that the log has now.
pub(crate) async fn has_reached_head(config: &WatchConfig) -> Result<bool, WatchError> {
    let head = config.desk.log().head().await?;
    views::wait_for_position(config.views.pool(), head.position, PATIENCE).await?;
    let checkpoint = config.views.checkpoint().await?;
    Ok(checkpoint.epoch == head.epoch && checkpoint.position >= head.position)
}
