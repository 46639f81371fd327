//! The command line.

use crate::business_clock::{parse_offset, parse_period};
use crate::logging::LoggingArguments;
use chrono::TimeDelta;
use clap::{Args, Parser, Subcommand, ValueEnum};
use contract::actor::Role;
use contract::ids::DepartmentId;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Carries clues, cases and results between government departments, and shows who is silent
#[derive(Parser, Debug)]
#[command(name = "casebus", version, arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) logging: LoggingArguments,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Run everything in one process, over a private Postgres and nats-server
    Up(UpArguments),
    /// Run one service over given servers
    Run(RunArguments),
    /// Bring the database up to date, as its owner
    Migrate(MigrateArguments),
    /// Make, list and revoke API keys
    #[command(subcommand)]
    Key(KeyCommand),
    /// Bring in rows from a CSV file; ends with code 2 when rows were bad
    Import(ImportArguments),
    /// Check, compare, publish and list rule packs
    #[command(subcommand)]
    Rules(RulesCommand),
    /// Check the event log, or begin a new epoch of it
    #[command(subcommand)]
    Log(LogCommand),
    /// Build, switch and mend the read model
    #[command(subcommand)]
    Views(ViewsCommand),
    /// Compare the log, the stream and the read model; ends with code 1 where they differ
    Verify(VerifyArguments),
    /// Check the installation, one line for each finding
    Doctor(Target),
    /// Print the OpenAPI description of the API
    Openapi,
    /// Print the reference of the configuration file
    Config,
}

/// `casebus up`.
#[derive(Args, Debug)]
pub(crate) struct UpArguments {
    /// Folder that holds everything; without it, `casebus-data` in the working folder
    #[arg(long, value_name = "FOLDER")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Address of the API; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
    /// Load a demonstration into an empty log
    #[arg(long)]
    pub(crate) demo: bool,
    /// Shift business time, like 5d, -55d or 36h; only with --demo
    #[arg(long, value_name = "OFFSET", value_parser = parse_offset, allow_hyphen_values = true)]
    pub(crate) clock_offset: Option<TimeDelta>,
}

/// `casebus run`.
#[derive(Args, Debug)]
pub(crate) struct RunArguments {
    /// The service
    pub(crate) role: ServiceRole,
    /// Configuration file; without it, the environment says everything
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

/// A service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ServiceRole {
    /// The API; any number of them
    Gateway,
    /// Publishes the log on NATS; one leads
    Relay,
    /// Keeps the read model; one leads
    Projector,
    /// Records the clocks that ran out; one leads
    Watch,
}

/// Which casebus an act of the administrator is for.
#[derive(Args, Clone, Debug)]
pub(crate) struct Target {
    /// Folder of a running `casebus up`; without it, `CASEBUS_DATABASE_URL` or the configuration file says where
    #[arg(long, value_name = "FOLDER")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Configuration file
    #[arg(long, value_name = "FILE", conflicts_with = "data_dir")]
    pub(crate) config: Option<PathBuf>,
}

/// `casebus migrate`.
#[derive(Args, Debug)]
pub(crate) struct MigrateArguments {
    #[command(flatten)]
    pub(crate) target: Target,
    /// Existing database role to which the services' rights are given
    #[arg(long, value_name = "NAME")]
    pub(crate) service_role: Option<String>,
}

/// `casebus key`.
#[derive(Subcommand, Debug)]
pub(crate) enum KeyCommand {
    /// Make a key and print its secret, this once
    Create(KeyCreateArguments),
    /// List all keys, without their secrets
    List(Target),
    /// Revoke a key for good
    Revoke {
        /// Its id, like `k_7Hq0aZ9bY8cX`
        id: String,
        #[command(flatten)]
        target: Target,
    },
}

/// `casebus key create`.
#[derive(Args, Debug)]
pub(crate) struct KeyCreateArguments {
    /// The department that will act with it
    #[arg(long, value_name = "ID")]
    pub(crate) department: DepartmentId,
    /// The role in which it will act: clerk, head or supervisor
    #[arg(long, value_parser = parse_role)]
    pub(crate) role: Role,
    /// `all` lets it see every transfer; otherwise those of its department and region
    #[arg(long, value_name = "all")]
    pub(crate) scope: Option<KeyScope>,
    /// What it is for
    #[arg(long, default_value = "")]
    pub(crate) label: String,
    /// After which time it is refused, like 90d
    #[arg(long, value_name = "PERIOD", value_parser = parse_period)]
    pub(crate) expires_in: Option<TimeDelta>,
    #[command(flatten)]
    pub(crate) target: Target,
}

/// The one scope that must be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum KeyScope {
    /// Every transfer of this bus
    All,
}

/// `casebus import`.
#[derive(Args, Debug)]
pub(crate) struct ImportArguments {
    /// What the rows are
    pub(crate) what: ImportKind,
    /// The CSV file
    pub(crate) file: PathBuf,
    /// Take all rows or none
    #[arg(long)]
    pub(crate) strict: bool,
    /// What the calendar is to be called; only for holidays. Without it, after its last year, like `cn-2027`
    #[arg(long, value_name = "VERSION", value_parser = parse_version)]
    pub(crate) version: Option<String>,
    /// Take a holiday notice that names few days off of a year
    #[arg(long)]
    pub(crate) incomplete: bool,
    /// The department that sends the tasks
    #[arg(long, value_name = "DEPARTMENT", required_if_eq("what", "supervision-tasks"))]
    pub(crate) from: Option<DepartmentId>,
    #[command(flatten)]
    pub(crate) target: Target,
}

/// What the rows of an import are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ImportKind {
    /// Departments: `id,name,canonical_name,level,type,parent,host`
    Departments,
    /// Members of sets: `group,member,complete`
    Groups,
    /// Subject matters: `row,division,subject_matter,lead,participants,lead_mode,flag`
    Responsibilities,
    /// Tasks: `item,measure,problem,action,responsible,lead,deadline`
    SupervisionTasks,
    /// Days off and make-up working days of whole years: `date,kind,holiday`
    Holidays,
}

/// `casebus rules`.
#[derive(Subcommand, Debug)]
pub(crate) enum RulesCommand {
    /// Check a rule pack and show what it changes; ends with code 1 when it cannot be used
    Check {
        /// The TOML file
        file: PathBuf,
        #[command(flatten)]
        target: Target,
    },
    /// Show which open transfers would have other due moments under another pack; changes nothing
    Diff {
        /// The pack under which they began: its id, or a file
        a: String,
        /// The other pack: its id, or a file
        b: String,
        #[command(flatten)]
        target: Target,
    },
    /// Publish a rule pack: new transfers begin under it from its day on
    Publish {
        /// The TOML file
        file: PathBuf,
        #[command(flatten)]
        target: Target,
    },
    /// List all rule packs and the calendar in force
    List(Target),
}

/// `casebus log`.
#[derive(Subcommand, Debug)]
pub(crate) enum LogCommand {
    /// The same as `casebus verify --order`
    Verify(Target),
    /// Begin a new epoch, after a failover or a restore that may have lost events
    NewEpoch {
        /// Yes, positions may have been used twice
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        target: Target,
    },
}

/// `casebus verify`.
#[derive(Args, Debug)]
pub(crate) struct VerifyArguments {
    /// Compare every position, not only where they end
    #[arg(long)]
    pub(crate) order: bool,
    #[command(flatten)]
    pub(crate) target: Target,
}

/// `casebus views`.
#[derive(Subcommand, Debug)]
pub(crate) enum ViewsCommand {
    /// Build the next read model from the log while the present one serves, and switch to it
    Rebuild {
        /// How many streams of work go on at once
        #[arg(long, value_name = "NUMBER", default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=16))]
        workers: u8,
        #[command(flatten)]
        target: Target,
    },
    /// Drop the read model that served before the last switch
    DropFormer(Target),
    /// Fold again what could not be folded: one transfer or handoff, or all
    Retry {
        /// The transfer or handoff
        #[arg(long, value_name = "ID")]
        id: Option<uuid::Uuid>,
        #[command(flatten)]
        target: Target,
    },
    /// Say how far the read model is, and what could not be folded
    Status(Target),
}

fn parse_role(text: &str) -> Result<Role, String> {
    Role::from_name(text).ok_or_else(|| "the roles are clerk, head and supervisor".to_owned())
}

fn parse_version(text: &str) -> Result<String, String> {
    let is_good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    let fits = (1..=40).contains(&text.len()) && text.bytes().all(is_good);
    fits.then(|| text.to_owned())
        .ok_or_else(|| "up to 40 letters, digits, dots and hyphens, like cn-2027".to_owned())
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
    fn a_negative_clock_offset_is_read_as_a_value() {
        let read = Arguments::try_parse_from(["casebus", "up", "--demo", "--clock-offset", "-55d"]).unwrap();
        let Command::Up(up) = read.command else { panic!("not up") };
        assert_eq!(up.clock_offset, Some(TimeDelta::days(-55)));
    }
}
