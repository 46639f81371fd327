//! A whole installation as separate processes: servers, two of each role, and a cable of its own for everyone.

use crate::member::{Member, Role};
use crate::nats::{CREDENTIALS, NatsNode, Routes, remove_folder};
use crate::postgres::Postgres;
use crate::proxy::Proxy;
use crate::template::{Administrator, Template, free_port};
use crate::volume::Volume;
use anyhow::{Context, bail};
use async_nats::jetstream;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long all may take to be ready.
const READY_PATIENCE: Duration = Duration::from_mins(1);
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// The stream.
pub const STREAM: &str = "CASEBUS";

/// What servers a deployment has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// One Postgres, one nats-server.
    Single,
    /// One Postgres, three nats-servers with three copies.
    Cluster,
    /// A Postgres with a synchronous standby.
    Sync,
    /// A Postgres with an asynchronous standby.
    Async,
    /// A Postgres of which backups are taken.
    Restore,
    /// A Postgres on a small disk.
    Disk,
}

impl Class {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Single, Self::Cluster, Self::Sync, Self::Async, Self::Restore, Self::Disk];

    /// As it is printed.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Cluster => "cluster",
            Self::Sync => "sync-standby",
            Self::Async => "async-standby",
            Self::Restore => "restore",
            Self::Disk => "small-disk",
        }
    }
}

/// A running installation.
pub struct Deployment {
    /// Its servers.
    pub class: Class,
    /// Its files.
    pub folder: PathBuf,
    /// What it began with.
    pub template: Arc<Template>,
    /// The database.
    pub primary: Postgres,
    /// What follows it.
    pub standby: Option<Postgres>,
    /// The cable between them.
    pub replication: Option<Proxy>,
    /// The nodes of NATS.
    pub nats: Vec<NatsNode>,
    /// The processes of casebus.
    pub members: Vec<Member>,
    /// The small disk.
    pub volume: Option<Volume>,
    clusters: u32,
    /// How often a member that had ended by itself was started again.
    pub restarts: u32,
    /// Members that nobody here killed, and that ended by a signal or a panic.
    pub crashes: Vec<String>,
}

impl Deployment {
    /// Starts everything and waits until it is ready.
    pub async fn start(class: Class, template: Arc<Template>) -> anyhow::Result<Self> {
        let folder = testkit::folder(class.name());
        std::fs::create_dir_all(&folder)?;
        let volume =
            if class == Class::Disk { Some(Volume::mount(&folder.join("disk")).await?) } else { None };
        let above = volume.as_ref().map_or(folder.clone(), |volume| volume.folder().to_owned());
        let mut primary = Postgres::over(above.join("postgres-1"), free_port()?)?;
        primary.copy_from(&template.cluster).await?;
        primary.start().await?;
        let nats = start_nats(&folder, class).await?;
        let mut deployment = Self {
            class,
            folder,
            template,
            primary,
            standby: None,
            replication: None,
            nats,
            members: Vec::new(),
            volume,
            clusters: 1,
            restarts: 0,
            crashes: Vec::new(),
        };
        deployment.add_standby().await?;
        deployment.start_members().await?;
        deployment.ready().await?;
        Ok(deployment)
    }

    async fn start_members(&mut self) -> anyhow::Result<()> {
        for role in Role::ALL {
            for number in 1..=2 {
                let key = &self.template.master_key_file;
                let port = self.primary.port;
                let mut member = Member::new(role, number, &self.folder, port, &self.nats, key).await?;
                member.start()?;
                self.members.push(member);
            }
        }
        Ok(())
    }

    /// A folder for another cluster.
    pub fn next_cluster(&mut self) -> PathBuf {
        self.clusters += 1;
        self.folder.join(format!("postgres-{}", self.clusters))
    }

    /// Gives the primary a standby, where the class has one.
    pub async fn add_standby(&mut self) -> anyhow::Result<()> {
        if !matches!(self.class, Class::Sync | Class::Async) {
            return Ok(());
        }
        let replication = Proxy::to(self.primary.port).await?;
        let mut standby = Postgres::over(self.next_cluster(), free_port()?)?;
        standby.base_backup(replication.port(), true).await?;
        standby.start().await?;
        self.replication = Some(replication);
        self.standby = Some(standby);
        if self.class == Class::Sync {
            self.primary.wait_for_standbys("*").await?;
        }
        self.until("the standby follows", async |deployment: &mut Self| {
            let state = if deployment.class == Class::Sync { "sync" } else { "async" };
            let mut connection = deployment.primary.connect().await?;
            let query =
                "select count(*) from pg_stat_replication where state = 'streaming' and sync_state = $1";
            let found: i64 = sqlx::query_scalar(query).bind(state).fetch_one(&mut connection).await?;
            Ok(found > 0)
        })
        .await
    }

    /// Asks until the answer is yes; an error counts as no.
    async fn until(
        &mut self,
        what: &str,
        mut asked: impl AsyncFnMut(&mut Self) -> anyhow::Result<bool>,
    ) -> anyhow::Result<()> {
        let begun = Instant::now();
        loop {
            let answer = asked(self).await;
            if matches!(answer, Ok(true)) {
                return Ok(());
            }
            if begun.elapsed() > READY_PATIENCE {
                bail!("not in time: {what} ({answer:?})");
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Whether every gateway says that it is ready.
    pub async fn gateways_are_ready(&self, client: &reqwest::Client) -> anyhow::Result<bool> {
        for url in self.gateways() {
            if !client.get(format!("{url}/readyz")).send().await?.status().is_success() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Waits until gateways answer and the stream is there.
    async fn ready(&mut self) -> anyhow::Result<()> {
        let client = reqwest::Client::builder().timeout(Duration::from_secs(2)).build()?;
        self.until("everything is ready", async |deployment: &mut Self| {
            deployment.tend()?;
            if !deployment.gateways_are_ready(&client).await? {
                return Ok(false);
            }
            let context = deployment.jetstream().await?;
            context.get_stream(STREAM).await?;
            Ok(true)
        })
        .await
    }

    /// Starts members again that have ended by themselves, as a supervisor such as systemd does.
    pub fn tend(&mut self) -> anyhow::Result<()> {
        for member in &mut self.members {
            if !member.is_held && !member.is_alive() {
                self.restarts += 1;
                self.crashes.extend(member.crash());
                member.start()?;
            }
        }
        Ok(())
    }

    /// Where the gateways are.
    pub fn gateways(&self) -> Vec<String> {
        self.members.iter().filter(|member| member.role == Role::Gateway).map(Member::url).collect()
    }

    /// The places of a role's members.
    pub fn members_of(&self, role: Role) -> Vec<usize> {
        (0..self.members.len()).filter(|place| self.members[*place].role == role).collect()
    }

    /// The place of the member that leads a role; none while nobody does.
    pub async fn leader(&self, role: Role) -> anyhow::Result<Option<usize>> {
        let mut connection = self.primary.connect().await?;
        let query = "select a.application_name from pg_locks l join pg_stat_activity a using (pid)
            where l.locktype = 'advisory' and l.granted and l.classid::bigint = $1
              and l.objid::bigint = (hashtext($2)::bigint & 4294967295)";
        let found: Option<String> = sqlx::query_scalar(query)
            .bind(0x00ca_5eb5_i64)
            .bind(role.name())
            .fetch_optional(&mut connection)
            .await?;
        Ok(found.and_then(|name| self.members.iter().position(|member| member.name == name)))
    }

    /// NATS past all proxies.
    pub fn nats_url(&self) -> String {
        let (user, password) = CREDENTIALS;
        let all: Vec<String> = self
            .nats
            .iter()
            .map(|node| format!("nats://{user}:{password}@127.0.0.1:{}", node.port))
            .collect();
        all.join(",")
    }

    /// `JetStream` past all proxies, on a connection of its own.
    pub async fn jetstream(&self) -> anyhow::Result<jetstream::Context> {
        connect_jetstream(&self.nats_addresses()).await
    }

    /// The addresses of the nodes.
    pub fn nats_addresses(&self) -> Vec<String> {
        self.nats.iter().map(|node| format!("nats://127.0.0.1:{}", node.port)).collect()
    }

    /// Runs an administrator's command on the database of now.
    pub async fn administer(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let administrator =
            Administrator { url: self.primary.owner_url(), master_key_file: &self.template.master_key_file };
        administrator.run(arguments, Some(&self.nats_url())).await
    }

    /// All members' cables to Postgres.
    pub fn cables_to_postgres(&self) -> impl Iterator<Item = &Proxy> {
        self.members.iter().map(|member| &member.postgres)
    }

    /// Stops everything and removes the files.
    pub async fn close(mut self) -> anyhow::Result<()> {
        for member in &mut self.members {
            member.kill().await?;
        }
        for node in &mut self.nats {
            node.kill().await?;
        }
        if let Some(standby) = &mut self.standby {
            standby.crash().await?;
        }
        self.primary.crash().await?;
        if let Some(volume) = self.volume.take() {
            volume.unmount().await?;
        }
        remove_folder(&self.folder)
    }
}

/// `JetStream` on a connection of its own.
pub async fn connect_jetstream(addresses: &[String]) -> anyhow::Result<jetstream::Context> {
    let (user, password) = CREDENTIALS;
    let addresses: Vec<async_nats::ServerAddr> =
        addresses.iter().map(|address| address.parse()).collect::<Result<_, _>>()?;
    let options = async_nats::ConnectOptions::with_user_and_password(user.to_owned(), password.to_owned())
        .connection_timeout(Duration::from_secs(2))
        .request_timeout(Some(Duration::from_secs(3)));
    let client = options.connect(addresses).await.context("NATS cannot be reached")?;
    let mut context = jetstream::new(client);
    context.set_timeout(Duration::from_secs(3));
    Ok(context)
}

async fn start_nats(folder: &std::path::Path, class: Class) -> anyhow::Result<Vec<NatsNode>> {
    let mut nodes = Vec::new();
    if class == Class::Cluster {
        let all = [free_port()?, free_port()?, free_port()?];
        for (number, own) in (1..).zip(all) {
            let name = format!("n{number}");
            let routes = Routes { own, all: all.to_vec() };
            nodes.push(NatsNode::over(folder.join(&name), &name, free_port()?, Some(&routes))?);
        }
    } else {
        nodes.push(NatsNode::over(folder.join("n1"), "n1", free_port()?, None)?);
    }
    for node in &mut nodes {
        node.start().await?;
    }
    Ok(nodes)
}
