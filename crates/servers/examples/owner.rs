//! Owns a private Postgres and a nats-server until it is killed; the tests kill it to see what stays behind.
//!
//! Arguments: the data folder, and the nats-server to use. Says `ready POSTGRES_PID NATS_PID` when both run.

use std::io::Write;
use std::path::PathBuf;

use servers::{NatsOptions, NatsServer, PostgresOptions, PostgresServer};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let folder = arguments.next().ok_or("the data folder is missing")?;
    let mut nats = NatsOptions::new(folder.join("nats"));
    nats.binary = arguments.next();
    let mut postgres = PostgresOptions::new(folder.join("postgres"));
    postgres.durable = false;
    let postgres = PostgresServer::start(postgres).await?;
    let nats = NatsServer::start(nats).await?;
    let mut output = std::io::stdout();
    writeln!(output, "ready {} {}", postgres.pid(), nats.pid())?;
    output.flush()?;
    std::future::pending::<()>().await;
    Ok(())
}
