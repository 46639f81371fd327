//! Failures as people read them: one clear sentence in English, one in Chinese, each with the way out.

use anyhow::Error;
use servers::ServersError;
use sqlx::migrate::MigrateError;
use std::fmt;

/// Codes of Postgres (appendix A of its manual).
const INSUFFICIENT_PRIVILEGE: &str = "42501";
const UNDEFINED_TABLE: &str = "42P01";
const UNDEFINED_SCHEMA: &str = "3F000";
const UNDEFINED_OBJECT: &str = "42704";
const LOCK_NOT_AVAILABLE: &str = "55P03";
const DEADLOCK_DETECTED: &str = "40P01";

/// A failure with its sentences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    english: String,
    chinese: String,
}

impl Failure {
    /// A failure; each sentence names the way out.
    pub(crate) fn new(english: impl Into<String>, chinese: impl Into<String>) -> Self {
        Self { english: english.into(), chinese: chinese.into() }
    }

    /// Its sentences, in English and in Chinese.
    pub(crate) fn in_both(&self) -> (&str, &str) {
        (&self.english, &self.chinese)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.english)
    }
}

impl std::error::Error for Failure {}

/// Both sentences of an error, on two lines.
pub(crate) fn sentences(error: &Error) -> String {
    let Failure { english, chinese } = of(error);
    format!("error: {english}\n错误：{chinese}")
}

/// The failure that an error is.
pub(crate) fn of(error: &Error) -> Failure {
    let known = error.chain().find_map(|cause| {
        let failure = cause.downcast_ref::<Failure>().cloned();
        failure.or_else(|| cause.downcast_ref::<ServersError>().map(of_servers))
    });
    known.or_else(|| of_the_database(error)).unwrap_or_else(|| {
        Failure::new(
            format!("{error:#}; `casebus doctor` may tell more"),
            format!("操作未能完成（{error:#}）；可运行 `casebus doctor` 查找原因"),
        )
    })
}

/// What Postgres refuses because of who asks, or because there is nothing of casebus in the database.
fn of_the_database(error: &Error) -> Option<Failure> {
    // What a migration does not find is no sign of an older database.
    let is_of_migration = error.chain().any(<dyn std::error::Error>::is::<MigrateError>);
    match code(error)?.as_str() {
        INSUFFICIENT_PRIVILEGE => Some(Failure::new(
            format!(
                "{error:#}: the role in the address of the database may not do this; what only the owner may do \
                 needs the owner's address, in CASEBUS_DATABASE_URL or a file of its own for --config, and what \
                 services may do needs `casebus migrate --service-role NAME`"
            ),
            format!(
                "权限不足（{error:#}）：仅所有者可执行的操作，请用 CASEBUS_DATABASE_URL 或另一个 --config 文件给出所有者的地址；\
                 服务角色可执行的操作，请先运行 `casebus migrate --service-role 角色`"
            ),
        )),
        LOCK_NOT_AVAILABLE | DEADLOCK_DETECTED => Some(busy()),
        UNDEFINED_OBJECT => of_a_role(error),
        UNDEFINED_TABLE | UNDEFINED_SCHEMA if !is_of_migration => Some(Failure::new(
            format!(
                "{error:#}: the database has no casebus in it, or an older one; run \
                 `casebus migrate --service-role NAME` as its owner"
            ),
            format!(
                "数据库中没有 casebus 的表，或其版本较旧（{error:#}）：请以数据库所有者运行 `casebus migrate --service-role 角色`"
            ),
        )),
        _ => None,
    }
}

/// A role that is named and does not exist; Postgres has the same code for other things.
fn of_a_role(error: &Error) -> Option<Failure> {
    let of = |cause: &sqlx::Error| Some(cause.as_database_error()?.message().to_owned());
    let said = error.chain().find_map(|cause| cause.downcast_ref::<sqlx::Error>().and_then(of))?;
    said.starts_with("role \"").then(|| {
        Failure::new(
            format!("{said}: make it first, with `create role NAME login`, or name another"),
            format!("没有该数据库角色（{said}）：请先用 `create role 角色 login` 创建，或另选角色"),
        )
    })
}

/// Somebody else holds what is needed.
pub(crate) fn busy() -> Failure {
    Failure::new(
        "somebody else works on the same tables: a backup, a long query, another `casebus migrate`, or an append that waits for \
         a standby; run it again when they have ended, or look into pg_stat_activity who it is",
        "其他操作正占用相关的表（备份、耗时查询、另一个 `casebus migrate`，或等待备库的写入）：请待其结束后重试，或在 pg_stat_activity 中查看",
    )
}

/// The database is that of an older version.
pub(crate) fn older_database() -> Failure {
    Failure::new(
        "the database is that of an older version of casebus; run `casebus migrate --service-role NAME` as its owner",
        "数据库属于较旧版本的 casebus：请以数据库所有者运行 `casebus migrate --service-role 角色`",
    )
}

/// Whether a right is missing that `casebus migrate` gives.
pub(crate) fn lacks_right(error: &Error) -> bool {
    code(error).is_some_and(|code| code == INSUFFICIENT_PRIVILEGE)
}

/// Whether the database has not been migrated, which does not pass by itself.
pub(crate) fn lacks_schema(error: &Error) -> bool {
    code(error).is_some_and(|code| [UNDEFINED_TABLE, UNDEFINED_SCHEMA].contains(&code.as_str()))
}

/// The code by which Postgres names what went wrong.
fn code(error: &Error) -> Option<String> {
    let of = |cause: &sqlx::Error| Some(cause.as_database_error()?.code()?.into_owned());
    error.chain().find_map(|cause| cause.downcast_ref::<sqlx::Error>().and_then(of))
}

fn of_servers(error: &ServersError) -> Failure {
    let cause = std::error::Error::source(error).map(|source| format!(" ({source})")).unwrap_or_default();
    Failure::new(format!("{error}{cause}"), format!("{}{cause}", in_chinese(error)))
}

/// The sentence of a failure of the private servers.
fn in_chinese(error: &ServersError) -> String {
    match error {
        ServersError::PostgresMissing => {
            "未找到 PostgreSQL 服务器：请运行 deploy/install.sh，或安装 postgresql（14 或更高版本），或用 CASEBUS_POSTGRES_BIN 指明其程序目录".to_owned()
        }
        ServersError::PostgresTooOld { version, folder } => {
            format!("{} 中的 PostgreSQL {version} 版本过低：请安装 14 或更高版本，例如运行 deploy/install.sh", folder.display())
        }
        ServersError::PostgresOfOtherVersion { made_by, folder } => {
            format!("{} 中的数据由 PostgreSQL {made_by} 创建，而本机没有该版本：请安装该版本，或另选数据目录", folder.display())
        }
        ServersError::NoAccount => {
            "Postgres 不允许以 root 运行，而本系统没有 postgres 或 nobody 用户：请以普通用户运行 casebus".to_owned()
        }
        ServersError::NotReachable { account, folder } => {
            format!("以 root 运行时 Postgres 使用用户 {account}，该用户无法进入 {}：请选择 /var/lib/casebus 之类的数据目录", folder.display())
        }
        ServersError::NatsMissing => {
            "未找到 nats-server：请运行 deploy/install.sh，或把 2.10 或更高版本的 nats-server 放入 PATH，或用 CASEBUS_NATS_SERVER 指明".to_owned()
        }
        ServersError::NatsTooOld { version, path } => {
            format!("{} 的版本 {version} 过低：请运行 deploy/install.sh，或把 2.10 或更高版本的 nats-server 放入 PATH", path.display())
        }
        ServersError::NotAProgram { path } => format!("{} 无法运行或不报告版本：请指明另一个程序", path.display()),
        ServersError::Folder { path, .. } => format!("无法使用 {}：请使其可写，或另选数据目录", path.display()),
        ServersError::InUse { folder } => {
            format!("另一个 casebus 正在使用 {}：请先停止它，或另选数据目录", folder.display())
        }
        ServersError::LeftoverStays { server, pid, folder } => {
            format!("上次运行留下的进程 {pid}（{server}）仍占用 {} 且无法停止：请手工结束它", folder.display())
        }
        ServersError::Spawn { program, .. } => format!("无法启动 {}：请检查该程序", program.display()),
        ServersError::ProgramFailed { program, tail } => format!("{} 运行失败：{tail}", program.display()),
        ServersError::PortTaken { port } => format!("127.0.0.1 的端口 {port} 已被占用：请另选端口"),
        ServersError::Died { server, log, tail } => {
            format!("{server} 在启动时退出，见 {}：{tail}", log.display())
        }
        ServersError::NotReady { server, seconds, log, tail } => {
            format!("{server} 在 {seconds} 秒后仍未就绪，见 {}：{tail}", log.display())
        }
        ServersError::Killed { server, seconds } => {
            format!("{server} 在 {seconds} 秒内未停止，已被强制结束；下次启动会恢复其数据")
        }
        ServersError::Random => "操作系统未能提供随机数：请稍后重试".to_owned(),
        ServersError::Interrupted => "服务器启动完成之前程序已停止：请重新启动".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::Executor;

    #[test]
    fn a_failure_deep_in_the_chain_is_shown_as_its_two_sentences_only() {
        let error = Error::from(Failure::new("it is taken: choose another", "已被占用：请另选"))
            .context("while starting");
        assert_eq!(sentences(&error), "error: it is taken: choose another\n错误：已被占用：请另选");
    }

    #[tokio::test]
    async fn what_postgres_refuses_is_told_with_the_way_out() {
        let database = testkit::database().await;
        let pool = sqlx::PgPool::connect(&database.url).await.unwrap();
        let said = async |statement: &'static str| {
            sentences(&Error::from(pool.execute(statement).await.unwrap_err()))
        };
        let missing = said("select position from log.log_head").await;
        assert!(
            missing.contains("run `casebus migrate") && missing.contains("请以数据库所有者运行"),
            "{missing}"
        );
        let forbidden = said("set role pg_monitor; select rolpassword from pg_authid").await;
        assert!(
            forbidden.contains("needs the owner's address") && forbidden.contains("所有者的地址"),
            "{forbidden}"
        );
        let other = said("select 1 / 0").await;
        assert!(
            other.contains("division by zero") && other.contains("`casebus doctor` may tell more"),
            "{other}"
        );
    }

    #[test]
    fn a_failure_of_the_servers_is_told_in_both_languages() {
        let said = sentences(&Error::from(ServersError::NatsMissing).context("while starting"));
        assert!(said.contains("CASEBUS_NATS_SERVER") && said.contains("未找到 nats-server"), "{said}");
    }
}
