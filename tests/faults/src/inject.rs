//! Faults as they begin and end.

use crate::deployment::{Class, Deployment, STREAM};
use crate::fault::{Kind, Target};
use crate::member::Role;
use crate::proxy::Loss;
use crate::random::Random;
use anyhow::Context;
use rustix::process::{Pid, Signal, kill_process};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// How long the other member may take to lead.
const TAKE_OVER_PATIENCE: Duration = Duration::from_secs(15);

/// How long it may take to find out who leads, before any member is taken.
const LEADER_PATIENCE: Duration = Duration::from_millis(300);

/// How long lost connections may take to be counted.
const LOSING_TAKES: Duration = Duration::from_millis(50);

const SECOND: Duration = Duration::from_secs(1);

/// What Postgres says when the disk is full.
const NO_SPACE: &str = "No space left on device";

/// What a fault did, as far as that can be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// What it is for.
    Felt,
    /// It struck the one that leads.
    OnLeader,
    /// It struck all members of its role at once.
    OnAll,
    /// It struck one that does not lead, or nobody knew who leads.
    OnAnother,
    /// Nothing: no write failed, no connection was lost, or the older files were those of now.
    Unfelt,
}

impl Effect {
    /// Unless it turned out to have done nothing.
    #[must_use]
    pub const fn and(self, is_felt: bool) -> Self {
        if is_felt { self } else { Self::Unfelt }
    }
}

/// A fault that has begun.
#[derive(Debug)]
pub struct Begun {
    /// What ends it.
    pub heal: Heal,
    /// What it did so far.
    pub effect: Effect,
}

/// What ends a fault.
#[derive(Debug)]
pub enum Heal {
    /// It ended by itself.
    Nothing,
    /// Members are started.
    StartMembers(Vec<usize>),
    /// Frozen members go on.
    ThawMembers(Vec<usize>),
    /// A node of NATS is started.
    StartNats(usize),
    /// A frozen node goes on.
    ThawNats(usize),
    /// The node gets the files of before, and is started.
    OlderNatsFiles(PathBuf),
    /// Postgres is started.
    StartPostgres,
    /// The processes of Postgres go on.
    ThawPostgres(Vec<i32>),
    /// The cables of these members to Postgres carry again; broken first, or not.
    OpenPostgres(Vec<usize>, bool),
    /// The cables of these members to NATS carry again; broken first, or not.
    OpenNats(Vec<usize>, bool),
    /// There is room on the disk again; how long the log of Postgres was when there was none.
    MakeRoom(u64),
}

impl Heal {
    const fn of(self, effect: Effect) -> Begun {
        Begun { heal: self, effect }
    }

    const fn felt(self) -> Begun {
        self.of(Effect::Felt)
    }
}

/// Begins a fault.
pub async fn begin(deployment: &mut Deployment, kind: Kind, random: &mut Random) -> anyhow::Result<Begun> {
    let begun = match kind.target() {
        Target::Gateway => member_fault(deployment, Role::Gateway, kind, random).await,
        Target::Relay => member_fault(deployment, Role::Relay, kind, random).await,
        Target::Projector => member_fault(deployment, Role::Projector, kind, random).await,
        Target::Watch => member_fault(deployment, Role::Watch, kind, random).await,
        Target::Nats => nats_fault(deployment, kind, random).await,
        Target::Postgres => postgres_fault(deployment, kind, random).await,
    };
    begun.with_context(|| format!("{} could not begin", kind.name()))
}

/// Mostly the member that leads; now and then all of the role.
async fn struck(
    deployment: &Deployment,
    role: Role,
    random: &mut Random,
) -> anyhow::Result<(Vec<usize>, Effect)> {
    let members = deployment.members_of(role);
    // Drawn whatever comes of it: a seed brings back the choices, also where nobody leads this time.
    let any = *random.pick(&members).context("the role has no members")?;
    let (takes_leader, takes_all) = (!random.percent(20), random.percent(20));
    if takes_all {
        return Ok((members, Effect::OnAll));
    }
    if role == Role::Gateway {
        return Ok((vec![any], Effect::Felt));
    }
    // Postgres may be away at the moment, and what ends that must not wait for this.
    let asked = tokio::time::timeout(LEADER_PATIENCE, deployment.leader(role)).await;
    let leader = asked.ok().and_then(Result::ok).flatten();
    let place = leader.filter(|_| takes_leader).unwrap_or(any);
    Ok((vec![place], if leader == Some(place) { Effect::OnLeader } else { Effect::OnAnother }))
}

async fn member_fault(
    deployment: &mut Deployment,
    role: Role,
    kind: Kind,
    random: &mut Random,
) -> anyhow::Result<Begun> {
    if kind.waits_for_another_leader() {
        return Ok(two_leaders(deployment, role).await?.of(Effect::OnLeader));
    }
    let (struck, effect) = struck(deployment, role, random).await?;
    let is_freeze =
        matches!(kind, Kind::GatewayFreeze | Kind::RelayFreeze | Kind::ProjectorFreeze | Kind::WatchFreeze);
    let is_restart = matches!(
        kind,
        Kind::GatewayRestart | Kind::RelayRestart | Kind::ProjectorRestart | Kind::WatchRestart
    );
    for place in &struck {
        let member = &mut deployment.members[*place];
        if is_freeze {
            member.freeze();
            continue;
        }
        member.is_held = true;
        if is_restart {
            member.stop().await?;
        } else {
            member.kill().await?;
        }
    }
    Ok(if is_freeze { Heal::ThawMembers(struck) } else { Heal::StartMembers(struck) }.of(effect))
}

/// A leader stands still, its connections to Postgres end as those of a lost machine do, and the other one leads: the
/// first one does not know that when it goes on.
async fn two_leaders(deployment: &mut Deployment, role: Role) -> anyhow::Result<Heal> {
    let begun = Instant::now();
    let first = loop {
        if let Ok(Some(place)) = deployment.leader(role).await {
            break place;
        }
        anyhow::ensure!(begun.elapsed() < TAKE_OVER_PATIENCE, "nobody leads the role {}", role.name());
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    deployment.members[first].freeze();
    deployment.members[first].postgres.cut();
    let begun = Instant::now();
    while !matches!(deployment.leader(role).await, Ok(Some(place)) if place != first) {
        if begun.elapsed() > TAKE_OVER_PATIENCE {
            deployment.members[first].thaw();
            anyhow::bail!("no other {} takes the lead", role.name());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(Heal::ThawMembers(vec![first]))
}

async fn stream_leader(deployment: &Deployment) -> Option<usize> {
    let context = deployment.jetstream().await.ok()?;
    let stream = context.get_stream(STREAM).await.ok()?;
    let leader = stream.cached_info().cluster.as_ref()?.leader.clone()?;
    deployment.nats.iter().position(|node| node.name == leader)
}

async fn nats_fault(deployment: &mut Deployment, kind: Kind, random: &mut Random) -> anyhow::Result<Begun> {
    let any = random.below(deployment.nats.len());
    let (place, effect) = match kind {
        Kind::NatsLeaderKill | Kind::NatsLeaderFreeze => match stream_leader(deployment).await {
            Some(leader) => (leader, Effect::OnLeader),
            None => (any, Effect::OnAnother),
        },
        _ => (any, Effect::Felt),
    };
    let node = deployment.nats.get_mut(place).context("there is no such node")?;
    let heal = match kind {
        Kind::NatsFreeze | Kind::NatsLeaderFreeze => {
            node.signal(Signal::STOP);
            Heal::ThawNats(place)
        }
        Kind::NatsRestart => {
            node.stop().await?;
            Heal::StartNats(place)
        }
        Kind::JetStreamWiped => {
            node.stop().await?;
            node.wipe()?;
            Heal::StartNats(place)
        }
        Kind::JetStreamTail => {
            node.stop().await?;
            let older = deployment.folder.join("older-nats");
            crate::nats::remove_folder(&older)?;
            copy(&node.store(), &older).await?;
            node.start().await?;
            Heal::OlderNatsFiles(older)
        }
        Kind::StreamDeleted => {
            let context = deployment.jetstream().await?;
            context.delete_stream(STREAM).await.context("the stream was not deleted")?;
            Heal::Nothing
        }
        Kind::NatsCut | Kind::NatsSwallow => disconnect_nats(deployment, kind, random),
        _ => {
            node.kill().await?;
            Heal::StartNats(place)
        }
    };
    Ok(heal.of(effect))
}

/// Some members, at least one, never by role: a broken switch does not ask.
fn some_members(deployment: &Deployment, random: &mut Random) -> Vec<usize> {
    let everyone: Vec<usize> = (0..deployment.members.len()).collect();
    if random.percent(40) {
        return everyone;
    }
    let mut some: Vec<usize> = everyone.iter().copied().filter(|_| random.percent(50)).collect();
    if some.is_empty() {
        some.push(random.below(everyone.len()));
    }
    some
}

fn disconnect_nats(deployment: &Deployment, kind: Kind, random: &mut Random) -> Heal {
    let some = some_members(deployment, random);
    for cable in some.iter().flat_map(|place| &deployment.members[*place].nats) {
        if kind == Kind::NatsCut { cable.refuse() } else { cable.swallow() }
    }
    Heal::OpenNats(some, random.percent(50))
}

fn disconnect_postgres(deployment: &Deployment, kind: Kind, random: &mut Random) -> Heal {
    let some = some_members(deployment, random);
    for cable in some.iter().map(|place| &deployment.members[*place].postgres) {
        if kind == Kind::PostgresCut { cable.refuse() } else { cable.swallow() }
    }
    Heal::OpenPostgres(some, random.percent(50))
}

async fn postgres_fault(
    deployment: &mut Deployment,
    kind: Kind,
    random: &mut Random,
) -> anyhow::Result<Begun> {
    let primary = &mut deployment.primary;
    match kind {
        Kind::PostgresCrash => {
            primary.crash().await?;
            Ok(Heal::StartPostgres.felt())
        }
        Kind::PostgresRestart => {
            primary.stop().await?;
            Ok(Heal::StartPostgres.felt())
        }
        Kind::PostgresFreeze => {
            let children = primary.children();
            primary.signal(Signal::STOP);
            signal_all(&children, Signal::STOP);
            Ok(Heal::ThawPostgres(children).felt())
        }
        Kind::PostgresCut | Kind::PostgresSwallow => Ok(disconnect_postgres(deployment, kind, random).felt()),
        Kind::PostgresLost => lose_connections(deployment, random).await,
        Kind::DiskFull => {
            let logged = primary.log_length();
            deployment.volume.as_ref().context("there is no small disk")?.fill()?;
            Ok(Heal::MakeRoom(logged).felt())
        }
        Kind::FailoverSync => {
            fail_over(deployment).await?;
            Ok(Heal::Nothing.felt())
        }
        _ => anyhow::bail!("it is no fault of its own"),
    }
}

async fn lose_connections(deployment: &Deployment, random: &mut Random) -> anyhow::Result<Begun> {
    let some = some_members(deployment, random);
    let lost = || some.iter().map(|place| deployment.members[*place].postgres.lost()).sum::<u64>();
    let before = lost();
    for place in &some {
        let share = if random.percent(50) { 100 } else { 50 };
        let server_notices_after = 3 * SECOND + SECOND * random.below(38).try_into()?;
        deployment.members[*place].postgres.lose(Loss { share, server_notices_after });
    }
    tokio::time::sleep(LOSING_TAKES).await;
    Ok(Heal::Nothing.of(Effect::Felt.and(lost() > before)))
}

fn signal_all(processes: &[i32], signal: Signal) {
    for process in processes.iter().filter_map(|process| Pid::from_raw(*process)) {
        // A server process may have ended meanwhile.
        let _ = kill_process(process, signal);
    }
}

/// Kills the primary, promotes the standby, and leads everyone there; answers where the log ended at the promotion.
pub async fn fail_over(deployment: &mut Deployment) -> anyhow::Result<i64> {
    for cable in deployment.cables_to_postgres() {
        cable.refuse();
    }
    deployment.primary.crash().await?;
    let standby = deployment.standby.take().context("there is no standby")?;
    standby.promote().await?;
    let lost = std::mem::replace(&mut deployment.primary, standby);
    crate::nats::remove_folder(&lost.folder)?;
    deployment.replication = None;
    let head = head(deployment).await?;
    open_to_primary(deployment);
    Ok(head)
}

/// Leads everyone to the primary of now.
pub fn open_to_primary(deployment: &Deployment) {
    let port = deployment.primary.port;
    for cable in deployment.cables_to_postgres() {
        cable.lead_to(port);
        cable.open();
    }
}

/// Where the log ends.
pub async fn head(deployment: &Deployment) -> anyhow::Result<i64> {
    let mut connection = deployment.primary.connect().await?;
    Ok(sqlx::query_scalar("select position from log.log_head").fetch_one(&mut connection).await?)
}

/// Copies a folder.
pub async fn copy(from: &std::path::Path, to: &std::path::Path) -> anyhow::Result<()> {
    let arguments = ["-a".into(), from.into(), to.into()];
    crate::process::run(std::path::Path::new("cp"), None, &arguments).await.map(drop)
}

/// Ends a fault; answers whether it was felt, as far as that can be known.
pub async fn heal(deployment: &mut Deployment, heal: Heal) -> anyhow::Result<bool> {
    match heal {
        Heal::Nothing => {}
        Heal::StartMembers(places) => {
            for place in places {
                deployment.members[place].start()?;
            }
        }
        Heal::ThawMembers(places) => {
            for place in places {
                deployment.members[place].thaw();
            }
        }
        Heal::StartNats(place) => deployment.nats[place].start().await?,
        Heal::ThawNats(place) => deployment.nats[place].signal(Signal::CONT),
        Heal::OlderNatsFiles(older) => {
            let node = deployment.nats.first_mut().context("there is no nats-server")?;
            node.stop().await?;
            let is_older = crate::nats::stored_bytes(&older)? < crate::nats::stored_bytes(&node.store())?;
            node.wipe()?;
            copy(&older, &node.store()).await?;
            node.start().await?;
            return Ok(is_older);
        }
        Heal::StartPostgres => deployment.primary.start().await?,
        Heal::ThawPostgres(children) => {
            deployment.primary.signal(Signal::CONT);
            signal_all(&children, Signal::CONT);
        }
        Heal::OpenPostgres(places, is_broken) => {
            for cable in places.iter().map(|place| &deployment.members[*place].postgres) {
                open(cable, is_broken);
            }
        }
        Heal::OpenNats(places, is_broken) => {
            for cable in places.iter().flat_map(|place| &deployment.members[*place].nats) {
                open(cable, is_broken);
            }
        }
        Heal::MakeRoom(logged) => {
            deployment.volume.as_ref().context("there is no small disk")?.make_room()?;
            // Postgres ends when it finds no room for its write-ahead log.
            deployment.primary.start().await?;
            return Ok(deployment.primary.logged_since(logged).contains(NO_SPACE));
        }
    }
    Ok(true)
}

/// Ends whatever lasts after a schedule that was broken off: everything runs, and every cable carries.
pub async fn heal_everything(deployment: &mut Deployment) -> anyhow::Result<()> {
    if let Some(volume) = &deployment.volume {
        // There may be nothing that fills it.
        let _ = volume.make_room();
    }
    deployment.primary.signal(Signal::CONT);
    signal_all(&deployment.primary.children(), Signal::CONT);
    deployment.primary.start().await?;
    for node in &mut deployment.nats {
        node.signal(Signal::CONT);
        node.start().await?;
    }
    open_to_primary(deployment);
    for member in &mut deployment.members {
        member.nats.iter().for_each(crate::proxy::Proxy::open);
        if member.is_alive() {
            member.thaw();
        } else {
            member.start()?;
        }
    }
    Ok(())
}

fn open(cable: &crate::proxy::Proxy, is_broken: bool) {
    if is_broken {
        cable.cut();
    }
    cable.open();
}

/// What a class needs after its main fault, before the next schedule.
pub async fn restore_redundancy(deployment: &mut Deployment) -> anyhow::Result<()> {
    if matches!(deployment.class, Class::Sync | Class::Async) && deployment.standby.is_none() {
        deployment.add_standby().await?;
    }
    Ok(())
}
