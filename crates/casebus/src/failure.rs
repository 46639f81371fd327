//! Failures as people read them: one clear sentence in English, one in Chinese, each with the way out.

use anyhow::Error;
use servers::ServersError;
use std::fmt;

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
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.english)
    }
}

impl std::error::Error for Failure {}

/// Both sentences of an error, on two lines.
pub(crate) fn sentences(error: &Error) -> String {
    let known = error.chain().find_map(|cause| {
        let failure = cause.downcast_ref::<Failure>().cloned();
        failure.or_else(|| cause.downcast_ref::<ServersError>().map(of_servers))
    });
    let failure = known.unwrap_or_else(|| {
        Failure::new(
            format!("{error:#}; `casebus doctor` may tell more"),
            format!("操作未能完成（{error:#}）；可运行 `casebus doctor` 查找原因"),
        )
    });
    format!("error: {}\n错误：{}", failure.english, failure.chinese)
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

    #[test]
    fn a_failure_deep_in_the_chain_is_shown_as_its_two_sentences_only() {
        let error = Error::from(Failure::new("it is taken: choose another", "已被占用：请另选"))
            .context("while starting");
        assert_eq!(sentences(&error), "error: it is taken: choose another\n错误：已被占用：请另选");
    }

    #[test]
    fn a_failure_of_the_servers_is_told_in_both_languages() {
        let said = sentences(&Error::from(ServersError::NatsMissing).context("while starting"));
        assert!(said.contains("CASEBUS_NATS_SERVER") && said.contains("未找到 nats-server"), "{said}");
    }
}
