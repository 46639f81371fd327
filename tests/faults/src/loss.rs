//! Faults that lose acknowledged events: casebus must stop and say so, and an operator begins a new epoch.

use crate::check::Checker;
use crate::deployment::{Deployment, STREAM};
use crate::fault::Kind;
use crate::inject::{self, fail_over, open_to_primary};
use crate::load::Load;
use crate::member::{Member, Role};
use crate::postgres::Postgres;
use crate::proxy::Proxy;
use crate::random::Random;
use crate::template::free_port;
use anyhow::Context;
use std::time::{Duration, Instant};

/// So many commands are acknowledged, at least, that will be lost.
const LOST_AT_LEAST: usize = 12;
const LOSS_PATIENCE: Duration = Duration::from_secs(30);
/// How soon relay and gateways must have stopped.
const HALT_PATIENCE: Duration = Duration::from_secs(40);
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// What a loss was like.
#[derive(Clone, Copy, Debug)]
pub struct Loss {
    /// From the return of Postgres until relay and gateways had stopped.
    pub halted_after: Duration,
    /// Something of what was lost had been published, so that the stream tells of it.
    pub is_published: bool,
    /// The new epoch was begun as the operator's guide says, with all roles stopped; else while all ran.
    pub is_stopped: bool,
}

/// Loses the last events, waits until casebus has halted, and begins a new epoch: as the operator's guide says, or in a
/// hurry, while all roles run.
pub async fn lose_events(
    deployment: &mut Deployment,
    kind: Kind,
    load: &Load,
    checker: &mut Checker,
    random: &mut Random,
) -> anyhow::Result<Loss> {
    let lets_publish = random.percent(50);
    if !lets_publish {
        // Before anything is lost: whatever were published of it would tell of it.
        cables_of_relays(deployment).for_each(Proxy::refuse);
    }
    let backup = prepare(deployment, kind).await?;
    let behind = match (&backup, &deployment.standby) {
        (Some(_), _) => inject::head(deployment).await?,
        (None, Some(standby)) => head_of(standby).await?,
        (None, None) => anyhow::bail!("there is no standby"),
    };
    acknowledge_more(deployment, load, behind, lets_publish).await?;
    let marks: Vec<u64> = deployment.members.iter().map(Member::log_length).collect();
    let kept = if let Some(backup) = backup {
        come_back(deployment, backup, load).await?
    } else {
        let kept = fail_over(deployment).await?;
        load.books().incarnation += 1;
        kept
    };
    cables_of_relays(deployment).for_each(Proxy::open);
    let returned = Instant::now();
    wait_until_halted(deployment, load, &marks).await?;
    let halted_after = returned.elapsed();
    // What was published just before the relays were cut off may not be in a standby: then the stream tells of it after all.
    let is_published = lets_publish || stream_end(deployment).await? > kept;
    if !is_published {
        noticed_by_a_process(deployment, checker).await?;
    }
    let is_stopped = random.percent(50);
    if is_stopped {
        for member in &mut deployment.members {
            member.shut_down().await?;
        }
    }
    // Whatever were appended there would have a position that meant another event before.
    let head = inject::head(deployment).await?;
    if head != kept {
        let many = head - kept;
        checker.found(format!(
            "{many} events were appended after {kept}, where others were lost, in the same epoch"
        ));
    }
    deployment.administer(&["log", "new-epoch", "--yes"]).await?;
    if is_stopped {
        deployment.members.iter_mut().try_for_each(Member::start)?;
    }
    checker.begin_epoch(deployment, load, kept).await?;
    Ok(Loss { halted_after, is_published, is_stopped })
}

/// From now on events are not where Postgres will come back from; a backup, where it is one.
async fn prepare(deployment: &mut Deployment, kind: Kind) -> anyhow::Result<Option<Postgres>> {
    if kind == Kind::FailoverAsync {
        deployment.replication.as_ref().context("nothing follows the primary")?.refuse();
        return Ok(None);
    }
    let backup = Postgres::over(deployment.next_cluster(), free_port()?)?;
    backup.base_backup(deployment.primary.port, false).await?;
    Ok(Some(backup))
}

async fn head_of(postgres: &Postgres) -> anyhow::Result<i64> {
    let mut connection = postgres.connect().await?;
    Ok(sqlx::query_scalar("select position from log.log_head").fetch_one(&mut connection).await?)
}

/// Where the stream tells nothing of what was lost, a process must have: then no relay may let appends go on.
async fn noticed_by_a_process(deployment: &Deployment, checker: &mut Checker) -> anyhow::Result<()> {
    let mut connection = deployment.primary.connect().await?;
    let query = "select lost_in_epoch is not distinct from epoch from log.log_head";
    if !sqlx::query_scalar::<_, bool>(query).fetch_one(&mut connection).await? {
        checker.found("the log is halted, but a relay would let appends go on".to_owned());
    }
    Ok(())
}

async fn stream_end(deployment: &Deployment) -> anyhow::Result<i64> {
    let stream = deployment.jetstream().await?.get_stream(STREAM).await.context("there is no stream")?;
    Ok(i64::try_from(stream.cached_info().state.last_sequence)?)
}

/// What the relays reach NATS over.
fn cables_of_relays(deployment: &Deployment) -> impl Iterator<Item = &Proxy> {
    deployment.members.iter().filter(|member| member.role == Role::Relay).flat_map(|member| &member.nats)
}

/// Waits until commands beyond a position are acknowledged, and published where they can be.
async fn acknowledge_more(
    deployment: &mut Deployment,
    load: &Load,
    behind: i64,
    lets_publish: bool,
) -> anyhow::Result<()> {
    let begun = Instant::now();
    let context = deployment.jetstream().await?;
    loop {
        deployment.tend()?;
        let beyond = load.books().acknowledged.iter().filter(|one| one.position > behind).count();
        let published = match context.get_stream(STREAM).await {
            Ok(stream) => i64::try_from(stream.cached_info().state.last_sequence)?,
            Err(_) => 0,
        };
        if beyond >= LOST_AT_LEAST && (published > behind + 5 || !lets_publish) {
            return Ok(());
        }
        anyhow::ensure!(begun.elapsed() < LOSS_PATIENCE, "too little is acknowledged that could be lost");
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// Postgres dies and comes back from the backup; answers where the log ends then.
async fn come_back(deployment: &mut Deployment, mut backup: Postgres, load: &Load) -> anyhow::Result<i64> {
    for cable in deployment.cables_to_postgres() {
        cable.refuse();
    }
    deployment.primary.crash().await?;
    backup.start().await?;
    let lost = std::mem::replace(&mut deployment.primary, backup);
    crate::nats::remove_folder(&lost.folder)?;
    let kept = inject::head(deployment).await?;
    load.books().incarnation += 1;
    open_to_primary(deployment);
    Ok(kept)
}

/// A relay must have said what to do, and both gateways must refuse every new command.
async fn wait_until_halted(deployment: &mut Deployment, load: &Load, marks: &[u64]) -> anyhow::Result<()> {
    let begun = Instant::now();
    let mut probes = 0;
    loop {
        deployment.tend()?;
        let has_relay_spoken = deployment.members.iter().zip(marks).any(|(member, mark)| {
            member.role == Role::Relay && {
                let said = member.logged_since(*mark);
                said.contains("the relay has halted") && said.contains("casebus log new-epoch")
            }
        });
        let mut answers = Vec::new();
        for gateway in 0..2 {
            probes += 1;
            let key = format!("{}-{probes}", deployment.primary.port);
            answers.push(load.probe(gateway, &key).await);
        }
        let have_gateways_stopped =
            answers.iter().all(|answer| matches!(answer, Some((503, code)) if code == "log.halted"));
        if has_relay_spoken && have_gateways_stopped {
            return Ok(());
        }
        anyhow::ensure!(
            begun.elapsed() < HALT_PATIENCE,
            "casebus has not stopped: the relay has {}, gateways answer {answers:?}",
            if has_relay_spoken { "spoken" } else { "said nothing" }
        );
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}
