//! The read model and the feed against the log.

use super::{Checker, LOOK_AGAIN};
use crate::deployment::Deployment;
use crate::feed_reader::{FeedReader, Read};
use crate::load::Load;
use std::time::{Duration, Instant};

/// How long a reader of the feed may take for the last page.
const READER_PATIENCE: Duration = Duration::from_secs(20);

/// Transfers that the read model shows otherwise than their last events say.
const DIFFERENT: &str = "select count(*) from (
      select distinct on (stream_id) stream_id, version, position,
             convert_from(body, 'UTF8')::jsonb #>> '{after,state}' as state,
             convert_from(body, 'UTF8')::jsonb #>> '{after,holder}' as holder
        from log.event order by stream_id, version desc) e
    full join views_1.transfer t on t.id = e.stream_id
    where t.id is null or e.stream_id is null or t.version <> e.version or t.position <> e.position
       or t.state is distinct from e.state or t.holder is distinct from e.holder";

/// Events that do not stand in the timeline under their positions, byte for byte.
const NOT_IN_TIMELINE: &str = "select count(*) from log.event e
    full join views_1.timeline t on t.position = e.position
    where t.position is null or e.position is null or t.event_id <> e.event_id or t.transfer_id <> e.stream_id
       or t.version <> e.version or t.body <> e.body";

/// The tables of the read model, but for how far it is.
const TABLES: &str = "select tablename::text from pg_tables
    where schemaname = 'views_1' and tablename not in ('checkpoint', '_sqlx_migrations') order by 1";

impl Checker {
    /// The read model stands where the log ends, and every transfer as its last event says.
    pub(super) async fn compare_views(&mut self, deployment: &Deployment) -> anyhow::Result<()> {
        let mut connection = deployment.primary.connect().await?;
        let ends = "select h.position, c.position, (select count(*) from views_1.parked) from log.log_head h, views_1.checkpoint c";
        let (head, folded, parked): (i64, i64, i64) = sqlx::query_as(ends).fetch_one(&mut connection).await?;
        if head != folded || parked != 0 {
            self.found(format!("the read model is at {folded} of {head}, {parked} events are parked"));
        }
        for (query, what) in
            [(DIFFERENT, "transfers stand otherwise"), (NOT_IN_TIMELINE, "events are told otherwise")]
        {
            let count: i64 = sqlx::query_scalar(query).fetch_one(&mut connection).await?;
            if count != 0 {
                self.found(format!("{count} {what} in the read model than in the log"));
            }
        }
        Ok(())
    }

    /// The read model has row for row what one has that is built anew from the log. No member may run.
    pub async fn compare_with_rebuilt(&mut self, deployment: &Deployment) -> anyhow::Result<()> {
        deployment.administer(&["views", "rebuild"]).await?;
        let mut connection = deployment.primary.connect().await?;
        let tables: Vec<String> = sqlx::query_scalar(TABLES).fetch_all(&mut connection).await?;
        anyhow::ensure!(tables.len() > 10, "the read model has only the tables {tables:?}");
        for table in tables {
            let [rebuilt, former] =
                ["views_1", "views_1_former"].map(|schema| format!("select t::text from {schema}.{table} t"));
            let query = format!(
                "select count(*) from (({rebuilt} except all {former}) union all ({former} except all {rebuilt})) d"
            );
            let count: i64 =
                sqlx::query_scalar(sqlx::AssertSqlSafe(query)).fetch_one(&mut connection).await?;
            if count != 0 {
                self.found(format!("{count} rows of {table} are others when the read model is built anew"));
            }
        }
        Ok(())
    }

    /// A department's feed tells every event of its transfers once, in order, and none of others.
    pub(super) async fn compare_feed(&mut self, load: &Load, department: &'static str) -> anyhow::Result<()> {
        let head = i64::try_from(self.events.len())?;
        let from = self.fed.get(department).copied().unwrap_or_default();
        let (mut covered, mut told) = (from, Vec::new());
        while covered < head {
            let page = load.feed(department, covered, head).await?;
            anyhow::ensure!(page["epoch"] == self.epoch, "the feed is of epoch {}", page["epoch"]);
            for event in page["data"].as_array().into_iter().flatten() {
                told.push((
                    event["position"].as_i64().unwrap_or_default(),
                    event["id"].as_str().unwrap_or_default().to_owned(),
                ));
            }
            let next = page["covered_to"].as_i64().unwrap_or_default();
            anyhow::ensure!(next > covered, "the feed does not go on after {covered}");
            covered = next;
        }
        self.judge_feed(department, from, head, &told);
        self.fed.insert(department, head);
        Ok(())
    }

    /// Who has followed the feed all the time was told the same, up to the end of the log.
    pub async fn compare_feed_reader(&mut self, department: &'static str, reader: &FeedReader) {
        let head = i64::try_from(self.events.len()).unwrap_or(i64::MAX);
        let begun = Instant::now();
        let read = loop {
            let read = reader.read().clone();
            if read.epoch == self.epoch && read.covered_to >= head {
                break read;
            }
            if begun.elapsed() > READER_PATIENCE {
                let Read { epoch, covered_to, pages, .. } = read;
                return self.found(format!(
                    "who follows the feed of {department} is at {covered_to} of epoch {epoch} after {pages} pages, \
                     and the log at {head} of {}",
                    self.epoch
                ));
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        };
        self.judge_feed(department, 0, head, &read.told);
    }

    fn judge_feed(&mut self, department: &str, from: i64, head: i64, told: &[(i64, String)]) {
        if told.windows(2).any(|pair| pair[0].0 >= pair[1].0) {
            self.found(format!("the feed of {department} after {from} is not in order"));
        }
        let id_at = |position: i64| {
            let place = usize::try_from(position - 1).ok()?;
            self.events.get(place).map(|event| event.event_id.to_string())
        };
        let mut wrong: Vec<String> = told
            .iter()
            .filter(|(position, id)| *position <= head && id_at(*position).as_ref() != Some(id))
            .map(|(position, id)| format!("the feed of {department} tells {id} at {position}"))
            .collect();
        let others = told.iter().filter(|(position, _)| {
            let event = usize::try_from(position - 1).ok().and_then(|place| self.events.get(place));
            event.is_some_and(|event| !self.is_party(department, event.stream_id))
        });
        wrong.extend(
            others.map(|(position, _)| format!("the feed of {department} tells of others at {position}")),
        );
        let positions: std::collections::HashSet<i64> = told.iter().map(|(position, _)| *position).collect();
        let covered = |position: i64| position > from && position <= head;
        for (position, event) in (1_i64..).zip(&self.events).filter(|(position, _)| covered(*position)) {
            if self.is_party(department, event.stream_id) && !positions.contains(&position) {
                wrong.push(format!("the feed of {department} lacks position {position}"));
            }
        }
        for what in wrong {
            self.found(what);
        }
    }

    fn is_party(&self, department: &str, transfer: uuid::Uuid) -> bool {
        let known = self.transfers.get(&transfer);
        known.is_some_and(|transfer| transfer.from == department || transfer.to == department)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Known, Transfer};
    use uuid::Uuid;

    const CASE: Uuid = Uuid::from_u128(7);

    fn found_in(told: &[i64]) -> String {
        let mut checker = Checker::default();
        let event = |id: u128| Known {
            event_id: Uuid::from_u128(id),
            stream_id: CASE,
            event_type: "clue-transfer.sent".to_owned(),
        };
        checker.events = vec![event(1), event(2), event(3)];
        let transfer = Transfer { from: "a".to_owned(), ..Transfer::default() };
        checker.transfers.insert(CASE, transfer);
        let told: Vec<(i64, String)> = told
            .iter()
            .map(|position| (*position, Uuid::from_u128(position.unsigned_abs().into()).to_string()))
            .collect();
        checker.judge_feed("a", 0, 3, &told);
        checker.wrong.join("\n")
    }

    #[test]
    fn a_feed_that_lacks_an_event_tells_one_twice_or_out_of_order_is_found() {
        assert_eq!(found_in(&[1, 2, 3]), "");
        assert!(found_in(&[1, 3]).contains("lacks position 2"));
        assert!(found_in(&[1, 2, 2, 3]).contains("not in order"));
        assert!(found_in(&[2, 1, 3]).contains("not in order"));
    }
}
