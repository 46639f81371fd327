//! Settings: one documented file of sections, each key of which the environment may override.
//!
//! `casebus config` prints the reference, which is made from the same table ([`keys`]) as the defaults. Unknown keys
//! are refused. The environment is read here and nowhere else.

mod keys;

use crate::database::FEWEST_CONNECTIONS;
use crate::failure::Failure;
use anyhow::Context;
use clap::ValueEnum;
use serde::Deserialize;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

pub(crate) use keys::reference;

/// All settings.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    pub(crate) database: DatabaseConfig,
    pub(crate) nats: NatsConfig,
    pub(crate) gateway: GatewaySection,
    pub(crate) watch: WatchSection,
    pub(crate) metrics: MetricsSection,
    pub(crate) log: LogConfig,
}

/// Where the database is.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DatabaseConfig {
    url: Option<String>,
    /// Connections of one service.
    pub(crate) max_connections: u32,
}

/// Where NATS is, and how its stream is kept.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NatsConfig {
    url: Option<String>,
    /// Copies of each message.
    pub(crate) replicas: usize,
    /// Messages that the stream keeps; 0 keeps all.
    pub(crate) max_messages: u32,
}

/// The API.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GatewaySection {
    /// Its address.
    pub(crate) listen: SocketAddr,
    master_key_file: Option<PathBuf>,
}

/// The watch.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WatchSection {
    /// How often it looks for clocks that ran out.
    pub(crate) interval_seconds: u64,
}

/// The metrics of a service that has no API.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MetricsSection {
    /// Their address; without one they are not served.
    pub(crate) listen: Option<SocketAddr>,
}

/// Logs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogConfig {
    /// How lines are written.
    pub(crate) format: LogFormat,
    /// Levels by target.
    pub(crate) level: String,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// For people 供人阅读
    #[default]
    Text,
    /// One JSON object a line, for machines 每行一个 JSON 对象，供程序读取
    Json,
}

impl std::fmt::Debug for DatabaseConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DatabaseConfig")
            .field("max_connections", &self.max_connections)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for NatsConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NatsConfig").field("replicas", &self.replicas).finish_non_exhaustive()
    }
}

impl Config {
    /// Where the database is; a failure with the way out when nobody said.
    pub(crate) fn database_url(&self) -> Result<&str, Failure> {
        self.database.url.as_deref().ok_or_else(|| missing("database", "url"))
    }

    /// How many connections a service may open; a failure with the way out when they are too few to work with.
    pub(crate) fn max_connections(&self) -> Result<u32, Failure> {
        let (said, fewest) = (self.database.max_connections, FEWEST_CONNECTIONS);
        if said >= fewest {
            return Ok(said);
        }
        Err(Failure::new(
            format!("database.max_connections is {said}: a service needs at least {fewest}"),
            format!("database.max_connections 为 {said}：每个服务至少需要 {fewest} 个连接"),
        ))
    }

    /// Where NATS is, if somebody said.
    pub(crate) fn nats_url(&self) -> Option<&str> {
        self.nats.url.as_deref()
    }

    /// The bus; a failure with the way out when nobody said where NATS is.
    pub(crate) fn bus(&self) -> Result<bus::BusConfig, Failure> {
        let mut bus = bus::BusConfig::new(self.nats_url().ok_or_else(|| missing("nats", "url"))?);
        bus.replicas = self.nats.replicas;
        bus.max_messages = self.nats.max_messages;
        Ok(bus)
    }

    /// The file of the master key; a failure with the way out when nobody said.
    pub(crate) fn master_key_file(&self) -> Result<&Path, Failure> {
        self.gateway.master_key_file.as_deref().ok_or_else(|| missing("gateway", "master_key_file"))
    }
}

/// Numbers with which no service could work.
fn check(config: &Config) -> Result<(), Failure> {
    if !(1..=5).contains(&config.nats.replicas) {
        let said = config.nats.replicas;
        return Err(Failure::new(
            format!("nats.replicas is {said}: JetStream keeps 1 to 5 copies"),
            format!("nats.replicas 为 {said}：JetStream 可保存 1 至 5 份"),
        ));
    }
    if config.watch.interval_seconds == 0 {
        return Err(Failure::new(
            "watch.interval_seconds is 0: the watch looks once a second at most",
            "watch.interval_seconds 为 0：最短为 1 秒",
        ));
    }
    Ok(())
}

/// Reads the file, if one is named, and the environment over it.
pub(crate) fn load(file: Option<&Path>) -> anyhow::Result<Config> {
    let text = file.map(read).transpose()?.unwrap_or_default();
    build(&text, variable).with_context(|| match file {
        Some(file) => format!("the configuration in {} cannot be used", file.display()),
        None => "the configuration in the environment cannot be used".to_owned(),
    })
}

/// What the environment says about logs, for commands that take no file.
pub(crate) fn log_config() -> anyhow::Result<LogConfig> {
    Ok(load(None)?.log)
}

/// A variable of the environment that names a program or a server, and is no key of the file.
pub(crate) fn named_in_environment(name: &str) -> Option<OsString> {
    variable(name).filter(|value| !value.is_empty())
}

fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

fn read(file: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(file).map_err(|error| {
        Failure::new(
            format!("cannot read the configuration file {}: {error}", file.display()),
            format!("无法读取配置文件 {}：{error}", file.display()),
        )
        .into()
    })
}

fn missing(section: &str, name: &str) -> Failure {
    let variable = keys::variable_name(section, name);
    Failure::new(
        format!("nothing says {section}.{name}: set {variable}, or give it in the file named by --config"),
        format!("缺少设置 {section}.{name}：请设置环境变量 {variable}，或在 --config 指定的文件中给出"),
    )
}

/// Defaults, then the file, then the environment.
fn build(text: &str, environment: impl Fn(&str) -> Option<OsString>) -> anyhow::Result<Config> {
    let mut settings = keys::defaults();
    let written: Table = text.parse().map_err(|error: toml::de::Error| unusable(text, &error))?;
    for (section, values) in written {
        let Value::Table(values) = values else { return Err(no_section(&section).into()) };
        let known = settings.entry(section).or_insert_with(|| Value::Table(Table::new()));
        if let Value::Table(known) = known {
            known.extend(values);
        }
    }
    keys::override_by(&mut settings, environment)?;
    let config = settings.try_into().map_err(|error: toml::de::Error| unusable(text, &error))?;
    check(&config)?;
    Ok(config)
}

/// A key that stands outside of all sections. What it says is not shown.
fn no_section(key: &str) -> Failure {
    Failure::new(
        format!(
            "the configuration cannot be used: {key} stands outside of a section; `casebus config` prints all keys"
        ),
        format!("配置无法使用：{key} 不在任何小节之内；运行 `casebus config` 查看全部设置项"),
    )
}

/// Where it lies, by line or by key, and what is wrong there. The line itself is not shown: it may hold a password.
fn unusable(text: &str, error: &toml::de::Error) -> Failure {
    let (place, in_chinese, said) = match error.span() {
        Some(span) => {
            let line = text.bytes().take(span.start).filter(|byte| *byte == b'\n').count() + 1;
            (format!(", line {line}"), format!("（第{line}行）"), error.message().trim().to_owned())
        }
        None => (String::new(), String::new(), error.to_string().trim().replace('\n', " ")),
    };
    Failure::new(
        format!(
            "the configuration cannot be used{place}: {said}; `casebus config` prints what may stand there"
        ),
        format!("配置无法使用{in_chinese}：{said}；运行 `casebus config` 查看全部设置项"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn none(_: &str) -> Option<OsString> {
        None
    }

    #[test]
    fn the_environment_overrides_the_file_and_the_file_the_defaults() {
        let file = "[database]\nurl = \"postgres:///a\"\nmax_connections = 3\n[nats]\nreplicas = 3\n";
        let environment = |name: &str| (name == "CASEBUS_DATABASE_MAX_CONNECTIONS").then(|| "7".into());
        let config = build(file, environment).unwrap();
        assert_eq!(config.database_url().unwrap(), "postgres:///a");
        assert_eq!(config.database.max_connections, 7);
        assert_eq!(config.nats.replicas, 3);
        for (wrong, key) in [
            ("[nats]\nreplicas = 0", "nats.replicas"),
            ("[nats]\nreplicas = 6", "nats.replicas"),
            ("[watch]\ninterval_seconds = 0", "watch.interval_seconds"),
        ] {
            let said = build(wrong, |_| None).unwrap_err().to_string();
            assert!(said.contains(key), "{said}");
        }
        assert_eq!(config.watch.interval_seconds, 30);
    }

    #[test]
    fn too_few_connections_to_work_with_are_refused() {
        let with = |number: u32| {
            build(&format!("[database]\nmax_connections = {number}"), none).unwrap().max_connections()
        };
        assert_eq!(with(6).unwrap(), 6);
        let said = with(5).unwrap_err().to_string();
        assert!(said.contains("database.max_connections") && said.contains('6'), "{said}");
    }

    #[test]
    fn an_unknown_key_an_unknown_section_and_a_wrong_type_are_refused() {
        for wrong in
            ["[database]\nurll = \"x\"", "[databse]\nurl = \"x\"", "[nats]\nreplicas = \"three\"", "x = 1"]
        {
            assert!(build(wrong, none).is_err(), "{wrong}");
        }
        let environment = |name: &str| (name == "CASEBUS_NATS_REPLICAS").then(|| "three".into());
        assert!(build("", environment).is_err());
    }

    #[test]
    fn what_is_wrong_with_a_file_is_told_with_its_line_or_its_key_and_without_secrets() {
        let said = |text: &str| build(text, none).unwrap_err().to_string();
        let no_toml = said("[database]\nmax_connections = 7\nurl = \"postgres://u:secret@h/d\n");
        assert!(no_toml.contains("line 3") && !no_toml.contains("secret"), "{no_toml}");
        let wrong_type = said("[database]\nurl = \"postgres://u:secret@h/d\"\n[nats]\nreplicas = \"three\"");
        assert!(wrong_type.contains("in `nats.replicas`") && !wrong_type.contains("secret"), "{wrong_type}");
        let no_section = said("database = \"postgres://u:secret@h/d\"");
        assert!(
            no_section.contains("database stands outside") && !no_section.contains("secret"),
            "{no_section}"
        );
        let no_text = said("[database]\nurl = [\"postgres://u:secret@h/d\"]");
        assert!(no_text.contains("in `database.url`") && !no_text.contains("secret"), "{no_text}");
    }

    #[test]
    fn secrets_have_no_defaults_and_are_not_shown() {
        let config = build("", none).unwrap();
        let said = config.database_url().unwrap_err().to_string();
        assert!(said.contains("CASEBUS_DATABASE_URL"), "{said}");
        assert!(config.bus().is_err() && config.master_key_file().is_err());
        let config = build("[database]\nurl = \"postgres://u:secret@h/d\"", none).unwrap();
        assert!(!format!("{config:?}").contains("secret"));
    }
}
