//! The rules by which a process decides: loaded at its start, and again when a pack or a calendar was published.

use accounts::{Accounts, AccountsError};
use anyhow::Context;
use command::SharedRules;
use std::time::Duration;

/// How often a process looks for new rules: a transfer may come under a pack right after it was published.
const RULES_INTERVAL: Duration = Duration::from_secs(1);
/// How long they may take to come. On a connection that the network dropped without a word a process would wait for ever.
const PATIENCE: Duration = Duration::from_secs(20);

/// The rules of a process, and which version of them it has.
pub(crate) struct KeptRules {
    accounts: Accounts,
    shared: SharedRules,
    version: i64,
}

impl KeptRules {
    /// Loads the rules as they are now.
    pub(crate) async fn load(accounts: &Accounts) -> anyhow::Result<Self> {
        let loaded = tokio::time::timeout(PATIENCE, Self::load_at_once(accounts)).await;
        Ok(loaded.context("the rules do not come")??)
    }

    async fn load_at_once(accounts: &Accounts) -> Result<Self, AccountsError> {
        // The version is read first: what is published in between is loaded once more, and not missed.
        let version = accounts.rules_version().await?;
        let shared = SharedRules::new(accounts.load_rules().await?);
        Ok(Self { accounts: accounts.clone(), shared, version })
    }

    /// A handle on them.
    pub(crate) fn shared(&self) -> SharedRules {
        self.shared.clone()
    }

    /// Replaces them whenever their version has changed; never ends.
    pub(crate) async fn keep<Never>(mut self) -> Never {
        loop {
            tokio::time::sleep(RULES_INTERVAL).await;
            match tokio::time::timeout(PATIENCE, self.look()).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "the rules could not be loaded; this process goes on with those it has"
                ),
                Err(_) => tracing::warn!("the rules do not come; this process goes on with those it has"),
            }
        }
    }

    async fn look(&mut self) -> Result<(), AccountsError> {
        let version = self.accounts.rules_version().await?;
        if version == self.version {
            return Ok(());
        }
        let rules = self.accounts.load_rules().await?;
        tracing::info!(version, calendar = rules.calendar().version(), "the rules have changed");
        self.shared.replace(rules);
        self.version = version;
        Ok(())
    }
}
