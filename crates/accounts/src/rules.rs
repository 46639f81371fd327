//! The rules that everybody decides by: the rule packs that were published, and the calendars that were imported,
//! beside those that ship with casebus.
//!
//! Both are only ever added to: a transfer keeps the pack it began under, and a clock the calendar by which it was
//! counted. Services look at [`Accounts::rules_version`] and load again when it has grown.

use crate::error::AccountsError;
use crate::handle::Accounts;
use chrono::{DateTime, Utc};
use domain::Rules;
use domain::calendar::Calendar;
use domain::rule_pack::{Catalogue, RulePackError};
use sha2::{Digest, Sha256};
use sqlx::{PgConnection, PgPool, Postgres, Transaction};

impl Accounts {
    /// The version of the stored rules: it grows with every pack and every calendar.
    pub async fn rules_version(&self) -> Result<i64, AccountsError> {
        let version =
            sqlx::query_scalar!("SELECT version FROM accounts.rules_version").fetch_one(&self.pool).await?;
        Ok(version)
    }

    /// Loads the rules as they stand at one moment: what ships with casebus, then every pack and calendar in the order
    /// in which they were stored. One that no longer reads is an error that names it.
    pub async fn load_rules(&self) -> Result<Rules, AccountsError> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query!("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            .execute(&mut *transaction)
            .await?;
        let rules = rules(&mut transaction).await?;
        transaction.commit().await?;
        Ok(rules)
    }

    /// The version of the calendar that was in force at a moment; `None` while it was the one that ships with casebus.
    pub async fn calendar_in_force_at(&self, moment: DateTime<Utc>) -> Result<Option<String>, AccountsError> {
        let version = sqlx::query_scalar!(
            "SELECT version FROM accounts.calendar WHERE published_at <= $1 ORDER BY ordinal DESC LIMIT 1",
            moment
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(version)
    }

    /// Publishes a rule pack and answers its id; the inner error says why the pack cannot be used. Publishing the same
    /// file again changes nothing and gets the same answer.
    pub async fn publish_rule_pack(
        &self,
        text: &str,
        now: DateTime<Utc>,
    ) -> Result<Result<String, RulePackError>, AccountsError> {
        let mut transaction = begin(&self.pool).await?;
        let sha256 = Sha256::digest(text);
        let stored =
            sqlx::query_scalar!("SELECT id FROM accounts.rule_pack WHERE sha256 = $1", sha256.as_slice())
                .fetch_optional(&mut *transaction)
                .await?;
        if let Some(id) = stored {
            return Ok(Ok(id));
        }
        let mut catalogue = catalogue(&mut transaction).await?;
        let pack = match catalogue.add(text) {
            Ok(pack) => pack,
            Err(refusal) => return Ok(Err(refusal)),
        };
        sqlx::query!(
            "INSERT INTO accounts.rule_pack (id, jurisdiction, effective_from, toml, sha256, published_at, ordinal)
             SELECT $1, $2, $3, $4, $5, $6, coalesce(max(ordinal), 0) + 1 FROM accounts.rule_pack",
            pack.id,
            pack.jurisdiction,
            pack.effective_from,
            text,
            sha256.as_slice(),
            now,
        )
        .execute(&mut *transaction)
        .await?;
        let id = pack.id.clone();
        finish(transaction).await?;
        Ok(Ok(id))
    }
}

/// Begins a change of the rules: waits until any other one is done.
pub(crate) async fn begin(pool: &PgPool) -> Result<Transaction<'static, Postgres>, AccountsError> {
    let mut transaction = pool.begin().await?;
    sqlx::query_scalar!("SELECT version FROM accounts.rules_version FOR UPDATE")
        .fetch_one(&mut *transaction)
        .await?;
    Ok(transaction)
}

/// Ends a change of the rules: they get a new version.
pub(crate) async fn finish(mut transaction: Transaction<'static, Postgres>) -> Result<(), AccountsError> {
    sqlx::query!("UPDATE accounts.rules_version SET version = version + 1")
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(())
}

/// All rules as a transaction sees them.
pub(crate) async fn rules(connection: &mut PgConnection) -> Result<Rules, AccountsError> {
    let catalogue = catalogue(connection).await?;
    let rows = sqlx::query!("SELECT version, csv FROM accounts.calendar ORDER BY ordinal")
        .fetch_all(connection)
        .await?;
    let calendars = rows.into_iter().map(|row| {
        Calendar::from_csv(&row.version, &row.csv)
            .map_err(|error| AccountsError::StoredCalendar(row.version, error))
    });
    Ok(Rules::national().with(catalogue, calendars.collect::<Result<Vec<_>, _>>()?))
}

/// The packs that ship with casebus and the published ones.
async fn catalogue(connection: &mut PgConnection) -> Result<Catalogue, AccountsError> {
    let rows = sqlx::query!("SELECT id, toml FROM accounts.rule_pack ORDER BY ordinal")
        .fetch_all(connection)
        .await?;
    let mut catalogue = Catalogue::shipped();
    for row in rows {
        catalogue.add(&row.toml).map_err(|error| AccountsError::StoredRulePack(row.id, error))?;
    }
    Ok(catalogue)
}
