//! The one binary of casebus.
//!
//! * `casebus up`: everything in one process over a private Postgres and nats-server ([`up`]), with a [`demo`].
//! * `casebus run ROLE`: one service over given servers ([`run`]).
//! * The rest are acts of an administrator ([`admin`]): migrations, keys, imports, rules, checks.
//!
//! Settings come from [`config`], business time from [`business_clock`]; a failure ends as one sentence in English
//! and one in Chinese, with the way out ([`failure`]).

mod admin;
mod business_clock;
mod command_line;
mod config;
mod connection;
mod database;
mod demo;
mod descriptors;
mod failure;
mod listener;
mod logging;
mod master_key;
mod rules;
mod run;
mod services;
mod signals;
mod supervision_tasks;
mod terminal;
mod up;

use clap::Parser;
use command_line::{Arguments, Command};
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return refuse(&error),
    };
    match start(arguments) {
        Ok(code) => code,
        Err(error) => {
            terminal::complain(failure::sentences(&error));
            ExitCode::FAILURE
        }
    }
}

/// Tells what is wrong with the command line, or the help that was asked for.
fn refuse(error: &clap::Error) -> ExitCode {
    let _reader_may_be_gone = error.print();
    if let Some(said) = command_line::in_chinese(error) {
        terminal::complain(said);
    }
    u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
}

fn start(arguments: Arguments) -> anyhow::Result<ExitCode> {
    descriptors::allow_all();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let ended = runtime.block_on(carry_out(arguments));
    // Everything that must end in good order has ended.
    runtime.shutdown_background();
    ended
}

async fn carry_out(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let logging = arguments.logging;
    if let Command::Run(run) = &arguments.command {
        let config = config::load(run.config.as_deref())?;
        logging::start(&logging.or(&config.log)?);
        return run::run(run.role, config).await.map(|()| ExitCode::SUCCESS);
    }
    logging::start(&logging.or_environment(!matches!(arguments.command, Command::Up(_)))?);
    match arguments.command {
        Command::Up(up) => up::run(up).await.map(|()| ExitCode::SUCCESS),
        Command::Run(_) => Ok(ExitCode::SUCCESS),
        Command::Migrate(migrate) => admin::migrate(&migrate).await.map(|()| ExitCode::SUCCESS),
        Command::Key(key) => admin::key(key).await.map(|()| ExitCode::SUCCESS),
        Command::Import(import) => admin::import(&import).await,
        Command::Rules(rules) => admin::rules(&rules).await.map(|()| ExitCode::SUCCESS),
        Command::Log(log) => admin::log(&log).await,
        Command::Views(views) => admin::views(&views).await,
        Command::Verify(verify) => admin::verify(&verify).await,
        Command::Doctor(doctor) => admin::doctor(&doctor).await,
        Command::Openapi => admin::openapi().map(|()| ExitCode::SUCCESS),
        Command::Config => {
            terminal::say(config::reference().trim_end());
            Ok(ExitCode::SUCCESS)
        }
    }
}
