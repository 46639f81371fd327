//! `casebus rules diff`: which open transfers would have other due moments under another pack. Changes nothing.

use super::{read, wrong};
use crate::command_line::Target;
use crate::connection::Connection;
use crate::database::{self, Pools};
use crate::failure::Failure;
use crate::services;
use crate::terminal::say;
use chrono::NaiveTime;
use command::{Desk, SharedRules};
use contract::clock::ClockCode;
use domain::counting::{Due, Given};
use domain::rule_pack::{Catalogue, RulePack};
use domain::transfer::clocks::{Clock, explain};
use domain::{Rules, Transfer, civil};
use log::Hints;
use std::path::Path;
use tokio::task::JoinSet;
use views::Views;

/// How many transfers are asked for at once.
const PAGE: i64 = 200;
/// Connections, which are needed one after the other.
const CONNECTIONS: u32 = 3;

/// What was found.
#[derive(Default)]
struct Found {
    /// Open transfers under the one pack.
    open: usize,
    /// Those of them that would change.
    transfers: usize,
    /// The clocks of those that would change.
    clocks: usize,
}

/// A clock that would be due at another moment.
#[derive(Debug, PartialEq, Eq)]
struct Moved {
    code: ClockCode,
    is_paused: bool,
    under_a: Due,
    /// `None` where the other pack has no such clock for the kind.
    under_b: Option<Due>,
}

/// Compares two packs over the open transfers that began under the first.
pub(super) async fn diff(a: &str, b: &str, target: &Target) -> anyhow::Result<()> {
    let connection = Connection::find(target)?;
    let rules = connection.accounts().await?.load_rules().await?;
    let mut catalogue = rules.catalogue().clone();
    let (a, b) = (resolve(&mut catalogue, a)?, resolve(&mut catalogue, b)?);
    let rules = rules.with(catalogue, []);
    let pools = Pools::shared(database::pool(&connection.database_url, CONNECTIONS).await?);
    let mut writers = JoinSet::new();
    let desk =
        services::desk(&pools, &Hints::default(), SharedRules::new(rules.clone()), &mut writers).await?;
    say(format!("number 文号\tclock 时限\tdue under {a} 原期限\tdue under {b} 新期限"));
    let found = compare(&desk, &Views::new(pools.lists.clone()), &rules, (&a, &b)).await?;
    drop(desk);
    while writers.join_next().await.is_some() {}
    let Found { open, transfers, clocks } = found;
    say(format!(
        "{transfers} of {open} open transfers under {a} would change, {clocks} clocks; nothing was changed \
         {a} 之下未结移送{open}件，其中{transfers}件、{clocks}个时限将不同；未作任何更改"
    ));
    Ok(())
}

/// A pack by its id; else a file, which is made known.
fn resolve(catalogue: &mut Catalogue, name: &str) -> Result<String, Failure> {
    if catalogue.packs().iter().any(|pack| pack.id == name) {
        return Ok(name.to_owned());
    }
    let file = Path::new(name);
    if !file.exists() {
        return Err(Failure::new(
            format!("{name} is neither a known rule pack nor a file: `casebus rules list` shows all packs"),
            format!("{name} 既不是已有的规则包，也不是文件：可用 `casebus rules list` 查看"),
        ));
    }
    let text = read(file)?;
    match catalogue.add(&text) {
        Ok(pack) => Ok(pack.id.clone()),
        Err(error) => Err(wrong::failure(file, &text, &error)),
    }
}

async fn compare(desk: &Desk, views: &Views, rules: &Rules, (a, b): (&str, &str)) -> anyhow::Result<Found> {
    let mut found = Found::default();
    let Ok(other) = rules.pack(b) else { return Ok(found) };
    let mut after = None;
    loop {
        let page = views.open_transfers(after, PAGE).await?;
        let Some(last) = page.last().copied() else { return Ok(found) };
        for id in page {
            let Some(transfer) = desk.transfer(id).await?.filter(|transfer| transfer.sent.rule_pack == a)
            else {
                continue;
            };
            let moved = moved(&transfer, other, rules);
            found.open += 1;
            found.transfers += usize::from(!moved.is_empty());
            found.clocks += moved.len();
            for clock in &moved {
                say(line(&transfer, clock));
            }
        }
        after = Some(last);
    }
}

/// The open clocks of a transfer that would be due at another moment under the other pack.
fn moved(transfer: &Transfer, other: &RulePack, rules: &Rules) -> Vec<Moved> {
    let open = transfer.clocks.iter().filter(|clock| clock.is_open());
    open.filter_map(|clock| of_clock(transfer, clock, other, rules)).collect()
}

fn of_clock(transfer: &Transfer, clock: &Clock, other: &RulePack, rules: &Rules) -> Option<Moved> {
    let explained = explain(transfer, clock.code, Some(clock.run), rules).ok()??;
    let sum = explained.arithmetic;
    // Both by the calendar of the clock, so that only the packs make a difference.
    let calendar = rules.calendar_of(&sum.calendar);
    let given = Given { own_day: sum.own_day, pauses: &clock.pauses, extensions: &clock.extensions };
    let rule = other.clock(clock.code).filter(|rule| rule.kinds.contains(&transfer.reference.kind));
    let under_b = rule.map(|rule| {
        let counting = other.counting(rule, transfer.sent.urgency);
        counting.count(clock.started_at, given, calendar).due
    });
    let is_paused = explained.paused.is_some();
    (under_b != Some(sum.due)).then_some(Moved { code: clock.code, is_paused, under_a: sum.due, under_b })
}

fn line(transfer: &Transfer, moved: &Moved) -> String {
    let number = transfer.number.map_or_else(
        || transfer.reference.id.to_string(),
        |number| contract::number::format(transfer.sent.number_year, number),
    );
    let paused = if moved.is_paused { " (paused 中止)" } else { "" };
    let under_b = moved.under_b.map_or_else(|| "no such clock 无此时限".to_owned(), shown);
    format!("{number}\t{}{paused}\t{}\t{under_b}", moved.code, shown(moved.under_a))
}

/// A due moment; midnight as the end of the day before.
fn shown(due: Due) -> String {
    let local = due.at.with_timezone(&civil::offset());
    let moment = if local.time() == NaiveTime::MIN {
        format!("{} 24:00", civil::last_day_before(due.at))
    } else {
        local.format("%Y-%m-%d %H:%M").to_string()
    };
    if due.provisional { format!("{moment} (provisional 暂定)") } else { moment }
}
