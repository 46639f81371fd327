//! Runs the plan: deployment after deployment, schedule after schedule.

use crate::check::Checker;
use crate::consumer::Consumer;
use crate::deployment::Deployment;
use crate::fault::Kind;
use crate::feed_reader::FeedReader;
use crate::inject::{self, Begun, Effect, Heal};
use crate::load::Load;
use crate::loss;
use crate::member::Role;
use crate::plan::{DeploymentPlan, Planned, Schedule};
use crate::random::Random;
use crate::report::{Outcome, Report};
use crate::template::{RECEIVER, Template};
use anyhow::Context;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a schedule loads before its last fault ends, at least.
const LOAD_AT_LEAST: Duration = Duration::from_millis(1_200);
/// How long commands may stay without an answer after the last fault.
const ANSWER_PATIENCE: Duration = Duration::from_secs(75);
/// How long the projector may take for the last events.
const FOLDED_PATIENCE: Duration = Duration::from_secs(20);
/// How often ended processes are looked for.
const TEND_INTERVAL: Duration = Duration::from_millis(100);

/// Says what happens, line by line.
pub type Say<'a> = &'a (dyn Fn(String) + Sync);

/// A deployment under attack.
struct Trial {
    deployment: Deployment,
    load: Load,
    consumer: Consumer,
    feed_reader: FeedReader,
    checker: Checker,
    has_failed: bool,
}

/// Runs all deployments of a plan.
pub async fn run(plan: &[DeploymentPlan], logs: &Path, say: Say<'_>) -> anyhow::Result<Report> {
    let template = Arc::new(Template::make().await.context("the template was not made")?);
    let mut report = Report::default();
    for (number, deployment) in (1..).zip(plan) {
        say(format!(
            "deployment {number}: {}, {} schedules, seed {:#x}",
            deployment.class.name(),
            deployment.schedules.len(),
            deployment.seed
        ));
        let mut left = deployment.schedules.as_slice();
        while !left.is_empty() {
            let mut trial = Trial::start(deployment, template.clone(), say).await?;
            let done = trial.schedules(left, logs, &mut report, say).await?;
            left = &left[done..];
            trial.end(logs, &mut report, say).await?;
        }
    }
    Ok(report)
}

fn line(schedule: &Schedule, outcome: &Outcome, commands: usize, took: Duration) -> String {
    let faults: Vec<String> = schedule
        .faults
        .iter()
        .map(|fault| format!("{}@{}+{}", fault.kind.name(), fault.at.as_millis(), fault.lasts.as_millis()))
        .collect();
    let recovery = outcome
        .recovery
        .map_or("NOT RECOVERED".to_owned(), |time| format!("recovered in {:.2} s", time.as_secs_f64()));
    format!(
        "schedule {} seed {:#x}: {}; {commands} commands so far, {recovery}, {:.1} s in all{}",
        schedule.number,
        schedule.seed,
        faults.join(" "),
        took.as_secs_f64(),
        if outcome.wrong.is_empty() { "" } else { ", WRONG" }
    )
}

/// What a schedule still has to do, at a moment of it.
enum Act {
    Begin(Kind, Duration),
    /// What ends the fault of this place among those that happened.
    End(usize, Heal),
}

impl Trial {
    async fn start(plan: &DeploymentPlan, template: Arc<Template>, say: Say<'_>) -> anyhow::Result<Self> {
        let begun = Instant::now();
        let deployment = Deployment::start(plan.class, template.clone()).await;
        let deployment =
            deployment.with_context(|| format!("the deployment {} did not start", plan.class.name()))?;
        say(format!("ready after {:.1} s", begun.elapsed().as_secs_f64()));
        let load = Load::new(deployment.gateways(), &template, plan.seed)?;
        let consumer = Consumer::of(RECEIVER, deployment.nats_addresses());
        let feed_reader = load.feed_reader(RECEIVER);
        let checker = Checker::default();
        Ok(Self { deployment, load, consumer, feed_reader, checker, has_failed: false })
    }

    /// Runs schedules until one does not recover; answers how many were run. The next one gets a new deployment.
    async fn schedules(
        &mut self,
        schedules: &[Schedule],
        logs: &Path,
        report: &mut Report,
        say: Say<'_>,
    ) -> anyhow::Result<usize> {
        for (done, schedule) in (1..).zip(schedules) {
            let begun = Instant::now();
            let outcome = self.schedule(schedule, say).await;
            self.has_failed = outcome.recovery.is_none();
            say(line(schedule, &outcome, self.checker.commands, begun.elapsed()));
            if !outcome.wrong.is_empty() {
                outcome.wrong.iter().for_each(|what| say(format!("  WRONG {what}")));
                let kept = keep_logs(&self.deployment, &logs.join(format!("schedule-{}", schedule.number)))?;
                say(format!("  logs are kept in {}", kept.display()));
            }
            report.outcomes.push(outcome);
            if self.has_failed {
                return Ok(done);
            }
        }
        Ok(schedules.len())
    }

    /// Attacks under load, waits until all is level again, and checks.
    async fn schedule(&mut self, schedule: &Schedule, say: Say<'_>) -> Outcome {
        let mut outcome =
            Outcome { number: schedule.number, faults: Vec::new(), recovery: None, wrong: Vec::new() };
        match self.attack_and_recover(schedule, &mut outcome.faults, say).await {
            Ok(recovery) => outcome.recovery = Some(recovery),
            Err(error) => outcome.wrong.push(format!("{error:#}")),
        }
        outcome.wrong.append(&mut self.checker.wrong);
        outcome.wrong.append(&mut self.deployment.crashes);
        outcome
    }

    /// Answers how long it took from the end of the last fault until all was level.
    async fn attack_and_recover(
        &mut self,
        schedule: &Schedule,
        happened: &mut Vec<(Kind, Effect)>,
        say: Say<'_>,
    ) -> anyhow::Result<Duration> {
        let begun = Instant::now();
        let mut random = Random::new(schedule.seed);
        let (losses, others): (Vec<&Planned>, Vec<&Planned>) =
            schedule.faults.iter().partition(|fault| fault.kind.loses_events());
        self.load.resume();
        let mut healed = self.play(begun, &others, happened, &mut random).await?;
        if !losses.is_empty() && !others.is_empty() {
            // Afterwards the stream and the read model are made anew: what these faults left there would never be seen.
            self.settle_and_check().await?;
            self.load.resume();
        }
        for fault in losses {
            let (deployment, checker) = (&mut self.deployment, &mut self.checker);
            let loss = loss::lose_events(deployment, fault.kind, &self.load, checker, &mut random).await?;
            healed = Instant::now();
            happened.push((fault.kind, Effect::Felt));
            say(format!(
                "  {}: what was lost was {}, halted after {:.2} s, new epoch {}, {} acknowledged events lost so far",
                fault.kind.name(),
                if loss.is_published { "published" } else { "published nowhere" },
                loss.halted_after.as_secs_f64(),
                if loss.is_stopped { "with all roles stopped" } else { "while all run" },
                self.checker.lost
            ));
        }
        let level = self.settle_and_check().await?;
        inject::restore_redundancy(&mut self.deployment).await?;
        Ok(level.duration_since(healed))
    }

    /// Lets all become level without load, and checks; answers when it was level.
    async fn settle_and_check(&mut self) -> anyhow::Result<Instant> {
        self.load.pause();
        self.until_answered().await?;
        self.checker.level(&mut self.deployment, &self.load).await?;
        let level = Instant::now();
        self.checker.check(&self.deployment, &self.load, &self.consumer).await?;
        self.checker.compare_feed_reader(RECEIVER, &self.feed_reader).await;
        Ok(level)
    }

    /// Begins and ends each fault at its time; answers when the last one was over. Load goes on for a while after one that
    /// is over at once.
    async fn play(
        &mut self,
        begun: Instant,
        faults: &[&Planned],
        happened: &mut Vec<(Kind, Effect)>,
        random: &mut Random,
    ) -> anyhow::Result<Instant> {
        let mut acts: Vec<(Duration, Act)> =
            faults.iter().map(|fault| (fault.at, Act::Begin(fault.kind, fault.lasts))).collect();
        let mut over = begun;
        while !acts.is_empty() || begun.elapsed() < LOAD_AT_LEAST {
            acts.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
            match acts.pop_if(|(at, _)| *at <= begun.elapsed()) {
                Some((_, Act::Begin(kind, lasts))) => {
                    let Begun { heal, effect } = inject::begin(&mut self.deployment, kind, random).await?;
                    over = Instant::now();
                    happened.push((kind, effect));
                    acts.push((begun.elapsed() + lasts, Act::End(happened.len() - 1, heal)));
                }
                Some((_, Act::End(place, heal))) => {
                    let lasted = !matches!(heal, Heal::Nothing);
                    let is_felt = inject::heal(&mut self.deployment, heal).await?;
                    let (_, effect) = &mut happened[place];
                    *effect = effect.and(is_felt);
                    if lasted {
                        over = Instant::now();
                    }
                }
                None => {
                    self.deployment.tend()?;
                    let next =
                        acts.last().map_or(TEND_INTERVAL, |(at, _)| at.saturating_sub(begun.elapsed()));
                    tokio::time::sleep(next.min(TEND_INTERVAL)).await;
                }
            }
        }
        Ok(over)
    }

    async fn until_answered(&mut self) -> anyhow::Result<()> {
        let begun = Instant::now();
        while !self.load.settle(TEND_INTERVAL).await {
            self.deployment.tend()?;
            anyhow::ensure!(
                begun.elapsed() < ANSWER_PATIENCE,
                "{} stories are without an answer {} s after the last fault",
                self.load.books().under_way,
                ANSWER_PATIENCE.as_secs()
            );
        }
        Ok(())
    }

    /// Checks everything from the beginning, lets casebus check itself, and ends all in good order.
    async fn end(mut self, logs: &Path, report: &mut Report, say: Say<'_>) -> anyhow::Result<()> {
        if self.has_failed {
            match self.check_after_failure().await {
                Ok(()) => say(format!(
                    "after the failure: everything was started again and checked, {} things wrong",
                    self.checker.wrong.len()
                )),
                Err(error) => self.checker.found(format!("after the failure: {error:#}")),
            }
        } else {
            if let Err(error) = self.last_check().await {
                self.checker.found(format!("at the end of the deployment: {error:#}"));
            }
            say(format!(
                "deployment ends: {} acknowledged commands, {} events lost as expected, {} attempts without an answer, \
                 {} deliveries to the consumer, {} pages of the feed, {} processes started again by the supervisor",
                self.checker.commands,
                self.checker.lost,
                self.load.books().attempts_without_answer,
                self.consumer.seen().deliveries,
                self.feed_reader.read().pages,
                self.deployment.restarts
            ));
        }
        self.checker.wrong.append(&mut self.deployment.crashes);
        for member in &self.deployment.members {
            if member.logged_since(0).contains("panicked at") {
                self.checker.found(format!("{} panicked: see its log", member.name));
            }
        }
        self.checker.wrong.iter().for_each(|what| say(format!("  WRONG {what}")));
        if !self.checker.wrong.is_empty() {
            let kept =
                keep_logs(&self.deployment, &logs.join(format!("deployment-{}", report.deployments + 1)))?;
            say(format!("  logs are kept in {}", kept.display()));
        }
        report.wrong.append(&mut self.checker.wrong);
        report.commands += self.checker.commands;
        report.lost_as_expected += self.checker.lost;
        report.deployments += 1;
        self.deployment.close().await
    }

    async fn last_check(&mut self) -> anyhow::Result<()> {
        self.checker.check_all(&self.deployment, &self.load, &self.consumer).await?;
        self.deployment.administer(&["log", "verify"]).await?;
        self.stop_in_order().await?;
        self.checker.compare_with_rebuilt(&self.deployment).await
    }

    /// Whatever a schedule that was broken off has left: nothing that was acknowledged may be missing.
    async fn check_after_failure(&mut self) -> anyhow::Result<()> {
        self.load.pause();
        inject::heal_everything(&mut self.deployment).await?;
        self.until_answered().await?;
        self.checker.level(&mut self.deployment, &self.load).await?;
        self.checker.check_all(&self.deployment, &self.load, &self.consumer).await
    }

    /// Stops all members: first those that append, last the one that folds what they appended.
    async fn stop_in_order(&mut self) -> anyhow::Result<()> {
        let (folding, others): (Vec<_>, Vec<_>) =
            self.deployment.members.iter_mut().partition(|member| member.role == Role::Projector);
        for member in others {
            member.stop().await?;
        }
        let mut connection = self.deployment.primary.connect().await?;
        let begun = Instant::now();
        let query = "select h.position = c.position from log.log_head h, views_1.checkpoint c";
        while !sqlx::query_scalar::<_, bool>(query).fetch_one(&mut connection).await? {
            anyhow::ensure!(begun.elapsed() < FOLDED_PATIENCE, "the projector does not fold the last events");
            tokio::time::sleep(TEND_INTERVAL).await;
        }
        for member in folding {
            member.stop().await?;
        }
        Ok(())
    }
}

/// Loads a deployment for a moment, then changes its read model; answers what is found when one is built anew. Before
/// that nothing must be wrong.
pub async fn tampered_read_model(statement: &'static str) -> anyhow::Result<Vec<String>> {
    let mut trial = loaded_for_a_moment().await?;
    trial.stop_in_order().await?;
    trial.checker.compare_with_rebuilt(&trial.deployment).await?;
    anyhow::ensure!(trial.checker.wrong.is_empty(), "before anything was changed: {:?}", trial.checker.wrong);
    trial.deployment.administer(&["views", "drop-former"]).await?;
    let mut connection = trial.deployment.primary.connect().await?;
    sqlx::raw_sql(statement).execute(&mut connection).await?;
    trial.checker.compare_with_rebuilt(&trial.deployment).await?;
    let found = std::mem::take(&mut trial.checker.wrong);
    trial.deployment.close().await?;
    Ok(found)
}

async fn loaded_for_a_moment() -> anyhow::Result<Trial> {
    let template = Arc::new(Template::make().await?);
    let plan = DeploymentPlan { class: crate::Class::Single, seed: 1, schedules: Vec::new() };
    let mut trial = Trial::start(&plan, template, &|_| {}).await?;
    trial.load.resume();
    tokio::time::sleep(LOAD_AT_LEAST).await;
    trial.load.pause();
    trial.until_answered().await?;
    trial.checker.level(&mut trial.deployment, &trial.load).await?;
    Ok(trial)
}

/// Loads a deployment for a moment, then changes its database behind its back, statement by statement; answers what
/// the checker finds after each. Before the first it must find nothing.
pub async fn tampered(statements: &[&'static str]) -> anyhow::Result<Vec<Vec<String>>> {
    let mut trial = loaded_for_a_moment().await?;
    trial.checker.check(&trial.deployment, &trial.load, &trial.consumer).await?;
    anyhow::ensure!(trial.checker.wrong.is_empty(), "before anything was changed: {:?}", trial.checker.wrong);
    let mut found = Vec::new();
    for statement in statements {
        let mut connection = trial.deployment.primary.connect().await?;
        sqlx::raw_sql(*statement).execute(&mut connection).await?;
        trial.checker.check_all(&trial.deployment, &trial.load, &trial.consumer).await?;
        found.push(std::mem::take(&mut trial.checker.wrong));
    }
    trial.deployment.close().await?;
    Ok(found)
}

/// Copies all logs of a deployment.
fn keep_logs(deployment: &Deployment, to: &Path) -> anyhow::Result<PathBuf> {
    std::fs::create_dir_all(to)?;
    let members = deployment.members.iter().map(|member| member.log.clone());
    let nodes = deployment.nats.iter().map(crate::nats::NatsNode::log_file);
    let postgres = [deployment.primary.log_file().to_owned()];
    for (number, log) in members.chain(nodes).chain(postgres).enumerate() {
        let name = log.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        // A log may not have been begun.
        let _ = std::fs::copy(&log, to.join(format!("{number}-{name}")));
    }
    Ok(to.to_owned())
}
