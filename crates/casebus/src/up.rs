//! `casebus up`: everything in one process, over a private Postgres and nats-server in one folder.
//!
//! It starts in this order and stops in the reverse one: servers, schema, relay and projector, demonstration, watch
//! and gateway. A server that dies is started again, and a service that fails is begun again; neither ends the rest.

mod children;
mod folder;
mod house;
mod readiness;
mod signals;

use crate::business_clock::{BusinessClock, show_offset};
use crate::command_line::UpArguments;
use crate::failure::Failure;
use crate::terminal::say;
use children::Children;
use house::House;
use std::net::SocketAddr;
use tokio::net::TcpListener;
use tokio::time::Instant;

pub(crate) use signals::Signals;

/// Runs until SIGTERM or Ctrl-C.
pub(crate) async fn run(arguments: UpArguments) -> anyhow::Result<()> {
    let started = Instant::now();
    let mut signals = Signals::install()?;
    let clock = clock(&arguments)?;
    let listener = bind(arguments.listen).await?;
    let folder = folder::choose(arguments.data_dir.as_deref())?;
    let children = Children::start(&folder).await?;
    let opened = tokio::select! {
        opened = House::open(&children, &folder, listener, clock, arguments.demo) => opened.map(Some),
        () = signals.received() => Ok(None),
    };
    let outcome = match opened {
        Ok(Some(house)) => {
            house.announce(started.elapsed());
            signals.received().await;
            say("stopping … 正在停止");
            house.close().await;
            Ok(())
        }
        Ok(None) => Ok(()),
        Err(error) => Err(error),
    };
    children.stop().await;
    outcome
}

/// Business time; an offset is for demonstrations only.
fn clock(arguments: &UpArguments) -> anyhow::Result<BusinessClock> {
    match arguments.clock_offset {
        Some(offset) if !arguments.demo => {
            let offset = show_offset(offset);
            Err(Failure::new(
                format!("--clock-offset {offset} is for demonstrations: add --demo, or leave it out"),
                format!("--clock-offset {offset} 仅用于演示：请同时使用 --demo，或去掉该参数"),
            )
            .into())
        }
        Some(offset) => Ok(BusinessClock::shifted(offset)),
        None => Ok(BusinessClock::default()),
    }
}

/// Listens on an address, or says what to do where that is not possible.
pub(crate) async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        let failure = if error.kind() == std::io::ErrorKind::AddrInUse {
            Failure::new(
                format!("{address} is taken: stop what listens there, or choose another one with --listen, like 127.0.0.1:0 for a free port"),
                format!("{address} 已被占用：请停止占用它的程序，或用 --listen 另选地址，例如 127.0.0.1:0 表示任选空闲端口"),
            )
        } else {
            Failure::new(
                format!("cannot listen on {address} ({error}): choose another address with --listen"),
                format!("无法监听 {address}（{error}）：请用 --listen 另选地址"),
            )
        };
        failure.into()
    })
}
