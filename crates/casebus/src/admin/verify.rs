//! `casebus verify`: whether the log, the stream and the read model are equal, or where they are not.

use super::check::{Findings, NEW_EPOCH, PROJECTOR, RELAY};
use crate::command_line::{Target, VerifyArguments};
use crate::connection::Connection;
use crate::database;
use bus::Bus;
use contract::cloud_event::{CloudEvent, body_hash};
use futures_util::{StreamExt, TryStreamExt, stream};
use log::{Head, Log, RecordedEvent};
use std::process::ExitCode;
use std::time::Duration;
use views::Views;
use views::verify::HeldEvent;

/// How many events are read at once.
const PAGE: i64 = 500;
/// How many messages are asked for at once.
const AT_ONCE: usize = 64;
/// How long the stream and the read model may take to catch up.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often that is looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// What is compared.
struct Compared {
    log: Log,
    /// The log's end when the comparison began; what comes after it is not looked at.
    head: Head,
    bus: Option<Bus>,
    views: Views,
}

/// Where the stream and the read model first differ from the log.
#[derive(Default)]
struct Differences {
    /// Where the stream begins, if it reaches the end of the log; it moves on when a limited stream is found to have dropped
    /// messages.
    stream_begins: Option<i64>,
    stream: Option<i64>,
    views: Option<i64>,
    parked: u64,
}

/// What the stream holds of an event.
#[derive(Clone, Copy, PartialEq, Eq)]
enum InStream {
    Same,
    Other,
    Nothing,
}

/// `casebus verify`.
pub(crate) async fn verify(arguments: &VerifyArguments) -> anyhow::Result<ExitCode> {
    if arguments.order {
        return verify_every_position(&arguments.target).await;
    }
    let compared = Compared::find(&arguments.target).await?;
    let mut findings = Findings::default();
    let head = compared.head;
    let Head { position, epoch } = head;
    findings.ok((
        format!("the log ends at position {position}, in epoch {epoch}"),
        format!("日志止于位置{position}，处于第{epoch}纪元"),
    ));
    match (&compared.bus, compared.stream_begins().await?) {
        (Some(_), Some(_)) => {
            if !compared.tell_what_is_beyond(&mut findings).await? {
                findings.ok(("the stream reaches the end of the log", "消息流已到达日志末尾"));
            }
        }
        (is_known, first) => tell_stream(&mut findings, is_known.is_some(), first, None, head.position),
    }
    compared.tell_checkpoint(&mut findings).await?;
    Ok(findings.code())
}

/// `casebus verify --order`.
pub(super) async fn verify_every_position(target: &Target) -> anyhow::Result<ExitCode> {
    let compared = Compared::find(target).await?;
    let mut findings = Findings::default();
    let head = compared.head;
    let mut differences =
        Differences { stream_begins: compared.stream_begins().await?, ..Differences::default() };
    let has_caught_up = compared.tell_checkpoint(&mut findings).await?;
    let mut position = 0;
    while position < head.position {
        let mut page = compared.log.read_after(position, PAGE).await?;
        page.retain(|event| event.position <= head.position);
        if let Some(missing) = hole(position, &page) {
            findings.fail(
                (
                    format!("the log has no event at position {missing}"),
                    format!("日志在位置{missing}没有事件"),
                ),
                (
                    "the log is damaged; restore it from a backup, then run `casebus log new-epoch`",
                    "日志已损坏；请从备份恢复，然后运行 `casebus log new-epoch`",
                ),
            );
            return Ok(findings.code());
        }
        compared.compare_page(&page, has_caught_up, &mut differences).await?;
        position = page.last().map_or(position, |event| event.position);
    }
    let epoch = head.epoch;
    findings.ok((
        format!("the log has positions 1 to {position} without a hole, in epoch {epoch}"),
        format!("日志位置1至{position}连续无缺，处于第{epoch}纪元"),
    ));
    let Differences { stream_begins, stream, .. } = differences;
    tell_stream(&mut findings, compared.bus.is_some(), stream_begins, stream, position);
    compared.tell_what_is_beyond(&mut findings).await?;
    if has_caught_up {
        compared.tell_views(&mut findings, &differences, position).await?;
    }
    Ok(findings.code())
}

/// The first position that is missing after one.
fn hole(after: i64, page: &[RecordedEvent]) -> Option<i64> {
    let unexpected = (after + 1..).zip(page).find(|(expected, event)| event.position != *expected);
    unexpected.map(|(expected, _)| expected).or(page.is_empty().then_some(after + 1))
}

impl Compared {
    async fn find(target: &Target) -> anyhow::Result<Self> {
        let connection = Connection::find(target)?;
        let pool = database::pool(&connection.database_url, 4).await?;
        let log = Log::open(pool.clone()).await?;
        let bus = match connection.bus() {
            Some(bus) => Some(Bus::connect(bus).await?),
            None => None,
        };
        Ok(Self { head: log.head().await?, log, bus, views: Views::new(pool) })
    }

    /// Where the stream begins, once it reaches the end of the log.
    async fn stream_begins(&self) -> anyhow::Result<Option<i64>> {
        let Some(bus) = &self.bus else { return Ok(None) };
        let begun = tokio::time::Instant::now();
        loop {
            match bus.stream_end().await? {
                Some(end) if end.last >= self.head.position => return Ok(Some(end.first)),
                Some(_) | None if begun.elapsed() > PATIENCE => return Ok(None),
                Some(_) | None => tokio::time::sleep(LOOK_AGAIN).await,
            }
        }
    }

    /// Messages of events that the log does not have: it has lost them, or the stream belongs to another log. Answers
    /// whether there are any.
    async fn tell_what_is_beyond(&self, findings: &mut Findings) -> anyhow::Result<bool> {
        let Some(bus) = &self.bus else { return Ok(false) };
        let Some(end) = bus.stream_end().await? else { return Ok(false) };
        // Asked second: it cannot be behind a stream that was filled from it.
        let head = self.log.head().await?.position;
        if end.last > head {
            let last = end.last;
            findings.fail(
                (
                    format!("the stream ends at position {last}, the log at {head}"),
                    format!("消息流止于位置{last}，日志止于{head}"),
                ),
                (
                    "the log has lost events; stop everything, then run `casebus log new-epoch`",
                    "日志丢失了事件；请停止所有服务，然后运行 `casebus log new-epoch`",
                ),
            );
        }
        Ok(end.last > head)
    }

    /// Whether the read model reaches the end of the log, in its epoch.
    async fn tell_checkpoint(&self, findings: &mut Findings) -> anyhow::Result<bool> {
        let head = self.head;
        let in_time = views::wait_for_position(self.views.pool(), head.position, PATIENCE).await?;
        let checkpoint = self.views.checkpoint().await?;
        let (position, epoch, end) = (checkpoint.position, checkpoint.epoch, head.position);
        if !in_time {
            let stands = format!("the read model stands at {position} of {end}");
            findings.fail((stands, format!("视图处于位置{position}，日志止于{end}")), PROJECTOR);
        } else if epoch != head.epoch && end > 0 {
            let stale = (format!("the read model is of epoch {epoch}"), format!("视图属于第{epoch}纪元"));
            findings.fail(stale, PROJECTOR);
        } else {
            let stands = format!("the read model stands at position {position}");
            findings.ok((stands, format!("视图处于位置{position}")));
            return Ok(true);
        }
        Ok(false)
    }

    async fn compare_page(
        &self,
        page: &[RecordedEvent],
        with_views: bool,
        differences: &mut Differences,
    ) -> anyhow::Result<()> {
        if let (Some(bus), Some(begins), None) =
            (&self.bus, &mut differences.stream_begins, differences.stream)
        {
            differences.stream = first_difference(bus, begins, page).await?;
        }
        let Some(first) = page.first().filter(|_| with_views && differences.views.is_none()) else {
            return Ok(());
        };
        let held = self.views.held(first.position - 1, i64::try_from(page.len())?).await?;
        differences.parked += held.iter().filter(|event| event.folded.is_none()).map(|_| 1).sum::<u64>();
        let pairs = page.iter().zip(held.iter().map(Some).chain(std::iter::repeat(None)));
        let mut unequal = pairs.filter(|(event, held)| !held.is_some_and(|held| is_held(event, held)));
        differences.views = unequal.next().map(|(event, _)| event.position);
        Ok(())
    }

    async fn tell_views(
        &self,
        findings: &mut Findings,
        differences: &Differences,
        head: i64,
    ) -> anyhow::Result<()> {
        let rebuild = ("run `casebus views rebuild`", "请运行 `casebus views rebuild`");
        if let Some(position) = differences.views {
            let differs = format!("the read model differs from the log at position {position}");
            findings.fail((differs, format!("视图在位置{position}与日志不一致")), rebuild);
        } else if let Some(id) = self.views.row_apart().await? {
            let apart = format!("the read model shows {id} otherwise than its last event");
            findings.fail(
                (apart, format!("视图中的 {id} 与其最后一个事件不符")),
                (
                    "if it stays when nothing is written, run `casebus views rebuild`",
                    "如无写入时仍如此，请运行 `casebus views rebuild`",
                ),
            );
        } else {
            findings.ok((
                format!("the events of the read model equal the log from position 1 to {head}"),
                format!("视图中的事件与日志位置1至{head}一致"),
            ));
        }
        if differences.parked > 0 {
            let parked = differences.parked;
            findings.warn(
                (format!("{parked} events could not be folded"), format!("{parked}个事件无法计入视图")),
                ("`casebus views status` says why", "原因见 `casebus views status`"),
            );
        }
        Ok(())
    }
}

/// Whether the read model holds this event, folded with the same bytes or parked.
fn is_held(event: &RecordedEvent, held: &HeldEvent) -> bool {
    let same = |(id, hash): &(uuid::Uuid, String)| *id == event.event_id && *hash == body_hash(&event.body);
    held.position == event.position && held.folded.as_ref().is_none_or(same)
}

fn tell_stream(
    findings: &mut Findings,
    is_known: bool,
    first: Option<i64>,
    differing: Option<i64>,
    head: i64,
) {
    match (is_known, first, differing) {
        (false, _, _) => findings.warn(
            ("the stream was not compared", "未比对消息流"),
            ("set CASEBUS_NATS_URL to compare it", "如需比对，请设置 CASEBUS_NATS_URL"),
        ),
        (true, None, _) => {
            findings.fail(("the stream does not reach the end of the log", "消息流未到达日志末尾"), RELAY);
        }
        (true, Some(_), Some(position)) => findings.fail(
            (
                format!("the stream differs from the log at position {position}"),
                format!("消息流在位置{position}与日志不一致"),
            ),
            NEW_EPOCH,
        ),
        // Of an empty log nothing could be dropped.
        (true, Some(first), None) if 0 < head && head < first => findings.warn(
            (
                format!("the stream was not compared: it has dropped all up to position {head}"),
                format!("未比对消息流：位置{head}及以前的消息均已清除"),
            ),
            ("run it again when less is written", "请在写入较少时再次运行"),
        ),
        (true, Some(first), None) => findings.ok((
            format!("the stream equals the log from position {first} to {head}"),
            format!("消息流与日志位置{first}至{head}一致"),
        )),
    }
}

/// The first event of a page that the stream holds otherwise. What a limited stream has dropped since it was asked where
/// it begins does not differ.
async fn first_difference(
    bus: &Bus,
    begins: &mut i64,
    page: &[RecordedEvent],
) -> anyhow::Result<Option<i64>> {
    let to_compare = page.iter().filter(|event| event.position >= *begins);
    let found: Vec<(i64, InStream)> = stream::iter(to_compare)
        .map(async |event| anyhow::Ok((event.position, held_of(event, bus).await?)))
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    // Asked after the messages: what was dropped by then is before it.
    if found.iter().any(|(_, held)| *held == InStream::Nothing)
        && let Some(end) = bus.stream_end().await?
    {
        *begins = end.first.max(*begins);
    }
    let differs = |(position, held): &(i64, InStream)| match held {
        InStream::Same => false,
        InStream::Other => true,
        InStream::Nothing => position >= begins,
    };
    Ok(found.iter().find(|one| differs(one)).map(|(position, _)| *position))
}

async fn held_of(event: &RecordedEvent, bus: &Bus) -> anyhow::Result<InStream> {
    Ok(match bus.read_message(event.position).await? {
        Some(message) if is_same(event, &message.payload) => InStream::Same,
        Some(_) => InStream::Other,
        None => InStream::Nothing,
    })
}

fn is_same(event: &RecordedEvent, payload: &[u8]) -> bool {
    let Ok(message) = CloudEvent::parse(payload) else { return false };
    // An event that outsiders may not see travels without its body, but with its hash.
    let hash = message.body_bytes().map_or_else(|| message.datahash.clone(), body_hash);
    message.id.0 == event.event_id
        && message.position == event.position
        && message.epoch == event.epoch
        && hash == body_hash(&event.body)
}
