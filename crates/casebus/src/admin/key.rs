//! `casebus key`: make, list and revoke API keys.

use crate::command_line::{KeyCommand, KeyCreateArguments, KeyScope, Target};
use crate::connection::Connection;
use crate::failure::Failure;
use crate::terminal::{complain, say};
use accounts::{ApiKey, NewKey, Scope};
use chrono::{DateTime, Utc};

/// Carries out one of them.
pub(crate) async fn key(command: KeyCommand) -> anyhow::Result<()> {
    match command {
        KeyCommand::Create(arguments) => create(arguments).await,
        KeyCommand::List(target) => list(&target).await,
        KeyCommand::Revoke { id, target } => revoke(&id, &target).await,
    }
}

async fn create(arguments: KeyCreateArguments) -> anyhow::Result<()> {
    let connection = Connection::find(&arguments.target)?;
    let accounts = connection.accounts().await?;
    let department = arguments.department;
    if accounts.load_registry().await?.department(&department).is_none() {
        return Err(Failure::new(
            format!("{department} is not in the registry: import it first with `casebus import departments FILE.csv`"),
            format!("名录中没有 {department}：请先用 `casebus import departments FILE.csv` 导入"),
        )
        .into());
    }
    let now = connection.clock().now();
    let scope = match arguments.scope {
        Some(KeyScope::All) => Scope::All,
        None => Scope::Own,
    };
    let expires_at = arguments.expires_in.map(|period| now + period);
    let new = NewKey { department, role: arguments.role, scope, label: arguments.label, expires_at };
    let created = accounts.create_key(new, now).await?;
    complain(format!("key {} was made; its secret is shown this once 密钥仅显示这一次：", created.id));
    say(created.secret);
    Ok(())
}

async fn list(target: &Target) -> anyhow::Result<()> {
    let connection = Connection::find(target)?;
    let now = connection.clock().now();
    let keys = connection.accounts().await?.list_keys().await?;
    say("id\tdepartment\trole\tscope\tstate\tmade\tlabel");
    for key in keys {
        let ApiKey { id, department, role, label, created_at, .. } = &key;
        let scope = match key.scope {
            Scope::Own => "own",
            Scope::All => "all",
        };
        let (role, state, made) = (role.name(), state(&key, now), created_at.format("%Y-%m-%d"));
        say(format!("{id}\t{department}\t{role}\t{scope}\t{state}\t{made}\t{label}"));
    }
    Ok(())
}

fn state(key: &ApiKey, now: DateTime<Utc>) -> &'static str {
    if key.revoked_at.is_some() {
        "revoked"
    } else if key.expires_at.is_some_and(|expires_at| expires_at <= now) {
        "expired"
    } else {
        "valid"
    }
}

async fn revoke(id: &str, target: &Target) -> anyhow::Result<()> {
    let connection = Connection::find(target)?;
    if connection.accounts().await?.revoke_key(id, connection.clock().now()).await? {
        say(format!("key {id} is revoked 密钥已吊销"));
        return Ok(());
    }
    Err(Failure::new(
        format!("there is no key {id}: `casebus key list` shows all"),
        format!("没有密钥 {id}：请用 `casebus key list` 查看"),
    )
    .into())
}
