//! `casebus doctor`: one line for each finding, with the way out.

use super::check::{Findings, NEW_EPOCH, PROJECTOR, RELAY, Said};
use super::programs;
use crate::command_line::Target;
use crate::connection::Connection;
use crate::failure;
use bus::{Bus, ServerVersion};
use domain::civil;
use log::Log;
use sqlx::PgPool;
use std::fmt::Display;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;
use views::Views;

/// Disk space below which things go wrong soon, in bytes.
const LITTLE_SPACE: u64 = 1024 * 1024 * 1024;
/// A read model or stream so far behind, or for so long, is not just busy.
const LARGE_LAG: i64 = 1000;
const LONG_LAG: Duration = Duration::from_secs(30);
/// What to do about a nats-server with known holes.
const NATS_UPGRADE: Said<&str, &str> = ("install 2.12.7 or newer", "请安装 2.12.7 或更高版本");

/// Looks at everything that it can reach.
pub(crate) async fn doctor(target: &Target) -> anyhow::Result<ExitCode> {
    let mut findings = Findings::default();
    check_programs(&mut findings);
    match Connection::find(target) {
        Ok(connection) => {
            check_servers(&mut findings, &connection).await;
        }
        Err(error) => {
            let failure = failure::of(&error);
            let (english, chinese) = failure.in_both();
            findings.warn(("no casebus was looked at", "未检查任何 casebus"), (english, chinese));
        }
    }
    check_space(&mut findings, target.data_dir.as_deref().unwrap_or(Path::new(".")));
    Ok(findings.code())
}

fn check_programs(findings: &mut Findings) {
    let needed = (
        "run deploy/install.sh; only `casebus up` needs it",
        "请运行 deploy/install.sh；仅 `casebus up` 需要",
    );
    let found = |program: &str| (format!("{program} is here"), "程序可用");
    match programs::postgres() {
        Some(program) if programs::number(&program) >= vec![14] => findings.ok(found(&program)),
        Some(program) => {
            findings.warn((format!("{program} is older than 14"), "Postgres 版本低于 14"), needed);
        }
        None => findings.warn(("no Postgres programs were found", "未找到 Postgres 程序"), needed),
    }
    match programs::nats_server() {
        Some(program) if programs::number(&program) < vec![2, 10] => {
            findings.warn((format!("{program} is older than 2.10"), "nats-server 版本低于 2.10"), needed);
        }
        Some(program) if programs::number(&program) < vec![2, 12, 7] => findings.warn(
            (format!("{program} has known security holes"), "nats-server 的该版本存在已知安全漏洞"),
            NATS_UPGRADE,
        ),
        Some(program) => findings.ok(found(&program)),
        None => findings.warn(("no nats-server was found", "未找到 nats-server"), needed),
    }
}

/// The calendar in force, imported or shipped.
async fn check_calendar(findings: &mut Findings, connection: &Connection, pool: &PgPool) {
    let today = civil::day_of(connection.clock().now());
    let rules = match accounts::rules::load_rules(pool).await {
        Ok(rules) => rules,
        Err(error) => {
            return findings.fail(
                (format!("rules and calendar cannot be read ({error})"), "无法读取规则包和节假日历"),
                ("run `casebus migrate --service-role NAME`", "请运行 `casebus migrate --service-role 角色`"),
            );
        }
    };
    if rules.calendar().knows(today) {
        findings.ok((
            format!("the holiday calendar knows the year of {today}"),
            format!("节假日历包含 {today} 所在年份"),
        ));
    } else {
        findings.warn(
            (
                format!("the holiday calendar does not know the year of {today}"),
                format!("节假日历不包含 {today} 所在年份"),
            ),
            (
                "due moments are provisional until the State Council's notice is imported: `casebus import holidays FILE`",
                "到期时间均为暂定，请导入国务院办公厅的放假通知：`casebus import holidays 文件`",
            ),
        );
    }
}

async fn check_servers(findings: &mut Findings, connection: &Connection) {
    let pool = match crate::database::pool(&connection.database_url, 2).await {
        Ok(pool) => pool,
        Err(error) => return findings.fail_with(&error),
    };
    let Some(log) = check_schema(findings, &pool).await else { return };
    check_standing(findings, &log).await;
    if let Ok(checkpoint) = views::checkpoint::read(&pool).await {
        tell_lag(findings, ("the read model", "视图"), checkpoint.position, &log, PROJECTOR).await;
    }
    check_calendar(findings, connection, &pool).await;
    check_leaders(findings, &pool).await;
    check_parked(findings, &pool).await;
    check_bus(findings, connection, &log).await;
}

/// Reads a little of each schema: shows that it is there, migrated, and open to the services.
async fn check_schema(findings: &mut Findings, pool: &PgPool) -> Option<Log> {
    let way_out = (
        "run `casebus migrate --service-role NAME` as the owner of the database",
        "请以数据库所有者运行 `casebus migrate --service-role 角色`",
    );
    let unusable = |schema: &str, error: &dyn Display| {
        (format!("the schema {schema} is not usable ({error})"), format!("无法使用 {schema} 模式"))
    };
    let log = match Log::open(pool.clone()).await {
        Ok(log) => log,
        Err(error) => {
            findings.fail(unusable("log", &error), way_out);
            return None;
        }
    };
    let views = views::checkpoint::read(pool).await.map(drop).map_err(|error| error.to_string());
    match views {
        Ok(()) if matches!(crate::database::is_behind(pool).await, Ok(true)) => {
            let older =
                ("the database is that of an older version of casebus", "数据库属于较旧版本的 casebus");
            findings.fail(older, way_out);
        }
        Ok(()) => findings.ok((
            "the database can be reached, and its schemas log and views_1 be read",
            "数据库可连接，log 和 views_1 模式可读取",
        )),
        Err(error) => findings.fail(unusable("views_1", &error), way_out),
    }
    Some(log)
}

/// While it is halted, or not compared with the stream, nothing can be written.
async fn check_standing(findings: &mut Findings, log: &Log) {
    let standing = match log.standing().await {
        Ok(standing) => standing,
        Err(error) => {
            return findings.fail(
                (format!("the log cannot be read ({error})"), "无法读取事件日志"),
                ("see what Postgres logs", "请查看 Postgres 的日志"),
            );
        }
    };
    if let Some(reason) = standing.halted {
        findings.fail(
            (format!("the log is halted: {reason}"), "事件日志已停止写入，原因见英文"),
            (
                "find out which is right, then restore, or stop everything and run `casebus log new-epoch`",
                "请先查明以哪一方为准，再恢复备份，或停止所有服务后运行 `casebus log new-epoch`",
            ),
        );
    } else if standing.is_compared {
        findings.ok(("the log takes events", "事件日志可以写入"));
    } else {
        findings.warn(
            (
                "the log takes nothing until a relay has compared it with the stream",
                "relay 完成日志与消息流的比对之前，事件日志不接受写入",
            ),
            (
                "see whether a relay and NATS run, and what the relay logs",
                "请检查 relay 与 NATS 是否在运行及 relay 的日志",
            ),
        );
    }
}

/// Without one of these nothing reaches readers, or nothing is watched, and no request fails.
async fn check_leaders(findings: &mut Findings, pool: &PgPool) {
    for role in ["relay", "projector", "watch"] {
        match log::leader::is_led(pool, role).await {
            Ok(true) => findings.ok((format!("a {role} runs"), format!("{role} 正在运行"))),
            Ok(false) => {
                let (english, chinese) =
                    (format!("start one: `casebus run {role}`"), format!("请启动：`casebus run {role}`"));
                let what = (format!("no {role} runs"), format!("没有正在运行的 {role}"));
                findings.warn(what, (&english, &chinese));
            }
            Err(error) => findings.warn(
                (
                    format!("whether a {role} runs cannot be asked ({error})"),
                    format!("无法得知 {role} 是否在运行"),
                ),
                ("look again", "请稍后重试"),
            ),
        }
    }
}

/// Events that the read model could not take wait for somebody who looks at them.
async fn check_parked(findings: &mut Findings, pool: &PgPool) {
    match Views::new(pool.clone()).parked_count().await {
        Ok(0) => {}
        Ok(parked) => findings.warn(
            (
                format!("{parked} events are parked, and their transfers stale"),
                format!("{parked}个事件无法计入视图，相关移送未更新"),
            ),
            (
                "`casebus views status` says why; `casebus views retry`, as the owner, folds them after an upgrade",
                "原因见 `casebus views status`；升级后以数据库所有者运行 `casebus views retry` 重新计入",
            ),
        ),
        Err(error) => findings.warn(
            (format!("parked events cannot be counted ({error})"), "无法统计未计入视图的事件"),
            ("look again as the database's owner", "请以数据库所有者重试"),
        ),
    }
}

async fn check_bus(findings: &mut Findings, connection: &Connection, log: &Log) {
    let Some(config) = connection.bus() else {
        return findings.warn(
            ("NATS was not looked at", "未检查 NATS"),
            ("set CASEBUS_NATS_URL", "请设置 CASEBUS_NATS_URL"),
        );
    };
    let bus = match Bus::connect(config).await {
        Ok(bus) => bus,
        Err(error) => {
            return findings.fail(
                (format!("NATS: {error}"), "NATS 不可用"),
                ("see whether nats-server runs, and nats.url", "请检查 nats-server 是否在运行以及 nats.url"),
            );
        }
    };
    let version = bus.server_version();
    let reached = (format!("NATS can be reached, version {version}"), format!("NATS 可连接，版本 {version}"));
    if version < ServerVersion::OLDEST_ADVISED {
        let has_holes = (
            format!("{}, which has known security holes", reached.0),
            format!("{}，该版本存在已知安全漏洞", reached.1),
        );
        findings.warn(has_holes, NATS_UPGRADE);
    } else {
        findings.ok(reached);
    }
    match bus.stream_end().await {
        Ok(Some(end)) => {
            tell_lag(findings, ("the stream", "消息流"), end.last, log, RELAY).await;
        }
        Ok(None) => findings.fail(
            ("there is no stream", "没有消息流"),
            ("start the relay, which makes it", "请启动 relay，由它创建"),
        ),
        Err(error) => findings.fail(
            (format!("the stream cannot be asked: {error}"), "无法读取消息流"),
            ("see what nats-server logs", "请查看 nats-server 的日志"),
        ),
    }
}

/// Says how far something that has come to a position is behind the log. The log is asked after it: it cannot be behind
/// what was filled from it, or it has lost events.
async fn tell_lag(
    findings: &mut Findings,
    (what, in_chinese): Said<&str, &str>,
    position: i64,
    log: &Log,
    way_out: Said<&str, &str>,
) {
    let (Ok(head), Ok(waiting)) = (log.head().await, log.waiting_since(position).await) else {
        return findings.fail(
            ("the log cannot be read", "无法读取事件日志"),
            ("see what Postgres logs", "请查看 Postgres 的日志"),
        );
    };
    let (events, seconds) = (head.position - position, waiting.as_secs());
    let behind =
        (format!("{what} is {events} events behind the log"), format!("{in_chinese}落后日志{events}个事件"));
    if events < 0 {
        let end = head.position;
        findings.fail(
            (
                format!("{what} ends at position {position}, after the log ({end})"),
                format!("{in_chinese}止于位置{position}，超出日志（{end}）"),
            ),
            NEW_EPOCH,
        );
    } else if waiting > LONG_LAG {
        findings.warn(
            (
                format!("{what} is {events} events and {seconds} s behind the log"),
                format!("{in_chinese}落后日志{events}个事件、{seconds}秒"),
            ),
            way_out,
        );
    } else if events > LARGE_LAG {
        findings.warn(behind, way_out);
    } else {
        findings.ok(behind);
    }
}

fn check_space(findings: &mut Findings, folder: &Path) {
    let shown = folder.display();
    match rustix::fs::statvfs(folder) {
        Ok(found) => {
            let free = found.f_bavail.saturating_mul(found.f_frsize);
            let mebibytes = free / (1024 * 1024);
            let what = (
                format!("{mebibytes} MiB are free on the disk of {shown}"),
                format!("{shown} 所在磁盘剩余 {mebibytes} MiB"),
            );
            if free < LITTLE_SPACE {
                findings.warn(what, ("make room", "请清理空间"));
            } else {
                findings.ok(what);
            }
        }
        Err(error) => findings.warn(
            (
                format!("the free space of {shown} is not known ({error})"),
                format!("无法得知 {shown} 的剩余空间"),
            ),
            ("see whether the folder is there", "请检查该目录是否存在"),
        ),
    }
}
