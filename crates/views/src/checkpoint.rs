//! How far the log is folded. The row is named after the shape of the rows of the views: a migration that changes the
//! shape names it anew, and a projector of an earlier shape then folds nothing.

use crate::{Views, ViewsError};
use sqlx::{AssertSqlSafe, PgConnection, PgPool};
use std::time::Duration;
use tokio::time::Instant;
use uuid::Uuid;

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
    Ok(stand(pool).await?.checkpoint)
}

/// Where the read model stands, and which one it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stand {
    pub(crate) checkpoint: Checkpoint,
    /// Changes whenever rows came about by other means than folding on.
    pub(crate) generation: Uuid,
}

/// Asks for the checkpoint, and once more where it is not there: a question that was planned before a rebuilt read model took the
/// place of the serving one, and is answered after that, finds only that of the former one, which has another name by then.
pub(crate) async fn found<Row, Asked>(ask: impl Fn() -> Asked) -> Result<Row, sqlx::Error>
where
    Asked: Future<Output = Result<Row, sqlx::Error>>,
{
    match ask().await {
        Err(sqlx::Error::RowNotFound) => ask().await,
        found => found,
    }
}

pub(crate) async fn stand(pool: &PgPool) -> Result<Stand, ViewsError> {
    let ask = || {
        sqlx::query!(
            "select position, epoch, generation from views_1.checkpoint where view_set = 'views_1.2'"
        )
        .fetch_one(pool)
    };
    let row = found(ask).await?;
    let checkpoint = Checkpoint { position: row.position, epoch: row.epoch };
    Ok(Stand { checkpoint, generation: row.generation })
}

/// Notes the epoch of the log in a read model that holds nothing yet, whatever epoch stands there: a projector that had asked for the
/// epoch just before another began may have noted that one. Answers where the read model stands.
pub(crate) async fn begin(pool: &PgPool, epoch: i64) -> Result<Stand, ViewsError> {
    sqlx::query!(
        "update views_1.checkpoint
            set epoch = $1, generation = case when epoch = 0 then generation else gen_random_uuid() end
          where view_set = 'views_1.2' and position = 0 and epoch <> $1",
        epoch
    )
    .execute(pool)
    .await?;
    stand(pool).await
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

/// Tells a projector that rows came about by other means than folding on: what it remembers is out of date.
pub(crate) async fn begin_generation(connection: &mut PgConnection) -> Result<(), ViewsError> {
    sqlx::query!("update views_1.checkpoint set generation = gen_random_uuid()").execute(connection).await?;
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::found;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[tokio::test]
    async fn a_checkpoint_that_has_just_changed_its_place_is_asked_for_once_more() {
        let asked = AtomicU32::new(0);
        let there_from = |time| {
            let asked = &asked;
            move || async move {
                let is_there = asked.fetch_add(1, Ordering::Relaxed) + 1 >= time;
                if is_there { Ok(7) } else { Err(sqlx::Error::RowNotFound) }
            }
        };
        assert_eq!(found(there_from(2)).await.ok(), Some(7));
        asked.store(0, Ordering::Relaxed);
        assert!(matches!(found(there_from(3)).await, Err(sqlx::Error::RowNotFound)));
        assert_eq!(asked.into_inner(), 2);
    }
}
