//! One run: the cases in order, on one Postgres, told as they are found.

use crate::casebus::House;
use crate::cases;
use crate::database::Server;
use crate::events::{FilledLog, Kind};
use crate::machine;
use crate::nats;
use crate::options::{Case, Options};
use crate::quiet::Look;
use crate::report::{self, Found, Report};
use crate::row;
use crate::scratch::ScratchFolder;
use crate::stage::Stage;
use anyhow::Context;
use std::sync::Arc;

/// Runs what is wanted and writes what was found.
pub(crate) async fn run(options: &Options) -> anyhow::Result<()> {
    if options.needs_nats() {
        // What is missing is told at once, not after minutes of measuring.
        let missing = "nats-server is missing: run deploy/install.sh, or name the program with --nats-server";
        nats::version(options).await.context(missing)?;
    }
    report::make_room(options)?;
    let scratch = ScratchFolder::make()?;
    let server = Server::start(&scratch.path().join("postgres")).await?;
    let mut report = Report::default();
    report.sections.push(machine::section(options, &server).await?);
    println!("{}", report.sections[0].as_text());
    let look = Look::before(&server, scratch.path()).await?;
    let stage = Stage { options, scratch: scratch.path(), server: &server };
    let done = run_cases(&stage, &mut report).await;
    server.stop().await?;
    done?;
    let (is_quiet, section) = look.after()?;
    report.quiet = Some(is_quiet);
    println!("{}", section.as_text());
    report.sections.push(section);
    println!("{}", row::section(&report.figures).as_text());
    report.write(options)
}

async fn run_cases(stage: &Stage<'_>, report: &mut Report) -> anyhow::Result<()> {
    let wants = |case| stage.options.runs(case);
    if wants(Case::Append) {
        report.tell(cases::append::run(stage).await?);
    }
    if wants(Case::Peers) {
        report.tell(cases::peers::run(stage).await?);
    }
    if wants(Case::Load) || wants(Case::Read) || wants(Case::Relay) {
        run_on_plain_log(stage, report).await?;
    }
    if wants(Case::Project) || wants(Case::Rebuild) {
        run_on_lives(stage, report).await?;
    }
    if wants(Case::Http) {
        report.tell(cases::http::run(stage).await?);
    }
    if wants(Case::Visible) || wants(Case::Pipeline) {
        run_whole_system(stage, report).await?;
    }
    if wants(Case::Watch) {
        report.tell(cases::watch::run(stage).await?);
    }
    // Of a quick run only when they are asked for by name.
    let takes_long = stage.options.quick && stage.options.only.is_empty();
    if wants(Case::Beside) && !takes_long {
        report.tell(cases::beside::run(stage).await?);
    }
    if wants(Case::Roles) && !takes_long {
        report.tell(cases::roles::run(stage).await?);
    }
    if wants(Case::Start) {
        report.tell(cases::start::run(stage).await?);
    }
    Ok(())
}

/// The cases that read a log of events of one size.
async fn run_on_plain_log(stage: &Stage<'_>, report: &mut Report) -> anyhow::Result<()> {
    let events = stage.options.either(80_000, 300_000);
    let filled = FilledLog::make(stage.server, Kind::Plain, events).await?;
    if stage.options.runs(Case::Load) {
        report.tell(cases::load::run(stage, &filled).await?);
    }
    if stage.options.runs(Case::Read) {
        report.tell(cases::read::run(stage, &filled).await?);
    }
    if stage.options.runs(Case::Relay) {
        report.tell(cases::relay::run(stage, &filled).await?);
    }
    stage.server.remove(filled.database).await
}

/// The cases that fold a log of whole lives; the second needs what the first leaves.
async fn run_on_lives(stage: &Stage<'_>, report: &mut Report) -> anyhow::Result<()> {
    let events = stage.options.either(60_000, 200_000);
    let filled = FilledLog::make(stage.server, Kind::Lives, events).await?;
    let (found, projected) = cases::project::run(stage, &filled).await?;
    if stage.options.runs(Case::Project) {
        report.tell(found);
    }
    if stage.options.runs(Case::Rebuild) {
        report.tell(cases::rebuild::run(stage, &projected).await?);
    }
    stage.server.remove(projected.database).await?;
    stage.server.remove(filled.database).await
}

/// The cases that need a whole casebus: the quiet one first, then the one that fills the log.
async fn run_whole_system(stage: &Stage<'_>, report: &mut Report) -> anyhow::Result<()> {
    let house = House::build(stage, "whole").await?;
    let serving = house.up().await?;
    let api = Arc::new(serving.api);
    let done = async {
        if stage.options.runs(Case::Visible) {
            report.tell(cases::visible::run(stage, &api).await?);
        }
        if stage.options.runs(Case::Pipeline) {
            report.tell(cases::pipeline::run(stage, &house, &serving.process, &api).await?);
        }
        anyhow::Ok(())
    };
    let done = done.await;
    serving.process.stop().await?;
    house.remove(stage).await?;
    done
}

impl Report {
    /// Prints what a case found, and keeps it.
    fn tell(&mut self, found: Found) {
        for section in &found.sections {
            println!("{}", section.as_text());
        }
        self.sections.extend(found.sections);
        self.figures.extend(found.figures);
    }
}
