//! Three nats-servers that form a cluster.

use anyhow::{Context, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use std::fs::{self, File};
use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

/// The only user of the cluster.
pub(super) const USER: &str = "casebus";
/// How many servers.
const SERVERS: usize = 3;
/// How long they may take to listen, and to stop.
const PATIENCE: Duration = Duration::from_secs(20);

/// The servers; those that were not stopped are killed when dropped.
pub(crate) struct Cluster {
    servers: Vec<Child>,
    ports: Vec<u16>,
    password: String,
}

impl Cluster {
    /// Starts them in folders of their own, and waits until they listen.
    pub(super) async fn start(program: &Path, folder: &Path) -> anyhow::Result<Self> {
        let ports = free_ports(2 * SERVERS)?;
        let (clients, routes) = ports.split_at(SERVERS);
        let password = contract::ids::fresh_id().simple().to_string();
        let mut servers = Vec::with_capacity(SERVERS);
        for (place, port) in clients.iter().enumerate() {
            let own = folder.join(format!("nats-{place}"));
            fs::create_dir_all(&own)?;
            let text = configuration(place, &own, *port, routes, &password);
            let file = own.join("nats-server.conf");
            fs::write(&file, text)?;
            let log = File::create(own.join("nats-server.log"))?;
            let server = Command::new(program)
                .arg("-c")
                .arg(&file)
                .stdin(Stdio::null())
                .stdout(log.try_clone()?)
                .stderr(log)
                .process_group(0)
                .kill_on_drop(true)
                .spawn()
                .with_context(|| format!("cannot start {}", program.display()))?;
            servers.push(server);
        }
        let cluster = Self { servers, ports: clients.to_vec(), password };
        cluster.wait_listening().await?;
        Ok(cluster)
    }

    async fn wait_listening(&self) -> anyhow::Result<()> {
        let until = Instant::now() + PATIENCE;
        for port in &self.ports {
            while TcpStream::connect(("127.0.0.1", *port)).await.is_err() {
                if Instant::now() >= until {
                    bail!("a nats-server of the cluster does not listen");
                }
                sleep(Duration::from_millis(50)).await;
            }
        }
        Ok(())
    }

    /// All of them, as the bus wants it.
    pub(super) fn url(&self) -> String {
        let each =
            self.addresses().into_iter().map(|address| format!("nats://{USER}:{}@{address}", self.password));
        each.collect::<Vec<_>>().join(",")
    }

    /// Host and port of each.
    pub(super) fn addresses(&self) -> Vec<String> {
        self.ports.iter().map(|port| format!("127.0.0.1:{port}")).collect()
    }

    pub(super) fn password(&self) -> &str {
        &self.password
    }

    pub(super) fn pids(&self) -> Vec<u32> {
        self.servers.iter().filter_map(Child::id).collect()
    }

    /// Stops them.
    pub(super) async fn stop(mut self) -> anyhow::Result<()> {
        for pid in self.pids() {
            let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).context("no process id")?;
            kill_process(pid, Signal::TERM)?;
        }
        for server in &mut self.servers {
            let ended = timeout(PATIENCE, server.wait()).await;
            ensure!(ended.is_ok(), "a nats-server of the cluster did not stop");
        }
        Ok(())
    }
}

fn configuration(place: usize, folder: &Path, port: u16, routes: &[u16], password: &str) -> String {
    let others: Vec<String> = routes.iter().map(|port| format!("\"nats://127.0.0.1:{port}\"")).collect();
    format!(
        "server_name: \"bench-{place}\"\nlisten: \"127.0.0.1:{port}\"\n\
         authorization {{ user: \"{USER}\", password: \"{password}\" }}\n\
         jetstream {{ store_dir: \"{}\" }}\n\
         cluster {{ name: \"bench\", listen: \"127.0.0.1:{}\", routes: [{}] }}\n",
        folder.join("store").display(),
        routes[place],
        others.join(", ")
    )
}

/// Ports that nobody listens on at the moment, all different.
fn free_ports(count: usize) -> anyhow::Result<Vec<u16>> {
    let held = (0..count).map(|_| TcpListener::bind(("127.0.0.1", 0))).collect::<Result<Vec<_>, _>>()?;
    Ok(held
        .iter()
        .map(|listener| listener.local_addr().map(|address| address.port()))
        .collect::<Result<_, _>>()?)
}
