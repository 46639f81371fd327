//! The table of all keys: their defaults, their variables and the reference that people read.

use crate::failure::Failure;
use std::ffi::OsString;
use std::fmt::Write as _;
use toml::{Table, Value};

/// One key of the configuration file.
struct Key {
    section: &'static str,
    name: &'static str,
    /// As it would stand in the file; empty where there is no default.
    default: &'static str,
    /// Never shown, never defaulted.
    secret: bool,
    is_number: bool,
    what: &'static str,
}

const fn key(section: &'static str, name: &'static str, default: &'static str, what: &'static str) -> Key {
    Key { section, name, default, secret: false, is_number: false, what }
}

const fn number(section: &'static str, name: &'static str, default: &'static str, what: &'static str) -> Key {
    Key { section, name, default, secret: false, is_number: true, what }
}

const fn secret(section: &'static str, name: &'static str, what: &'static str) -> Key {
    Key { section, name, default: "", secret: true, is_number: false, what }
}

/// Every key, in the order of the reference.
const KEYS: &[Key] = &[
    secret(
        "database",
        "url",
        "Where Postgres is: `postgres://user:password@host/database`. Postgres 的地址。",
    ),
    number(
        "database",
        "max_connections",
        "10",
        "Connections that one service opens at most; at least 6. 每个服务最多打开的连接数，至少 6。",
    ),
    secret(
        "nats",
        "url",
        "Where NATS is: `nats://user:password@host:4222`, several separated by commas. NATS 的地址，多个以逗号分隔。",
    ),
    number(
        "nats",
        "replicas",
        "1",
        "Copies of each message in JetStream: 1 on one node, 3 on a cluster. JetStream 中每条消息的份数：单节点 1，集群 3。",
    ),
    number(
        "nats",
        "max_messages",
        "0",
        "Messages that the stream keeps, the oldest going first; 0 keeps all. 消息流保留的条数，先删最早的；0 表示全部保留。",
    ),
    key("gateway", "listen", "\"127.0.0.1:8080\"", "Address of the API. API 的监听地址。"),
    key(
        "gateway",
        "master_key_file",
        "",
        "File with the master key, 32 bytes in base64, readable by its owner only. The gateway and the watch need it. 主密钥文件，32 字节的 base64，仅所有者可读；gateway 和 watch 需要。",
    ),
    number(
        "watch",
        "interval_seconds",
        "30",
        "How often the watch looks for clocks that ran out. watch 检查超期的间隔秒数。",
    ),
    key(
        "metrics",
        "listen",
        "",
        "Address of `/metrics` and `/healthz` of a relay, projector or watch; a gateway has them at its own. relay、projector、watch 提供 `/metrics` 和 `/healthz` 的地址；gateway 在其自身地址上提供。",
    ),
    key(
        "log",
        "format",
        "\"text\"",
        "How log lines are written: `text` or `json`. 日志行的格式：`text` 或 `json`。",
    ),
    key(
        "log",
        "level",
        "\"info,sqlx=warn,async_nats=warn\"",
        "Levels of the logs by target, like `warn,relay=debug`. 各模块的日志级别，如 `warn,relay=debug`。",
    ),
];

/// The variable that overrides a key.
pub(super) fn variable_name(section: &str, name: &str) -> String {
    format!("CASEBUS_{}_{}", section.to_uppercase(), name.to_uppercase())
}

/// The defaults, as a file would say them.
pub(super) fn defaults() -> Table {
    let mut settings = Table::new();
    for key in KEYS {
        let section = settings.entry(key.section).or_insert_with(|| Value::Table(Table::new()));
        if let (Value::Table(section), false) = (section, key.default.is_empty()) {
            let line = format!("{} = {}", key.name, key.default);
            section
                .extend(line.parse::<Table>().expect("the defaults of the table are TOML, as a test shows"));
        }
    }
    settings
}

/// Puts what the environment says over the settings.
pub(super) fn override_by(
    settings: &mut Table,
    environment: impl Fn(&str) -> Option<OsString>,
) -> Result<(), Failure> {
    for key in KEYS {
        let variable = variable_name(key.section, key.name);
        let Some(text) = environment(&variable).filter(|text| !text.is_empty()) else { continue };
        let text =
            text.into_string().map_err(|_| not_usable(&variable, "is not UTF-8", "不是 UTF-8 文本"))?;
        let value = if key.is_number {
            let number = text.parse().map_err(|_| not_usable(&variable, "is no number", "不是数字"))?;
            Value::Integer(number)
        } else {
            Value::String(text)
        };
        if let Some(Value::Table(section)) = settings.get_mut(key.section) {
            section.insert(key.name.to_owned(), value);
        }
    }
    Ok(())
}

fn not_usable(variable: &str, why: &str, why_in_chinese: &str) -> Failure {
    Failure::new(
        format!("the variable {variable} {why}; `casebus config` prints what it may be"),
        format!("环境变量 {variable} {why_in_chinese}；运行 `casebus config` 查看其含义"),
    )
}

/// The reference of the configuration file, in Markdown.
pub(crate) fn reference() -> String {
    let mut text = String::from(
        "# Configuration 配置\n\n\
         `casebus run` reads one TOML file, named by `--config`. Every key may also be given, or overridden, by the\n\
         variable in its row. Unknown keys are refused. This page is printed by `casebus config`; do not edit it.\n\n\
         `casebus run` 读取 `--config` 指定的一个 TOML 文件。每个键也可由所在行的环境变量给出或覆盖，不认识的键会被拒绝。\n",
    );
    let mut section = "";
    for key in KEYS {
        if key.section != section {
            section = key.section;
            // Writing into a String cannot fail.
            let _ = write!(
                text,
                "\n## [{section}]\n\n| key | variable | default | what it is |\n|---|---|---|---|\n"
            );
        }
        let default = match (key.default, key.secret) {
            ("", true) => "none, it is a secret".to_owned(),
            ("", false) => "none".to_owned(),
            (default, _) => format!("`{default}`"),
        };
        let variable = variable_name(key.section, key.name);
        let _ = writeln!(text, "| `{}` | `{variable}` | {default} | {} |", key.name, key.what);
    }
    text.push_str(
        "\n## Variables that are no keys\n\n\
         | variable | what it is |\n|---|---|\n\
         | `CASEBUS_NATS_SERVER` | The nats-server program that `casebus up` starts; without it, that of the PATH. `casebus up` 启动的 nats-server 程序，缺省取自 PATH。 |\n\
         | `CASEBUS_POSTGRES_BIN` | The folder of the Postgres programs that `casebus up` starts; without it, they are looked for. `casebus up` 启动的 Postgres 程序所在目录，缺省自动查找。 |\n",
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_has_a_default_that_can_be_used_or_none() {
        let settings = defaults();
        for key in KEYS {
            let stands = settings[key.section].get(key.name).is_some();
            assert_eq!(stands, !key.default.is_empty(), "{}.{}", key.section, key.name);
            assert!(!(key.secret && stands), "a secret has no default");
        }
    }

    #[test]
    fn every_key_is_explained_in_both_languages() {
        let is_chinese = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
        let rows = reference();
        for row in rows.lines().filter(|row| row.starts_with("| `")) {
            assert!(row.contains(is_chinese) && row.contains(". "), "{row}");
        }
    }

    #[test]
    fn the_reference_in_docs_is_the_one_that_is_printed() {
        let committed = include_str!("../../../../docs/config.md");
        assert_eq!(committed, reference(), "write it anew: casebus config > docs/config.md");
    }
}
