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

/// The same as [`Accounts::load_rules`], for whoever has no master key.
pub async fn load_rules(pool: &PgPool) -> Result<Rules, AccountsError> {
    let mut transaction = pool.begin().await?;
    sqlx::query!("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        .execute(&mut *transaction)
        .await?;
    let (rules, unreadable) = rules(&mut transaction).await?;
    transaction.commit().await?;
    for error in &unreadable {
        tracing::error!(
            error = error as &dyn std::error::Error,
            "stored rules are left out, and what needs them is refused: upgrade this program"
        );
    }
    Ok(rules)
}

impl Accounts {
    /// The version of the stored rules: it grows with every pack and every calendar.
    pub async fn rules_version(&self) -> Result<i64, AccountsError> {
        let version =
            sqlx::query_scalar!("SELECT version FROM accounts.rules_version").fetch_one(&self.pool).await?;
        Ok(version)
    }

    /// Loads the rules as they stand at one moment: what ships with casebus, then every pack and calendar in the order
    /// in which they were stored. One that this version cannot read is left out, with an alarm that names it: only what
    /// needs it is refused then, and all else goes on.
    pub async fn load_rules(&self) -> Result<Rules, AccountsError> {
        load_rules(&self.pool).await
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
        let (mut catalogue, _) = catalogue(&mut transaction).await?;
        let pack = match catalogue.add(text) {
            Ok(pack) => pack,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let inserted = sqlx::query!(
            "INSERT INTO accounts.rule_pack (id, jurisdiction, effective_from, toml, sha256, published_at, ordinal)
             SELECT $1, $2, $3, $4, $5, $6, coalesce(max(ordinal), 0) + 1 FROM accounts.rule_pack
             ON CONFLICT (id) DO NOTHING",
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
        if inserted.rows_affected() == 0 {
            // It is one that this version cannot read, so the catalogue does not have it.
            return Ok(Err(RulePackError::IdTaken(id)));
        }
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

/// All rules as a transaction sees them, and what of them cannot be read, the newest last.
pub(crate) async fn rules(
    connection: &mut PgConnection,
) -> Result<(Rules, Vec<AccountsError>), AccountsError> {
    let (catalogue, mut unreadable) = catalogue(connection).await?;
    let rows = sqlx::query!("SELECT version, csv FROM accounts.calendar ORDER BY ordinal")
        .fetch_all(connection)
        .await?;
    let mut calendars = Vec::with_capacity(rows.len());
    for row in rows {
        match Calendar::from_csv(&row.version, &row.csv) {
            Ok(calendar) => calendars.push(calendar),
            Err(error) => unreadable.push(AccountsError::StoredCalendar(row.version, error)),
        }
    }
    Ok((Rules::national().with(catalogue, calendars), unreadable))
}

/// The packs that ship with casebus and the published ones, and which of these cannot be read.
async fn catalogue(connection: &mut PgConnection) -> Result<(Catalogue, Vec<AccountsError>), AccountsError> {
    let rows = sqlx::query!("SELECT id, toml FROM accounts.rule_pack ORDER BY ordinal")
        .fetch_all(connection)
        .await?;
    let (mut catalogue, mut unreadable) = (Catalogue::shipped(), Vec::new());
    for row in rows {
        if let Err(error) = catalogue.restore(&row.toml) {
            unreadable.push(AccountsError::StoredRulePack(row.id, error));
        }
    }
    Ok((catalogue, unreadable))
}
