//! `user add`: the first operator of a real market is made here.

use std::{
    io::{BufRead, IsTerminal},
    process::ExitCode,
};

use clap::{Args, Subcommand};

use crate::{
    config::Config,
    db::{audit_log, q, row, statements, tx},
    identity::{NewPerson, Role, create_person, password},
    kernel::{Actor, Clock, Code, CoopId, Error, Refusal, Result, Step},
};

statements! {
    COOP = "SELECT id FROM coops WHERE code = $1 OR slug = $1";
}

row! {
    struct Found {
        id: CoopId,
    }
}

#[derive(Subcommand)]
pub enum Command {
    /// Create a person; the password is asked for, or read from stdin.
    Add(Add),
}

#[derive(Args)]
pub struct Add {
    /// shopper, coop, clerk, bureau or operator.
    #[arg(long)]
    role: String,
    /// What is typed at sign-in.
    #[arg(long)]
    login: String,
    /// What others see; the login where it is absent.
    #[arg(long)]
    name: Option<String>,
    /// Cooperative of a coop account, by code or slug.
    #[arg(long)]
    coop: Option<String>,
    /// Outlet of a clerk, by code.
    #[arg(long)]
    outlet: Option<String>,
}

pub async fn run(config: Config, Command::Add(add): Command) -> Result<ExitCode> {
    let role = Role::try_from(add.role.as_str()).map_err(|_| {
        Error::fault(format!("--role: {:?} is none of shopper, coop, clerk, bureau, operator", add.role))
    })?;
    let db = super::database::open(&config).await?;
    let coop = match &add.coop {
        Some(code) => {
            let found: Option<Found> = q(COOP).bind(code).opt(&mut db.read().await?).await?;
            Some(found.ok_or_else(|| Error::fault(format!("--coop: there is no cooperative {code}")))?.id)
        }
        None if role == Role::Coop => return Err(Error::fault("--coop is needed for the role coop")),
        None => None,
    };
    let typed = typed_password()?;
    password::strong("password", &typed, &add.login)?;
    let password_hash = password::hash(&typed).await?;
    let name = add.name.clone().unwrap_or_else(|| add.login.clone());
    let new = NewPerson { login: add.login, name, role, coop, outlet: add.outlet, password_hash };
    let person = tx!(db, tx, {
        let mut step = Step::new(Clock::System.now(), Actor::SYSTEM);
        let person = create_person(&mut tx, new.clone(), &mut step).await?;
        audit_log::by(&mut tx, &step, "user_add", &person.login, role.as_str()).await?;
        Ok(person)
    });
    match person {
        Ok(person) => say!("created {} ({role})", person.login),
        Err(error) if error.refusal().is_some_and(|r| r.code == Code::LoginTaken) => {
            return Err(Refusal::new(Code::LoginTaken).into());
        }
        Err(error) => return Err(error),
    }
    Ok(ExitCode::SUCCESS)
}

fn typed_password() -> Result<String> {
    if std::io::stdin().is_terminal() {
        return Ok(rpassword::prompt_password("password: ")?);
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
