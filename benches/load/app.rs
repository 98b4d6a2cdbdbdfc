//! The program as a child process, with what the kernel says of its processor time and memory.

use std::{
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

/// Longest wait for the first answer: the demonstration data is made on the first start.
const START: Duration = Duration::from_mins(2);

/// A server in a process of its own; killed when dropped.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// From process start to the first answer.
    pub started_in: Duration,
}

/// A port of this machine that nobody listens on.
fn free_port() -> Result<SocketAddr> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// `yanxi` with a data folder and perhaps a PostgreSQL.
pub fn yanxi(data: &Path, database: Option<&str>) -> Command {
    program(env!("CARGO_BIN_EXE_yanxi"), data, database)
}

/// The same of another build.
pub fn program(program: &str, data: &Path, database: Option<&str>) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("YANXI_DATA", data).env("YANXI_DEMO", "1").env("YANXI_RATE", "off");
    if let Some(url) = database {
        command.env("DATABASE_URL", url);
    }
    command.stdin(Stdio::null());
    command
}

impl Server {
    /// The program with demonstration data in a folder.
    pub async fn app(data: &Path, database: Option<&str>) -> Result<Self> {
        Self::of(yanxi(data, database), data).await
    }

    /// A program that was told its folder.
    pub async fn of(mut command: Command, data: &Path) -> Result<Self> {
        let address = free_port()?;
        let log = std::fs::File::create(data.join("bench.log"))?;
        command.env("YANXI_LISTEN", address.to_string()).stdout(log.try_clone()?).stderr(log);
        Self::start(command, address, "/readyz")
            .await
            .with_context(|| std::fs::read_to_string(data.join("bench.log")).unwrap_or_default())
    }

    /// The bare server, answering what a file holds.
    pub async fn bare(answers: &Path) -> Result<Self> {
        let address = free_port()?;
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("bare").arg(answers).env("LISTEN", address.to_string()).stdin(Stdio::null());
        Self::start(command, address, "/ready").await.context("the bare server")
    }

    async fn start(mut command: Command, address: SocketAddr, ready: &str) -> Result<Self> {
        let begun = Instant::now();
        let mut server = Self { child: command.spawn()?, address, started_in: Duration::ZERO };
        let url = format!("http://{address}{ready}");
        while begun.elapsed() < START {
            if let Some(status) = server.child.try_wait()? {
                bail!("ended with {status} before it was ready");
            }
            if crate::client::get(address, ready, &[]).await.is_ok_and(|answer| answer.status == 200) {
                server.started_in = begun.elapsed();
                return Ok(server);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        bail!("{url} did not answer within {} s", START.as_secs())
    }

    /// Processor time so far (user and system), where the kernel tells it.
    pub fn processor_time(&self) -> Option<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).ok()?;
        // The name in brackets may hold blanks; the fields after it are counted from the third.
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let ticks: u64 = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
        Some(Duration::from_millis(ticks * 10))
    }

    /// Resident memory now and at most, in MB of 10⁶ bytes.
    pub fn memory(&self) -> Option<(u64, u64)> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let field = |name: &str| -> Option<u64> {
            let line = status.lines().find(|line| line.starts_with(name))?;
            line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib * 1024 / 1_000_000)
        };
        Some((field("VmRSS:")?, field("VmHWM:")?))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Killed and gone: the temporary folder follows.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
