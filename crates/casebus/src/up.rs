//! `casebus up`: everything in one process, over a private Postgres and nats-server in one folder.
//!
//! It starts in this order and stops in the reverse one: servers, schema, relay and projector, demonstration, watch
//! and gateway. A server that dies is started again, and a service that fails is begun again; neither ends the rest.

mod children;
mod folder;
mod house;
mod readiness;

use crate::business_clock::{BusinessClock, show_offset};
use crate::command_line::UpArguments;
use crate::failure::Failure;
use crate::listener::bind;
use crate::signals::Signals;
use crate::terminal::say;
use children::Children;
use house::House;
use tokio::time::Instant;

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
