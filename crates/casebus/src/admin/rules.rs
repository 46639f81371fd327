//! `casebus rules`: check, compare, publish and list rule packs.

mod check;
mod diff;
mod value;
mod wrong;

use crate::command_line::{RulesCommand, Target};
use crate::connection::Connection;
use crate::failure::Failure;
use crate::terminal::say;
use domain::rule_pack::Catalogue;
use std::path::Path;

/// Carries out one of them.
pub(crate) async fn rules(command: &RulesCommand) -> anyhow::Result<()> {
    match command {
        RulesCommand::Check { file, target } => check::check(file, target).await,
        RulesCommand::Diff { a, b, target } => diff::diff(a, b, target).await,
        RulesCommand::Publish { file, target } => publish(file, target).await,
        RulesCommand::List(target) => list(target).await,
    }
}

async fn publish(file: &Path, target: &Target) -> anyhow::Result<()> {
    let text = read(file)?;
    must_say_where_it_holds(file, &text)?;
    let connection = Connection::find(target)?;
    let accounts = connection.accounts().await?;
    let id = accounts.publish_rule_pack(&text, connection.clock().now()).await?;
    let id = id.map_err(|error| wrong::failure(file, &text, &error))?;
    say(format!("rule pack {id} is published; all services take it up within seconds 规则包 {id} 已发布"));
    say("transfers keep the pack they began under 已发出的移送仍适用其发出时的规则包");
    Ok(())
}

async fn list(target: &Target) -> anyhow::Result<()> {
    let rules = Connection::find(target)?.accounts().await?.load_rules().await?;
    let shipped = Catalogue::shipped().packs().len();
    say("id 编号\tjurisdiction 地区\tfrom 施行\tto 截止\tclocks 时限数\torigin 来源");
    for (place, pack) in rules.packs().iter().enumerate() {
        let to = pack.effective_to.map(|day| day.to_string()).unwrap_or_default();
        let origin = if place < shipped { "shipped" } else { "published" };
        let (id, jurisdiction, from) = (&pack.id, &pack.jurisdiction, pack.effective_from);
        say(format!("{id}\t{jurisdiction}\t{from}\t{to}\t{}\t{origin}", pack.clocks.len()));
    }
    let calendar = rules.calendar();
    let years: Vec<_> = calendar.years().map(|year| year.to_string()).collect();
    say(format!("calendar 现行节假日历: {} ({})", calendar.version(), years.join(", ")));
    Ok(())
}

/// Where and from when a pack holds would be inherited: what is meant for a city must not come to hold in the whole country. What
/// cannot be read is told elsewhere.
fn must_say_where_it_holds(file: &Path, text: &str) -> Result<(), Failure> {
    let Ok(written) = text.parse::<toml::Table>() else { return Ok(()) };
    let Some(missing) =
        ["jurisdiction", "effective_from"].into_iter().find(|key| !written.contains_key(*key))
    else {
        return Ok(());
    };
    let file = file.display();
    Err(Failure::new(
        format!("{file} says no {missing}: every pack says itself where and from which day it holds"),
        format!("{file} 没有写明 {missing}：每个规则包都须自行写明适用地区和施行日期"),
    ))
}

/// The text of a file.
fn read(file: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(file).map_err(|error| {
        let file = file.display();
        Failure::new(
            format!("cannot read {file} ({error}): it must be a readable file in UTF-8"),
            format!("无法读取 {file}（{error}）：须为可读的 UTF-8 文件"),
        )
    })
}
