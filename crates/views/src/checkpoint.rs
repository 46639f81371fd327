//! How far the log is folded. The row is named after the shape of the rows of the views: a migration that changes the
//! shape names it anew, and a projector of an earlier shape then folds nothing.

use crate::{Views, ViewsError};
use sqlx::{AssertSqlSafe, PgConnection, PgPool};
use std::time::Duration;
use tokio::time::Instant;

/// The name of the shape that this program folds into; the statements below spell it out.
const SHAPE: &str = "views_1.2";
/// How often somebody who waits for a position looks.
const POLL_INTERVAL: Duration = Duration::from_millis(5);

/// How far the log is folded, and which epoch of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Position of the last folded event; 0: none.
    pub position: i64,
    /// Epoch of the log; 0: none was begun.
    pub epoch: i64,
}

impl Views {
    /// How far the log is folded.
    pub async fn checkpoint(&self) -> Result<Checkpoint, ViewsError> {
        read(&self.pool).await
    }
}

/// How far the log is folded.
pub async fn read(pool: &PgPool) -> Result<Checkpoint, ViewsError> {
    let checkpoint = sqlx::query_as!(
        Checkpoint,
        "select position, epoch from views_1.checkpoint where view_set = 'views_1.2'"
    )
    .fetch_one(pool)
    .await?;
    Ok(checkpoint)
}

/// Notes the epoch of the log in a read model that holds nothing yet; answers where the read model stands.
pub async fn begin(pool: &PgPool, epoch: i64) -> Result<Checkpoint, ViewsError> {
    sqlx::query!(
        "update views_1.checkpoint set epoch = $1 where view_set = 'views_1.2' and position = 0 and epoch = 0",
        epoch
    )
    .execute(pool)
    .await?;
    read(pool).await
}

/// Writes the checkpoint of a read model that was built beside the serving one, under the name of this program's shape.
pub(crate) async fn set(
    connection: &mut PgConnection,
    schema: &str,
    at: Checkpoint,
) -> Result<(), ViewsError> {
    let statement = format!("update {schema}.checkpoint set view_set = $1, position = $2, epoch = $3");
    sqlx::query(AssertSqlSafe(statement))
        .bind(SHAPE)
        .bind(at.position)
        .bind(at.epoch)
        .execute(connection)
        .await?;
    Ok(())
}

/// Moves the checkpoint, if it still stands where the batch was loaded.
pub(crate) async fn advance(
    connection: &mut PgConnection,
    old: Checkpoint,
    position: i64,
) -> Result<(), ViewsError> {
    let moved = sqlx::query!(
        "update views_1.checkpoint set position = $1 where view_set = 'views_1.2' and position = $2 and epoch = $3",
        position,
        old.position,
        old.epoch
    )
    .execute(connection)
    .await?;
    if moved.rows_affected() == 1 { Ok(()) } else { Err(ViewsError::CheckpointMoved(old.position)) }
}

/// Waits until the log is folded up to a position; answers whether it was in time.
pub async fn wait_for_position(pool: &PgPool, position: i64, at_most: Duration) -> Result<bool, ViewsError> {
    let deadline = Instant::now() + at_most;
    loop {
        if read(pool).await?.position >= position {
            return Ok(true);
        }
        let now = Instant::now();
        if now >= deadline {
            return Ok(false);
        }
        tokio::time::sleep(POLL_INTERVAL.min(deadline - now)).await;
    }
}
