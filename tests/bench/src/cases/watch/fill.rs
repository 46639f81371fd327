//! A read model with many transfers, written by SQL: most of them closed, five in a hundred open, those the younger ones.
//! The watch has recorded what ran out, all but that of the last hour.
//!
//! It fills the tables that the questions read, in the shape that the projector would leave. A table that a question
//! newly reads must be filled here too; `questions` compares what the summary counts with what was filled, so that an
//! empty table is noticed.

use crate::database::Database;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

/// What was filled.
pub(super) struct Filled {
    /// All transfers.
    pub(super) transfers: i64,
    /// Those in which somebody owes the next step.
    pub(super) open: i64,
}

/// The moment at which the questions are asked; the last transfer was sent then.
pub(super) const NOW: &str = "2026-11-01T00:00:00Z";

/// Three years of transfers. The younger tenth is open in every second; whose they are is scattered by a hash.
const TRANSFERS: &str = "insert into views_1.transfer (id, number, number_year, number_seq, kind, state, handling, holder,
    from_department, to_department, office, matter, title, summary, urgency, source, subjects, routing,
    objection_allowed, objection_raised, contest_raised, converted, feedback_count, rule_pack, calendar, sent_at,
    sent_position, accepted_at, due_at, version, position, updated_at, stale, facts, terms, copies, ended_at, reports)
  select x.id, '移〔2026〕' || lpad(x.i::text, 8, '0') || '号', 2026, x.i, 'clue_transfer', x.state,
      case when x.state = 'accepted' then 'pending' end,
      case when x.is_open then case when x.state = 'answered' then x.sender else x.receiver end end,
      x.sender, x.receiver, x.office, x.id, '诊所超范围执业线索' || x.i,
      '沿街诊所在许可科目之外开展口腔种植，未公示医师执业证书。', case when x.dice % 10 = 0 then 'urgent' else 'normal' end,
      'complaint', '[]', 'named', true, false, false, false, 0, 'cn-default-2026.2', 'cn-2026', x.sent_at, x.i * 4,
      case when x.state in ('accepted', 'answered', 'closed') then x.sent_at + interval '2 days' end,
      x.due_at,
      case when x.is_open then 3 else 7 end, x.i * 4 + 3,
      case when x.due_at <= $2::timestamptz - interval '1 hour' then x.due_at + interval '5 seconds'
        else least(x.sent_at + interval '3 days', $2::timestamptz - interval '1 hour') end, false, '{}', '{}',
      case when x.dice % 20 = 1 then array[x.copied] end,
      case when not x.is_open then x.sent_at + interval '40 days' end, 0
    from (
      select d.*, case when d.is_open then d.sent_at + (d.dice % 160) * interval '1 day' end as due_at,
          '3201' || lpad(d.region::text, 2, '0') || '-d' || d.from_number as sender,
          '3201' || lpad(d.region::text, 2, '0') || '-d' || (d.from_number + 1 + d.dice % 18) % 20 as receiver,
          '3201' || lpad(d.region::text, 2, '0') || '-coord' as office,
          '3201' || lpad(((d.region + 1) % 20)::text, 2, '0') || '-coord' as copied,
          case when d.is_open then (array['delivered', 'delivered', 'delivered', 'signed', 'accepted', 'accepted',
              'accepted', 'accepted', 'accepted', 'answered'])[1 + d.dice % 10]
            else (array['closed', 'closed', 'closed', 'closed', 'closed', 'closed', 'closed', 'closed', 'withdrawn',
              'rerouted'])[1 + d.dice % 10] end as state
        from (
          select i, ('019a0000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid as id,
              i > $1 * 9 / 10 and i % 2 = 0 as is_open,
              abs(hashint8(i)::bigint) % 20 as region, abs(hashint8(i + 1000000007)::bigint) % 20 as from_number,
              abs(hashint8(i + 2000000011)::bigint) as dice,
              $2::timestamptz - ($1 - i) * (interval '1095 days' / $1) as sent_at
            from generate_series(1, $1) i) d) x";

const UNACKNOWLEDGED: &str = "insert into views_1.unacknowledged (transfer_id, number, kind, title, from_department,
    to_department, office, urgency, sent_at, code, due_at, provisional, missed_at, cause, copies, acknowledged_until)
  select t.id, t.number, t.kind, t.title, t.from_department, t.to_department, t.office, t.urgency, t.sent_at, 'T02',
      t.due_at, false, case when t.due_at <= t.updated_at then t.updated_at end, case when t.due_at <= t.updated_at then 'unread' end, t.copies,
      case when t.due_at <= $1 and t.number_seq % 40 = 0 then $1 + interval '5 days' end
    from views_1.transfer t where t.state = 'delivered'";

const MISSING_FEEDBACK: &str =
    "insert into views_1.missing_feedback (transfer_id, number, kind, title, from_department,
    to_department, office, urgency, sent_at, accepted_at, code, due_at, provisional, missed_at, cause, copies,
    acknowledged_until)
  select t.id, t.number, t.kind, t.title, t.from_department, t.to_department, t.office, t.urgency, t.sent_at,
      t.accepted_at, 'T08', t.due_at, false, case when t.due_at <= t.updated_at then t.updated_at end,
      case when t.due_at <= t.updated_at then 'silent' end, t.copies,
      case when t.due_at <= $1 and t.number_seq % 40 = 0 then $1 + interval '5 days' end
    from views_1.transfer t where t.state = 'accepted'";

const WATCH_COUNT: &str = "insert into views_1.watch_count select * from views_1.counts_of(null)";

/// The indexes of the tables that are filled, without their keys.
const INDEXES: &str = "select x.relname::text, pg_get_indexdef(i.indexrelid)
  from pg_index i join pg_class x on x.oid = i.indexrelid join pg_class c on c.oid = i.indrelid
  where c.relnamespace = 'views_1'::regnamespace and c.relname in ('transfer', 'unacknowledged', 'missing_feedback')
    and not i.indisprimary order by 1";

/// Fills a read model; indexes come after the bulk.
pub(super) async fn fill(database: &Database, transfers: i64) -> anyhow::Result<Filled> {
    let pool = database.pool().await?;
    views::migrate(&pool, None).await?;
    pool.close().await;
    let mut connection = database.connection().await?;
    let indexes: Vec<(String, String)> = sqlx::query_as(INDEXES).fetch_all(&mut connection).await?;
    for (name, _) in &indexes {
        connection.execute(AssertSqlSafe(format!("drop index views_1.{name}"))).await?;
    }
    sqlx::query(TRANSFERS).bind(transfers).bind(now()?).execute(&mut connection).await?;
    sqlx::query(UNACKNOWLEDGED).bind(now()?).execute(&mut connection).await?;
    sqlx::query(MISSING_FEEDBACK).bind(now()?).execute(&mut connection).await?;
    for (_, definition) in indexes {
        connection.execute(AssertSqlSafe(definition)).await?;
    }
    connection.execute(WATCH_COUNT).await?;
    settle(&mut connection).await?;
    let open = sqlx::query_scalar("select count(*) from views_1.transfer where holder is not null");
    let open = open.fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(Filled { transfers, open })
}

/// The moment at which the questions are asked.
pub(super) fn now() -> anyhow::Result<chrono::DateTime<chrono::Utc>> {
    Ok(NOW.parse()?)
}

/// As autovacuum would leave them.
async fn settle(connection: &mut PgConnection) -> anyhow::Result<()> {
    for table in ["transfer", "unacknowledged", "missing_feedback", "watch_count"] {
        connection.execute(AssertSqlSafe(format!("vacuum (analyze) views_1.{table}"))).await?;
    }
    Ok(())
}
