//! `casebus key`: make, list and revoke API keys.

use crate::command_line::{KeyCommand, KeyCreateArguments, KeyScope, Target};
use crate::connection::Connection;
use crate::failure::Failure;
use crate::terminal::{complain, hand_over, say};
use accounts::{ApiKey, NewKey, Scope};
use chrono::{DateTime, Utc};
use contract::ids::DepartmentId;
use domain::civil;
use domain::registry::{DepartmentType, Registry};

/// The longest label.
const LABEL_CHARACTERS: usize = 200;

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
    must_act(&accounts.load_registry().await?, &department)?;
    if !is_label(&arguments.label) {
        return Err(Failure::new(
            format!("--label is one line of at most {LABEL_CHARACTERS} characters"),
            format!("--label 须为一行，且不超过 {LABEL_CHARACTERS} 个字符"),
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
    let id = created.id;
    complain(format!("key {id} was made; its secret is shown this once 密钥仅显示这一次："));
    if let Err(error) = hand_over(&created.secret) {
        accounts.revoke_key(&id, now).await?;
        return Err(Failure::new(
            format!("the secret of key {id} could not be written ({error}), so the key was revoked: make another one"),
            format!("密钥 {id} 的内容无法写出（{error}），该密钥已吊销：请重新创建"),
        )
        .into());
    }
    Ok(())
}

/// A department of the registry that can act: not a set of departments, nor an old name.
fn must_act(registry: &Registry, id: &DepartmentId) -> Result<(), Failure> {
    match registry.department(id) {
        None => Err(Failure::new(
            format!(
                "{id} is not in the registry: import it first with `casebus import departments FILE.csv`"
            ),
            format!("名录中没有 {id}：请先用 `casebus import departments FILE.csv` 导入"),
        )),
        Some(department) => match department.department_type {
            DepartmentType::Group => Err(Failure::new(
                format!("{id} is a set of departments: name one of its members"),
                format!("{id} 是部门集合：请改用其中的具体部门"),
            )),
            DepartmentType::Legacy => Err(Failure::new(
                format!("{id} is the old name of a department: name the one that has taken over"),
                format!("{id} 是部门旧称：请改用承接其职责的部门"),
            )),
            _ => Ok(()),
        },
    }
}

/// A label that fits into a line of the list.
fn is_label(text: &str) -> bool {
    text.chars().count() <= LABEL_CHARACTERS && !text.chars().any(char::is_control)
}

async fn list(target: &Target) -> anyhow::Result<()> {
    let connection = Connection::find(target)?;
    let now = connection.clock().now();
    let keys = connection.accounts().await?.list_keys().await?;
    say("id 编号\tdepartment 部门\trole 角色\tscope 范围\tstate 状态\tmade 创建\texpires 到期\tlabel 用途");
    for key in keys {
        let ApiKey { id, department, role, label, created_at, .. } = &key;
        let scope = match key.scope {
            Scope::Own => "own",
            Scope::All => "all",
        };
        let day = |moment: DateTime<Utc>| civil::day_of(moment).to_string();
        let (role, state, made) = (role.name(), state(&key, now), day(*created_at));
        let expires = key.expires_at.map(day).unwrap_or_default();
        say(format!("{id}\t{department}\t{role}\t{scope}\t{state}\t{made}\t{expires}\t{label}"));
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
