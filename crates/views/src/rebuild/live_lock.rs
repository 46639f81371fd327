//! The serving read model while its projector is held off, and the switch to the next one.

use super::history::Copied;
use super::stage::{Stage, exists};
use super::{FORMER, LIVE, NEXT};
use crate::{Checkpoint, Event, ViewsError, checkpoint};
use sqlx::{AssertSqlSafe, Executor, PgPool, Postgres, Transaction};

/// How the transaction begins: one whose process is frozen, or is no longer there, must not hold the projector off for ever.
const BEGIN: &str = "begin; set local idle_in_transaction_session_timeout = '60s'";

/// The serving read model, locked: no projector moves its checkpoint until this is dropped or used.
#[derive(Debug)]
pub struct LiveLock {
    transaction: Transaction<'static, Postgres>,
    /// Where the serving read model stands.
    pub checkpoint: Checkpoint,
}

impl LiveLock {
    /// Waits for the projector's batch to end, and holds the next one off.
    pub async fn take(pool: &PgPool) -> Result<Self, ViewsError> {
        let mut transaction = pool.begin_with(BEGIN).await?;
        // Who waited for a switch finds the row of the former one.
        let row = sqlx::query_as!(
            Checkpoint,
            "select position, epoch from views_1.checkpoint where view_set = 'views_1.2' for update"
        );
        let checkpoint =
            row.fetch_optional(&mut *transaction).await?.ok_or(ViewsError::CheckpointMoved(0))?;
        Ok(Self { transaction, checkpoint })
    }

    /// Builds streams of the serving read model anew, from all their events up to its checkpoint.
    pub async fn replace(&mut self, stage: &Stage, events: Vec<Event>) -> Result<Copied, ViewsError> {
        stage.replace(&mut self.transaction, events).await
    }

    /// Keeps what was replaced; the projector forgets what it remembers.
    pub async fn commit(mut self) -> Result<(), ViewsError> {
        checkpoint::begin_generation(&mut self.transaction).await?;
        Ok(self.transaction.commit().await?)
    }

    /// Puts the next read model, which stands at this checkpoint, in the place of the serving one, which is kept beside
    /// it until [`drop_former`]. A projector that waits for the lock then finds its checkpoint gone.
    pub async fn switch(mut self, at: Checkpoint) -> Result<(), ViewsError> {
        let transaction = &mut self.transaction;
        sqlx::query!("update views_1.checkpoint set view_set = view_set || ' (former)'")
            .execute(&mut **transaction)
            .await?;
        checkpoint::set(transaction, NEXT, at).await?;
        transaction.execute(AssertSqlSafe(rename())).await?;
        Ok(self.transaction.commit().await?)
    }
}

/// Renames both schemas, lets the functions of the new one name its tables, and gives whoever had rights on the former
/// one the same on the new one, and no more.
fn rename() -> String {
    format!(
        "do $switch$
         declare v_definition text; v_grant text;
         begin
           alter schema {LIVE} rename to {FORMER};
           alter schema {NEXT} rename to {LIVE};
           for v_definition in
             select replace(pg_get_functiondef(f.oid), '{NEXT}.', '{LIVE}.')
               from pg_proc f join pg_namespace n on n.oid = f.pronamespace where n.nspname = '{LIVE}'
           loop execute v_definition; end loop;
           for v_grant in
             select format('grant %s on schema {LIVE} to %s', a.privilege_type, a.grantee::regrole)
               from pg_namespace n, aclexplode(n.nspacl) a
              where n.nspname = '{FORMER}' and a.grantee not in (0, n.nspowner)
             union all
             select format('grant %s on {LIVE}.%I to %s', a.privilege_type, c.relname, a.grantee::regrole)
               from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) a
              where n.nspname = '{FORMER}' and a.grantee not in (0, c.relowner)
                and to_regclass(format('{LIVE}.%I', c.relname)) is not null
           loop execute v_grant; end loop;
         end $switch$"
    )
}

/// Drops the read model that served before the last switch; answers whether there was one.
pub async fn drop_former(pool: &PgPool) -> Result<bool, ViewsError> {
    let is_there = exists(pool, FORMER).await?;
    pool.execute(AssertSqlSafe(format!("drop schema if exists {FORMER} cascade"))).await?;
    Ok(is_there)
}
