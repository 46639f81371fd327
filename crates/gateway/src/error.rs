//! Why the gateway ends with an error.

use accounts::AccountsError;

/// An error that ends the gateway.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// The registry of departments could not be loaded at the start.
    #[error("the registry of departments could not be loaded")]
    Registry(#[source] AccountsError),
    /// Postgres did not answer in time at the start.
    #[error("Postgres does not answer the gateway")]
    NoAnswer,
}
