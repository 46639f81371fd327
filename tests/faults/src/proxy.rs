//! A cable that can be cut: a TCP proxy whose target can be changed, and which can refuse, break, swallow or lose.

use anyhow::Context;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How long connecting to the target may take.
const CONNECT_PATIENCE: Duration = Duration::from_secs(2);
/// When the client's own system gives a lost connection up: after all that is waited for here.
const CLIENT_NOTICES_AFTER: Duration = Duration::from_mins(15);

/// No loss.
const NOTHING: Loss = Loss { share: 0, server_notices_after: Duration::ZERO };

/// What the cable does with bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Passage {
    /// It carries them.
    Open,
    /// It holds them back; no end of a connection is told either.
    Swallowing,
    /// It takes no connection.
    Refusing,
}

#[derive(Clone, Copy, Debug)]
struct State {
    target: u16,
    passage: Passage,
    /// Connections of an earlier number are broken.
    cuts: u64,
    /// How often connections were lost, and what was lost the last time.
    losses: u64,
    loss: Loss,
}

/// What is lost: nothing passes on such a connection any more, and no client is told.
#[derive(Clone, Copy, Debug)]
pub struct Loss {
    /// Of a hundred connections.
    pub share: u16,
    /// When the server finds that nobody is there any more, as it does by its keepalives.
    pub server_notices_after: Duration,
}

impl Loss {
    /// Whether it takes the connection of a client; which ports those have is chance.
    fn takes(self, client: SocketAddr) -> bool {
        client.port() / 2 % 100 < self.share
    }
}

/// A proxy on the loopback; it ends with this value.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    state: watch::Sender<State>,
    lost: Arc<AtomicU64>,
    _tasks: JoinSet<()>,
}

impl Proxy {
    /// A cable to a port of this machine.
    pub async fn to(target: u16) -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.context("a proxy cannot listen")?;
        let port = listener.local_addr()?.port();
        let state =
            watch::Sender::new(State { target, passage: Passage::Open, cuts: 0, losses: 0, loss: NOTHING });
        let mut tasks = JoinSet::new();
        let lost = Arc::<AtomicU64>::default();
        tasks.spawn(accept(listener, state.subscribe(), lost.clone()));
        Ok(Self { port, state, lost, _tasks: tasks })
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Breaks all connections; new ones are taken.
    pub fn cut(&self) {
        self.state.send_modify(|state| state.cuts += 1);
    }

    /// Breaks all connections and takes no new ones.
    pub fn refuse(&self) {
        self.state.send_modify(|state| {
            state.cuts += 1;
            state.passage = Passage::Refusing;
        });
    }

    /// Lets nothing pass any more on connections that there are; new ones are taken.
    pub fn lose(&self, loss: Loss) {
        self.state.send_modify(|state| {
            state.losses += 1;
            state.loss = loss;
        });
    }

    /// How many connections were lost so far.
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// Lets nothing pass and tells nobody.
    pub fn swallow(&self) {
        self.state.send_modify(|state| state.passage = Passage::Swallowing);
    }

    /// Lets everything pass again, also what was held back.
    pub fn open(&self) {
        self.state.send_modify(|state| state.passage = Passage::Open);
    }

    /// Leads new connections to another port.
    pub fn lead_to(&self, target: u16) {
        self.state.send_modify(|state| state.target = target);
    }
}

async fn accept(listener: TcpListener, state: watch::Receiver<State>, count: Arc<AtomicU64>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            Ok((client, _)) = listener.accept() => {
                if state.borrow().passage != Passage::Refusing {
                    connections.spawn(carry(client, state.clone(), count.clone()));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn carry(mut client: TcpStream, mut state: watch::Receiver<State>, count: Arc<AtomicU64>) {
    let State { cuts, losses, .. } = *state.borrow();
    let Ok(client_address) = client.peer_addr() else { return };
    if !may_pass(&mut state, cuts).await {
        return;
    }
    let target = SocketAddr::from((Ipv4Addr::LOCALHOST, state.borrow().target));
    let connecting = tokio::time::timeout(CONNECT_PATIENCE, TcpStream::connect(target));
    let Ok(Ok(mut server)) = connecting.await else { return };
    // Small requests must not wait for more bytes.
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let lost = {
        let (from_client, to_client) = client.split();
        let (from_server, to_server) = server.split();
        tokio::select! {
            () = pump(from_client, to_server, state.clone(), cuts) => None,
            () = pump(from_server, to_client, state.clone(), cuts) => None,
            loss = lost(state.clone(), losses, client_address) => loss,
        }
    };
    if let Some(loss) = lost {
        count.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(loss.server_notices_after).await;
        drop(server);
        let cut = state.wait_for(|state| state.cuts != cuts);
        let _cut_or_given_up = tokio::time::timeout(CLIENT_NOTICES_AFTER, cut).await;
    }
}

/// Waits until a connection is lost; `None` when the cable is taken away.
async fn lost(mut state: watch::Receiver<State>, mut losses: u64, client: SocketAddr) -> Option<Loss> {
    loop {
        let State { loss, losses: now, .. } = *state.wait_for(|state| state.losses != losses).await.ok()?;
        if loss.takes(client) {
            return Some(loss);
        }
        losses = now;
    }
}

/// Carries bytes one way until an end closes or the cable is cut.
async fn pump(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut state: watch::Receiver<State>,
    cuts: u64,
) {
    let mut buffer = vec![0_u8; 64 * 1024];
    loop {
        let length = tokio::select! {
            read = from.read(&mut buffer) => read.unwrap_or(0),
            changed = state.wait_for(|state| state.cuts != cuts) => {
                drop(changed);
                return;
            }
        };
        if !may_pass(&mut state, cuts).await || length == 0 || to.write_all(&buffer[..length]).await.is_err()
        {
            return;
        }
    }
}

/// Waits while the cable swallows; false when it was cut.
async fn may_pass(state: &mut watch::Receiver<State>, cuts: u64) -> bool {
    let decided = state.wait_for(|state| state.cuts != cuts || state.passage != Passage::Swallowing).await;
    decided.is_ok_and(|state| state.cuts == cuts)
}
