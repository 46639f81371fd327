//! `casebus doctor`: one line for each finding, with the way out.

use super::check::Findings;
use super::programs;
use crate::command_line::Target;
use crate::connection::Connection;
use crate::failure::sentences;
use bus::Bus;
use domain::calendar::Calendar;
use domain::civil;
use log::Log;
use sqlx::PgPool;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;
use views::Views;

/// Disk space below which things go wrong soon, in bytes.
const LITTLE_SPACE: u64 = 1024 * 1024 * 1024;
/// A read model or stream so far behind, or for so long, is not just busy.
const LARGE_LAG: i64 = 1000;
const LONG_LAG: Duration = Duration::from_secs(30);

/// Looks at everything that it can reach.
pub(crate) async fn doctor(target: &Target) -> anyhow::Result<ExitCode> {
    let mut findings = Findings::default();
    check_programs(&mut findings);
    match Connection::find(target) {
        Ok(connection) => {
            check_calendar(&mut findings, &connection);
            check_servers(&mut findings, &connection).await;
        }
        Err(error) => findings.warn(
            "no casebus was looked at",
            &sentences(&error).lines().next().unwrap_or_default().replace("error: ", ""),
        ),
    }
    check_space(&mut findings, target.data_dir.as_deref().unwrap_or(Path::new(".")));
    Ok(findings.code())
}

fn check_programs(findings: &mut Findings) {
    let needed = "run deploy/install.sh; only `casebus up` needs it";
    match programs::postgres() {
        Some(said) if programs::number(&said) >= vec![14] => findings.ok(said),
        Some(said) => findings.warn(format!("{said} is older than 14"), needed),
        None => findings.warn("no Postgres programs were found", needed),
    }
    match programs::nats_server() {
        Some(said) if programs::number(&said) < vec![2, 10] => {
            findings.warn(format!("{said} is older than 2.10"), needed);
        }
        Some(said) if programs::number(&said) < vec![2, 12, 7] => {
            findings.warn(format!("{said} has known security holes"), "install 2.12.7 or newer");
        }
        Some(said) => findings.ok(said),
        None => findings.warn("no nats-server was found", needed),
    }
}

fn check_calendar(findings: &mut Findings, connection: &Connection) {
    let today = civil::day_of(connection.clock().now());
    if Calendar::national().knows(today) {
        findings.ok(format!("the holiday calendar knows the year of {today}"));
    } else {
        findings.warn(
            format!("the holiday calendar does not know the year of {today}"),
            "due moments are provisional until a casebus with this year's State Council notice is installed",
        );
    }
}

async fn check_servers(findings: &mut Findings, connection: &Connection) {
    let pool = match crate::database::pool(&connection.database_url, 2).await {
        Ok(pool) => pool,
        Err(error) => return findings.fail("the database cannot be reached", &error.to_string()),
    };
    let Some(log) = check_schema(findings, &pool).await else { return };
    if let Ok(checkpoint) = views::checkpoint::read(&pool).await {
        let way_out = "see whether the projector runs, and what it logs";
        tell_lag(findings, "the read model", checkpoint.position, &log, way_out).await;
    }
    check_leaders(findings, &pool).await;
    check_parked(findings, &pool).await;
    check_bus(findings, connection, &log).await;
}

/// Reads a little of each schema: shows that it is there, migrated, and open to the services.
async fn check_schema(findings: &mut Findings, pool: &PgPool) -> Option<Log> {
    let way_out = "run `casebus migrate --service-role NAME` as the owner of the database";
    let log = match Log::open(pool.clone()).await {
        Ok(log) => log,
        Err(error) => {
            findings.fail(format!("the schema log is not usable ({error})"), way_out);
            return None;
        }
    };
    let views = views::checkpoint::read(pool).await.map(drop).map_err(|error| error.to_string());
    match views {
        Ok(()) if matches!(crate::database::is_behind(pool).await, Ok(true)) => {
            findings.fail("the database is that of an older version of casebus", way_out);
        }
        Ok(()) => findings.ok("the database can be reached, and its schemas log and views_1 be read"),
        Err(error) => findings.fail(format!("the schema views_1 is not usable ({error})"), way_out),
    }
    Some(log)
}

/// Without one of these nothing reaches readers, or nothing is watched, and no request fails.
async fn check_leaders(findings: &mut Findings, pool: &PgPool) {
    for role in ["relay", "projector", "watch"] {
        match log::leader::is_led(pool, role).await {
            Ok(true) => findings.ok(format!("a {role} runs")),
            Ok(false) => {
                findings.warn(format!("no {role} runs"), &format!("start one: `casebus run {role}`"));
            }
            Err(error) => {
                findings.warn(format!("whether a {role} runs cannot be asked ({error})"), "look again");
            }
        }
    }
}

/// Events that the read model could not take wait for somebody who looks at them.
async fn check_parked(findings: &mut Findings, pool: &PgPool) {
    match Views::new(pool.clone()).parked_count().await {
        Ok(0) => {}
        Ok(parked) => findings.warn(
            format!("{parked} events are parked, and their transfers stale"),
            "`casebus views status` says why; `casebus views retry`, as the owner, folds them after an upgrade",
        ),
        Err(error) => findings
            .warn(format!("parked events cannot be counted ({error})"), "look again as the database's owner"),
    }
}

async fn check_bus(findings: &mut Findings, connection: &Connection, log: &Log) {
    let Some(config) = connection.bus() else {
        return findings.warn("NATS was not looked at", "set CASEBUS_NATS_URL");
    };
    let bus = match Bus::connect(config).await {
        Ok(bus) => bus,
        Err(error) => {
            return findings.fail(format!("NATS: {error}"), "see whether nats-server runs, and nats.url");
        }
    };
    findings.ok(format!("NATS can be reached, version {}", bus.server_version()));
    match bus.stream_end().await {
        Ok(Some(end)) => {
            let way_out = "see whether the relay runs, and what it logs";
            tell_lag(findings, "the stream", end.last, log, way_out).await;
        }
        Ok(None) => findings.fail("there is no stream", "start the relay, which makes it"),
        Err(error) => {
            findings.fail(format!("the stream cannot be asked: {error}"), "see what nats-server logs");
        }
    }
}

/// Says how far something that has come to a position is behind the log. The log is asked after it: it cannot be behind
/// what was filled from it, or it has lost events.
async fn tell_lag(findings: &mut Findings, what: &str, position: i64, log: &Log, way_out: &str) {
    let (Ok(head), Ok(waiting)) = (log.head().await, log.waiting_since(position).await) else {
        return findings.fail("the log cannot be read", "see what Postgres logs");
    };
    let (events, seconds) = (head.position - position, waiting.as_secs());
    if events < 0 {
        findings.fail(
            format!("{what} ends at position {position}, after the log ({})", head.position),
            "stop everything, then run `casebus log new-epoch`",
        );
    } else if waiting > LONG_LAG {
        findings.warn(format!("{what} is {events} events and {seconds} s behind the log"), way_out);
    } else if events > LARGE_LAG {
        findings.warn(format!("{what} is {events} events behind the log"), way_out);
    } else {
        findings.ok(format!("{what} is {events} events behind the log"));
    }
}

fn check_space(findings: &mut Findings, folder: &Path) {
    match rustix::fs::statvfs(folder) {
        Ok(found) => {
            let free = found.f_bavail.saturating_mul(found.f_frsize);
            let mebibytes = free / (1024 * 1024);
            if free < LITTLE_SPACE {
                findings.warn(
                    format!("{mebibytes} MiB are free on the disk of {}", folder.display()),
                    "make room",
                );
            } else {
                findings.ok(format!("{mebibytes} MiB are free on the disk of {}", folder.display()));
            }
        }
        Err(error) => {
            findings.warn(format!("the free space of {} is not known", folder.display()), &error.to_string());
        }
    }
}
