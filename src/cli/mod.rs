//! Commands of the one binary: one file each; without a command it serves.

/// A line on stdout. Whoever reads no further has closed the pipe: then there is nobody left to tell.
macro_rules! say {
    ($($words:tt)*) => { $crate::cli::line(format_args!($($words)*)) };
}

mod audit;
mod backup;
mod database;
mod journal;
mod openapi;
mod recount;
mod reindex;
mod report;
mod seed;
mod serve;
mod user;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::{
    config::Config,
    kernel::{Error, Result},
};

/// Yanxi Market 延锡集市: storefront, ordering and sales counter.
#[derive(Parser)]
#[command(name = "yanxi", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Start everything in one process (also without a command).
    Serve,
    /// Load the seeds, or generate a catalogue and a history of orders.
    Seed(seed::Args),
    /// Rebuild the search index; every search finds everything meanwhile.
    Reindex,
    /// Make the sums of the counter and the reports again from the ledger.
    Recount,
    /// Recompute every invariant from the rows; exits 0 only if all hold.
    Audit,
    /// Copy the market into one file, under load; the copy is audited before it is called good.
    Backup {
        /// A new file.
        file: std::path::PathBuf,
    },
    /// Put a backup into an empty database; nothing is overwritten.
    Restore {
        /// A file that `backup` made.
        file: std::path::PathBuf,
    },
    /// The public sales journal.
    #[command(subcommand)]
    Journal(journal::Command),
    /// A report of the bureau, on stdout.
    Report(report::Asked),
    /// Accounts.
    #[command(subcommand)]
    User(user::Command),
    /// Print the `OpenAPI` document.
    Openapi,
}

/// Runs the command line; errors are one line on stderr.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.to_string()),
    };
    match runtime.block_on(run(cli.command.unwrap_or(Command::Serve))) {
        Ok(code) => code,
        Err(Error::Refused(refusal)) => failed(&refusal.detail(crate::kernel::Lang::En)),
        Err(Error::Fault(error) | Error::Unavailable(error) | Error::Conflict(error)) => failed(&format!("{error:#}")),
    }
}

/// Writes a line; ends the program quietly where stdout is closed.
fn line(words: std::fmt::Arguments<'_>) {
    use std::io::Write;
    if writeln!(std::io::stdout().lock(), "{words}").is_err() {
        std::process::exit(1);
    }
}

fn failed(line: &str) -> ExitCode {
    eprintln!("yanxi: {}", line.replace('\n', " "));
    ExitCode::FAILURE
}

async fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::Openapi => return openapi::print(),
        Command::Journal(journal) => return journal::run(journal).await,
        _ => {}
    }
    let config = Config::from_env().map_err(Error::fault)?;
    match command {
        Command::Serve => serve::run(config).await,
        Command::Seed(args) => seed::run(config, args).await,
        Command::Reindex => reindex::run(config).await,
        Command::Recount => recount::run(config).await,
        Command::Report(asked) => report::run(config, asked).await,
        Command::Audit => audit::run(config).await,
        Command::Backup { file } => backup::backup(config, file).await,
        Command::Restore { file } => backup::restore(config, file).await,
        Command::User(command) => user::run(config, command).await,
        Command::Openapi | Command::Journal(_) => Ok(ExitCode::SUCCESS),
    }
}
