//! What can go wrong with the read model.

/// An error of the read model.
#[derive(Debug, thiserror::Error)]
pub enum ViewsError {
    /// Postgres refused or could not be reached.
    #[error("the read model could not be reached or refused a statement")]
    Database(#[from] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("the schema of the read model could not be migrated")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// Another projector folded in between, or the read model was emptied, built anew or repaired; nothing of this batch was
    /// written.
    #[error(
        "the read model is not as this projector left it at position {0}: another one folded on, or it was built anew"
    )]
    CheckpointMoved(i64),
    /// The read model that served before the last switch is still there.
    #[error("the former read model is still kept; drop it before building the next one")]
    FormerKept,
    /// The batch does not follow the checkpoint without a hole.
    #[error("position {expected} must be folded next, not {found}")]
    OutOfOrder {
        /// What comes next.
        expected: i64,
        /// What came.
        found: i64,
    },
}
