//! Measures public event stores on a Postgres that it is given.
//!
//! One call measures one peer with one number of writers, in a fresh database that it drops afterwards, and prints
//! one line of JSON. Who calls interleaves peers and rounds and takes medians. What each peer does for an append
//! stands in its file below [`peers`], and in the README.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program whose purpose is what it prints")]

mod database;
mod event;
mod measurement;
mod options;
mod peer;
mod peers;
mod timing;

use clap::Parser;
use options::Options;
use peers::PeerName;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    if options.list {
        return list(&options);
    }
    let measurement = peers::measure(&options.measuring()?).await?;
    println!("{}", serde_json::to_string(&measurement)?);
    Ok(())
}

/// What can be measured here. A peer whose files are not on this machine is left out, and why is told.
fn list(options: &Options) -> anyhow::Result<()> {
    let message_db = options.message_db()?;
    for name in PeerName::all() {
        match name.listed(&message_db) {
            Ok(listed) => println!("{}", serde_json::to_string(&listed)?),
            Err(error) => eprintln!("peers: {} is left out: {error:#}", name.shown()),
        }
    }
    Ok(())
}
