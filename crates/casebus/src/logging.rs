//! Logs: on standard error, as text or JSON, at levels by target.

use crate::config::{self, LogConfig, LogFormat};
use crate::failure::Failure;
use clap::Args;
use std::io::IsTerminal;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// What the command line says about logs.
#[derive(Args, Debug, Default)]
pub(crate) struct LoggingArguments {
    /// Levels of the logs, like `info` or `warn,relay=debug` 日志级别，如 `info` 或 `warn,relay=debug`
    #[arg(long = "log", global = true, value_name = "LEVELS")]
    level: Option<String>,
    /// How log lines are written 日志行的格式
    #[arg(long, global = true, value_name = "FORMAT")]
    log_format: Option<LogFormat>,
}

/// Which logs, and how.
pub(crate) struct Logging {
    targets: Targets,
    format: LogFormat,
}

impl LoggingArguments {
    /// The command line, else the configuration.
    pub(crate) fn or(&self, config: &LogConfig) -> anyhow::Result<Logging> {
        let level = self.level.as_deref().unwrap_or(&config.level);
        let targets = level.parse::<Targets>().map_err(|_| {
            Failure::new(
                format!("{level:?} is no list of log levels: give one like info, or warn,relay=debug"),
                format!("{level:?} 不是有效的日志级别：请写成 info 或 warn,relay=debug 的形式"),
            )
        })?;
        Ok(Logging { targets, format: self.log_format.unwrap_or(config.format) })
    }

    /// The command line, else the environment, else the defaults; those of a short act are quieter.
    pub(crate) fn or_environment(&self, short: bool) -> anyhow::Result<Logging> {
        let mut config = config::log_config()?;
        if short && config::named_in_environment("CASEBUS_LOG_LEVEL").is_none() {
            "error".clone_into(&mut config.level);
        }
        self.or(&config)
    }
}

/// Starts logging; once in a process.
pub(crate) fn start(logging: &Logging) {
    let registry = tracing_subscriber::registry().with(logging.targets.clone());
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    match logging.format {
        LogFormat::Text => registry.with(layer.with_ansi(std::io::stderr().is_terminal())).init(),
        LogFormat::Json => registry.with(layer.json()).init(),
    }
}
