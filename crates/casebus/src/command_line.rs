//! The command line.

use crate::business_clock::{parse_offset, parse_period};
use crate::logging::LoggingArguments;
use chrono::TimeDelta;
use clap::error::{ContextKind, ErrorKind};
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use contract::actor::Role;
use contract::ids::DepartmentId;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Carries clues, cases and results between government departments, and shows who is silent 在政府部门之间移送线索、案件和结果，谁没有回音一目了然
#[derive(Parser, Debug)]
#[command(
    name = "casebus",
    version,
    arg_required_else_help = true,
    disable_help_flag = true,
    disable_help_subcommand = true,
    disable_version_flag = true
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) logging: LoggingArguments,
    /// Explain this command 显示帮助
    #[arg(short, long, global = true, action = ArgAction::Help)]
    help: Option<bool>,
    /// Say which version this is 显示版本
    #[arg(short = 'V', long, action = ArgAction::Version)]
    version: Option<bool>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Run everything in one process, over a private Postgres and nats-server 在一个进程中运行全部服务，自带 Postgres 和 nats-server
    Up(UpArguments),
    /// Run one service over given servers 在已有服务器上运行一个服务
    Run(RunArguments),
    /// Bring the database up to date, as its owner 以所有者身份更新数据库
    Migrate(MigrateArguments),
    /// Make, list and revoke API keys 创建、列出、吊销 API 密钥
    #[command(subcommand)]
    Key(KeyCommand),
    /// Bring in rows from a CSV file; ends with code 2 when rows were bad 从 CSV 文件导入；有错误行时退出码为 2
    Import(ImportArguments),
    /// Check, compare, publish and list rule packs 检查、比较、发布、列出规则包
    #[command(subcommand)]
    Rules(RulesCommand),
    /// Check the event log, or begin a new epoch of it 检查事件日志，或开始新纪元
    #[command(subcommand)]
    Log(LogCommand),
    /// Build, switch and mend the read model 重建、切换、修复视图
    #[command(subcommand)]
    Views(ViewsCommand),
    /// Compare the log, the stream and the read model; ends with code 1 where they differ 比对日志、消息流和视图；不一致时退出码为 1
    Verify(VerifyArguments),
    /// Check the installation, one line for each finding 检查安装情况，每项一行
    Doctor(Target),
    /// Print the OpenAPI description of the API 输出 API 的 OpenAPI 描述
    Openapi,
    /// Print the reference of the configuration file 输出配置文件说明
    Config,
}

/// `casebus up`.
#[derive(Args, Debug)]
pub(crate) struct UpArguments {
    /// Folder that holds everything; without it, `casebus-data` in the working folder 存放全部数据的目录；缺省为当前目录下的 `casebus-data`
    #[arg(long, value_name = "FOLDER")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Address of the API; port 0 takes a free one API 的监听地址；端口 0 表示任选空闲端口
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
    /// Load a demonstration into an empty log 向空日志载入演示数据
    #[arg(long)]
    pub(crate) demo: bool,
    /// Shift business time, like 5d, -55d or 36h; only with --demo 调整业务时间，如 5d、-55d、36h；仅用于 --demo
    #[arg(long, value_name = "OFFSET", value_parser = parse_offset, allow_hyphen_values = true)]
    pub(crate) clock_offset: Option<TimeDelta>,
}

/// `casebus run`.
#[derive(Args, Debug)]
pub(crate) struct RunArguments {
    /// The service 服务
    pub(crate) role: ServiceRole,
    /// Configuration file; without it, the environment says everything 配置文件；缺省时全部由环境变量给出
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

/// A service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ServiceRole {
    /// The API; any number of them API，可运行任意多个
    Gateway,
    /// Publishes the log on NATS; one leads 把日志发布到 NATS；可运行多个，其中一个为主
    Relay,
    /// Keeps the read model; one leads 维护视图；可运行多个，其中一个为主
    Projector,
    /// Records the clocks that ran out; one leads 记录超期；可运行多个，其中一个为主
    Watch,
}

/// Which casebus an act of the administrator is for.
#[derive(Args, Clone, Debug)]
pub(crate) struct Target {
    /// Folder of a running `casebus up`; without it, `CASEBUS_DATABASE_URL` or the configuration file says where 正在运行的 `casebus up` 的数据目录；缺省时由 `CASEBUS_DATABASE_URL` 或配置文件指明
    #[arg(long, value_name = "FOLDER")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Configuration file 配置文件
    #[arg(long, value_name = "FILE", conflicts_with = "data_dir")]
    pub(crate) config: Option<PathBuf>,
}

/// `casebus migrate`.
#[derive(Args, Debug)]
pub(crate) struct MigrateArguments {
    #[command(flatten)]
    pub(crate) target: Target,
    /// Existing database role to which the services' rights are given 已有的数据库角色，服务所需权限将授予它
    #[arg(long, value_name = "NAME")]
    pub(crate) service_role: Option<String>,
}

/// `casebus key`.
#[derive(Subcommand, Debug)]
pub(crate) enum KeyCommand {
    /// Make a key and print its secret, this once 创建密钥并输出其内容，仅此一次
    Create(KeyCreateArguments),
    /// List all keys, without their secrets 列出全部密钥，不含其内容
    List(Target),
    /// Revoke a key for good 永久吊销密钥
    Revoke {
        /// Its id, like `k_7Hq0aZ9bY8cX` 密钥编号，如 `k_7Hq0aZ9bY8cX`
        id: String,
        #[command(flatten)]
        target: Target,
    },
}

/// `casebus key create`.
#[derive(Args, Debug)]
pub(crate) struct KeyCreateArguments {
    /// The department that will act with it 使用该密钥的部门
    #[arg(long, value_name = "ID")]
    pub(crate) department: DepartmentId,
    /// The role in which it will act: clerk, head or supervisor 使用该密钥的角色：clerk 经办人、head 负责人、supervisor 督办人员
    #[arg(long, value_parser = parse_role)]
    pub(crate) role: Role,
    /// `all` lets it see every transfer; otherwise those of its department and region `all` 可查看全部移送；缺省仅限本部门和本地区
    #[arg(long, value_name = "all")]
    pub(crate) scope: Option<KeyScope>,
    /// What it is for 用途说明
    #[arg(long, default_value = "")]
    pub(crate) label: String,
    /// After which time it is refused, like 90d 有效期，如 90d
    #[arg(long, value_name = "PERIOD", value_parser = parse_period)]
    pub(crate) expires_in: Option<TimeDelta>,
    #[command(flatten)]
    pub(crate) target: Target,
}

/// The one scope that must be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum KeyScope {
    /// Every transfer of this bus 全部移送
    All,
}

/// `casebus import`.
#[derive(Args, Debug)]
pub(crate) struct ImportArguments {
    /// What the rows are 导入的内容
    pub(crate) what: ImportKind,
    /// The CSV file CSV 文件
    pub(crate) file: PathBuf,
    /// Take all rows or none 全部导入或全部不导入
    #[arg(long)]
    pub(crate) strict: bool,
    /// What the calendar is to be called; only for holidays. Without it, after its last year, like `cn-2027` 节假日历的名称，仅用于 holidays；缺省按最后年份命名，如 `cn-2027`
    #[arg(long, value_name = "VERSION", value_parser = parse_version)]
    pub(crate) version: Option<String>,
    /// Take a holiday notice that names few days off of a year 允许导入放假天数较少的年份
    #[arg(long)]
    pub(crate) incomplete: bool,
    /// The department that sends the tasks 派发任务的部门
    #[arg(long, value_name = "DEPARTMENT", required_if_eq("what", "supervision-tasks"))]
    pub(crate) from: Option<DepartmentId>,
    #[command(flatten)]
    pub(crate) target: Target,
}

/// What the rows of an import are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ImportKind {
    /// Departments: `id,name,canonical_name,level,type,parent,host` 部门名录
    Departments,
    /// Members of sets: `group,member,complete` 集合成员
    Groups,
    /// Subject matters: `row,division,subject_matter,lead,participants,lead_mode,flag` 职责清单
    Responsibilities,
    /// Tasks: `item,measure,problem,action,responsible,lead,deadline` 督办任务（整改清单）
    SupervisionTasks,
    /// Days off and make-up working days of whole years: `date,kind,holiday` 整年的放假和调休上班日
    Holidays,
}

/// `casebus rules`.
#[derive(Subcommand, Debug)]
pub(crate) enum RulesCommand {
    /// Check a rule pack and show what it changes; ends with code 1 when it cannot be used 检查规则包并显示其变化；不可用时退出码为 1
    Check {
        /// The TOML file TOML 文件
        file: PathBuf,
        #[command(flatten)]
        target: Target,
    },
    /// Show which open transfers would have other due moments under another pack; changes nothing 显示换用另一规则包后哪些未结移送的到期时间会变化；不作更改
    Diff {
        /// The pack under which they began: its id, or a file 移送开始时的规则包：编号或文件
        a: String,
        /// The other pack: its id, or a file 另一规则包：编号或文件
        b: String,
        #[command(flatten)]
        target: Target,
    },
    /// Publish a rule pack: new transfers begin under it from its day on 发布规则包：自施行之日起适用于新的移送
    Publish {
        /// The TOML file TOML 文件
        file: PathBuf,
        #[command(flatten)]
        target: Target,
    },
    /// List all rule packs and the calendar in force 列出全部规则包和现行节假日历
    List(Target),
}

/// `casebus log`.
#[derive(Subcommand, Debug)]
pub(crate) enum LogCommand {
    /// The same as `casebus verify --order` 同 `casebus verify --order`
    Verify(Target),
    /// Begin a new epoch, after a failover or a restore that may have lost events 在可能丢失事件的故障切换或恢复之后开始新纪元
    NewEpoch {
        /// Yes, positions may have been used twice 确认位置号可能被重复使用
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        target: Target,
    },
}

/// `casebus verify`.
#[derive(Args, Debug)]
pub(crate) struct VerifyArguments {
    /// Compare every position, not only where they end 逐一比对每个位置，而不仅是末尾
    #[arg(long)]
    pub(crate) order: bool,
    #[command(flatten)]
    pub(crate) target: Target,
}

/// `casebus views`.
#[derive(Subcommand, Debug)]
pub(crate) enum ViewsCommand {
    /// Build the next read model from the log while the present one serves, and switch to it 由日志重建视图，期间现有视图照常服务，完成后切换
    Rebuild {
        /// How many streams of work go on at once 并行数
        #[arg(long, value_name = "NUMBER", default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=16))]
        workers: u8,
        #[command(flatten)]
        target: Target,
    },
    /// Drop the read model that served before the last switch 删除上次切换前的视图
    DropFormer(Target),
    /// Fold again what could not be folded: one transfer or handoff, or all 重新计入此前无法计入的事件：某一件移送或行刑衔接移送，或全部
    Retry {
        /// The transfer or handoff 移送或行刑衔接移送的编号
        #[arg(long, value_name = "ID")]
        id: Option<uuid::Uuid>,
        #[command(flatten)]
        target: Target,
    },
    /// Say how far the read model is, and what could not be folded 显示视图进度和无法计入的事件
    Status(Target),
}

/// What is wrong with a command line, in Chinese beside the English of clap; `None` where help was asked for.
pub(crate) fn in_chinese(error: &clap::Error) -> Option<String> {
    let wrong = match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            return None;
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => "参数值无效",
        ErrorKind::UnknownArgument => "没有该参数",
        ErrorKind::InvalidSubcommand => "没有该命令",
        ErrorKind::MissingSubcommand => "缺少命令",
        ErrorKind::MissingRequiredArgument => "缺少必需的参数",
        ErrorKind::ArgumentConflict => "参数互相冲突",
        _ => "命令行有误",
    };
    let named = error.get(ContextKind::InvalidArg).or_else(|| error.get(ContextKind::InvalidSubcommand));
    let named = named.map(|named| format!("（{named}）")).unwrap_or_default();
    Some(format!("错误：{wrong}{named}；用法见 --help"))
}

fn parse_role(text: &str) -> Result<Role, String> {
    Role::from_name(text)
        .ok_or_else(|| "the roles are clerk, head and supervisor 角色为 clerk、head、supervisor".to_owned())
}

fn parse_version(text: &str) -> Result<String, String> {
    let is_good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    let fits = (1..=40).contains(&text.len()) && text.bytes().all(is_good);
    fits.then(|| text.to_owned()).ok_or_else(|| {
        "up to 40 letters, digits, dots and hyphens, like cn-2027 最多40个字母、数字、点和连字符".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_command_and_argument_is_explained_in_both_languages() {
        fn look_at(command: &clap::Command) {
            let of_command = command.get_about().map(ToString::to_string);
            let of_arguments = command.get_arguments().flat_map(|argument| {
                let values = argument.get_possible_values();
                let of_values = values.iter().filter_map(|value| value.get_help().map(ToString::to_string));
                of_values.chain(argument.get_help().map(ToString::to_string)).collect::<Vec<_>>()
            });
            for text in of_command.into_iter().chain(of_arguments) {
                let is_chinese = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
                let in_both =
                    text.contains(is_chinese) && text.contains(|letter: char| letter.is_ascii_alphabetic());
                assert!(in_both, "{}: {text}", command.get_name());
            }
            command.get_subcommands().for_each(look_at);
        }
        let mut command = Arguments::command();
        command.build();
        look_at(&command);
    }

    #[test]
    fn a_wrong_command_line_is_told_in_chinese_too_and_help_is_no_error() {
        let said = |words: &[&str]| {
            in_chinese(&Arguments::try_parse_from([&["casebus"], words].concat()).unwrap_err())
        };
        for (words, wrong) in [
            (&["up", "--nosuch"][..], "没有该参数（--nosuch）"),
            (&["nosuch"], "没有该命令（nosuch）"),
            (&["up", "--clock-offset", "5w"], "参数值无效"),
            (&["run", "nosuch"], "参数值无效"),
            (&["run"], "缺少必需的参数"),
            (&["doctor", "--config", "a", "--data-dir", "b"], "参数互相冲突"),
        ] {
            let said = said(words).unwrap();
            assert!(said.contains(wrong) && said.contains("--help"), "{words:?}: {said}");
        }
        for explained in [&["--help"][..], &["--version"], &["key", "create", "-h"], &[]] {
            assert_eq!(said(explained), None);
        }
    }

    #[test]
    fn a_negative_clock_offset_is_read_as_a_value() {
        let read = Arguments::try_parse_from(["casebus", "up", "--demo", "--clock-offset", "-55d"]).unwrap();
        let Command::Up(up) = read.command else { panic!("not up") };
        assert_eq!(up.clock_offset, Some(TimeDelta::days(-55)));
    }
}
