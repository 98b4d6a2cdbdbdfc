//! The program itself, started on a seeded database of its own: what kills, walks and browsers need.
//!
//! The seeds are loaded once for a build of the program and copied for each test, so that a test
//! starts in a second. Ports are free ones; everything ends with the test.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant, SystemTime},
};

use yanxi::db::Engine;

use super::{
    base::{beside, command},
    skipped, variable,
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_yanxi");

/// A running market.
pub struct Market {
    /// Where it listens, as `http://127.0.0.1:port`.
    pub url: String,
    /// Its data folder's parent.
    pub folder: tempfile::TempDir,
    environment: Vec<(String, String)>,
    server: Option<(String, String)>,
    child: Option<Child>,
}

impl Market {
    /// Starts a demonstration market; `None`, and said so, where the engine is not at hand.
    pub async fn start(engine: Engine, extra: &[(&str, &str)]) -> Option<Self> {
        let mut market = Self::prepared(engine, extra).await?;
        market.run().await;
        Some(market)
    }

    /// A seeded market that does not run yet.
    pub async fn prepared(engine: Engine, extra: &[(&str, &str)]) -> Option<Self> {
        if !at_hand(engine) {
            return None;
        }
        let seeded = seeded(server(engine).as_deref()).await;
        Some(Self::on(engine, Some(seeded), extra).await)
    }

    /// A market whose database is empty: its first start loads the demonstration.
    pub async fn unloaded(engine: Engine) -> Option<Self> {
        if !at_hand(engine) {
            return None;
        }
        Some(Self::on(engine, None, &[]).await)
    }

    async fn on(engine: Engine, seeded: Option<Seeded>, extra: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        if let Some(seeded) = &seeded {
            copy(&seeded.folder, &data);
        }
        let listen = format!("127.0.0.1:{}", free_port());
        let mut environment = environment(&data);
        environment.extend([
            ("YANXI_LISTEN".to_owned(), listen.clone()),
            ("YANXI_RATE".to_owned(), "off".to_owned()),
            ("YANXI_RECONCILE_SECONDS".to_owned(), "1".to_owned()),
        ]);
        let server = match server(engine) {
            Some(server) => {
                let name = format!("m_{}_{}", std::process::id(), free_port());
                let from = seeded.map(|seeded| format!(" TEMPLATE {}", seeded.database)).unwrap_or_default();
                command(&server, format!("CREATE DATABASE {name}{from}")).await;
                environment.push(("DATABASE_URL".to_owned(), beside(&server, &name)));
                Some((server, name))
            }
            None => None,
        };
        environment.extend(extra.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
        Self { url: format!("http://{listen}"), folder, environment, server, child: None }
    }

    /// Runs the program and waits until it is ready; answers how long that took.
    pub async fn run(&mut self) -> Duration {
        let log = File::options().create(true).append(true).open(self.log()).unwrap();
        let mut command = self.command(&["serve"]);
        let child = command.stdout(log.try_clone().unwrap()).stderr(log).stdin(Stdio::null()).spawn().unwrap();
        self.child = Some(child);
        let begun = Instant::now();
        let http = super::http();
        loop {
            let ready = http.get(format!("{}/readyz", self.url)).send().await;
            if ready.is_ok_and(|answer| answer.status() == 200) {
                return begun.elapsed();
            }
            let gone = self.child.as_mut().unwrap().try_wait().unwrap();
            assert!(gone.is_none(), "the market ended with {gone:?}:\n{}", self.told());
            assert!(begun.elapsed() < Duration::from_mins(2), "the market is not ready:\n{}", self.told());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// One of the program's commands in this market's environment.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args(arguments).env_clear().envs(self.environment.iter().cloned()).current_dir(self.folder.path());
        command
    }

    /// Runs a command to its end.
    pub fn done(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// An empty database of another engine, or of the same: what a restore goes into. `None` where the
    /// engine is not at hand.
    pub async fn empty(&self, engine: Engine) -> Option<String> {
        if engine == Engine::Sqlite {
            return Some(format!("sqlite:{}", self.folder.path().join(format!("empty{}.db", free_port())).display()));
        }
        let server = variable("TEST_POSTGRES_URL")?;
        let name = format!("e_{}_{}", std::process::id(), free_port());
        command(&server, format!("CREATE DATABASE {name}")).await;
        Some(beside(&server, &name))
    }

    /// Takes away what [`Self::empty`] made.
    pub async fn forget(url: &str) {
        if let (Some(server), Some((_, name))) = (variable("TEST_POSTGRES_URL"), url.rsplit_once('/'))
            && url.starts_with("postgres")
        {
            command(&server, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        }
    }

    /// `yanxi audit` must find every invariant kept.
    pub fn audit(&self) {
        let audit = self.done(&["audit"]);
        let (out, err) = (String::from_utf8_lossy(&audit.stdout), String::from_utf8_lossy(&audit.stderr));
        assert!(audit.status.success(), "audit:\n{out}\n{err}\nlog:\n{}", self.told());
    }

    /// Ends the process at once, as a crash does.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// The most memory that the running program took so far, in kB; `None` where the kernel does not tell.
    pub fn most_memory(&self) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.as_ref()?.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.split_whitespace().next()?.parse().ok()
    }

    /// Sets a variable for the next start.
    pub fn set(&mut self, key: &str, value: &str) {
        self.environment.retain(|(known, _)| known != key);
        self.environment.push((key.to_owned(), value.to_owned()));
    }

    /// Asks the process to stop and waits; answers its exit and how long it took.
    pub fn stop(&mut self) -> (std::process::ExitStatus, Duration) {
        let begun = Instant::now();
        let mut child = self.child.take().unwrap();
        let asked = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
        assert!(asked.success());
        (child.wait().unwrap(), begun.elapsed())
    }

    /// All that the process said.
    pub fn whole_log(&self) -> String {
        String::from_utf8_lossy(&fs::read(self.log()).unwrap_or_default()).into_owned()
    }

    /// What the process said last.
    pub fn told(&self) -> String {
        let text = self.whole_log();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// The database's address, as the program has it.
    pub fn database(&self) -> String {
        let given = self.environment.iter().rev().find(|(key, _)| key == "DATABASE_URL");
        let file = self.folder.path().join("data").join("yanxi.db");
        given.map_or_else(|| format!("sqlite:{}", file.display()), |(_, url)| url.clone())
    }

    /// Ends the process and takes its database away.
    pub async fn end(mut self) {
        self.kill();
        if let Some((server, name)) = self.server.take() {
            command(&server, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        }
    }
}

impl Drop for Market {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The PostgreSQL server that an engine needs, if it needs one.
fn server(engine: Engine) -> Option<String> {
    variable("TEST_POSTGRES_URL").filter(|_| engine == Engine::Postgres)
}

/// Whether an engine can be had; says so where it cannot.
fn at_hand(engine: Engine) -> bool {
    let there = engine == Engine::Sqlite || server(engine).is_some();
    if !there {
        skipped("TEST_POSTGRES_URL names no PostgreSQL; tests/run starts one");
    }
    there
}

/// A free port that the system gives to no connection (those begin at 32768): a market that was killed finds
/// its port free again, however often clients knock meanwhile. Each test process looks from a place of its own.
pub fn free_port() -> u16 {
    static TAKEN: AtomicU32 = AtomicU32::new(0);
    loop {
        let n = TAKEN.fetch_add(1, Ordering::Relaxed).wrapping_add(std::process::id().wrapping_mul(61));
        let port = 20_000 + u16::try_from(n % 10_000).unwrap();
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

fn environment(data: &Path) -> Vec<(String, String)> {
    let pair = |key: &str, value: String| (key.to_owned(), value);
    vec![
        pair("PATH", variable("PATH").unwrap_or_default()),
        pair("YANXI_DATA", data.display().to_string()),
        pair("YANXI_DEMO", "1".to_owned()),
        pair("RUST_BACKTRACE", "1".to_owned()),
    ]
}

/// The demonstration seeds as this build of the program loads them.
struct Seeded {
    folder: PathBuf,
    database: String,
}

/// Loads the seeds once for a build and an engine; test processes wait for the first.
async fn seeded(server: Option<&str>) -> Seeded {
    let built = fs::metadata(PROGRAM).unwrap();
    let age = built.modified().unwrap().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis();
    let kind = if server.is_some() { "postgres" } else { "sqlite" };
    let place = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let lock = File::create(place.join(format!("{kind}.lock"))).unwrap();
    lock.lock().unwrap();
    let folder = place.join(format!("{kind}-{age:x}-{:x}", built.len()));
    let database = format!("seeded_{age:x}_{:x}", built.len());
    let known = match server {
        Some(server) => exists(server, &database).await && folder.exists(),
        None => folder.exists(),
    };
    if !known {
        forget(place, kind);
        let raw = folder.with_extension("raw");
        let mut seed = Command::new(PROGRAM);
        seed.args(["seed", "--demo"]).env_clear().envs(environment(&raw));
        if let Some(server) = server {
            command(server, format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)")).await;
            command(server, format!("CREATE DATABASE {database}")).await;
            seed.env("DATABASE_URL", beside(server, &database));
        }
        let done = seed.output().unwrap();
        let (out, err) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
        assert!(done.status.success(), "seed --demo:\n{out}\n{err}");
        fs::create_dir_all(&raw).unwrap();
        fs::rename(&raw, &folder).unwrap();
    }
    Seeded { folder, database }
}

/// Seeds of earlier builds.
fn forget(place: &Path, kind: &str) {
    for entry in fs::read_dir(place).unwrap().flatten() {
        let name = entry.file_name().display().to_string();
        if name.starts_with(&format!("{kind}-")) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

async fn exists(server: &str, database: &str) -> bool {
    use sqlx::Connection;
    let mut conn = sqlx::PgConnection::connect(server).await.unwrap();
    let known: Option<(i32,)> = sqlx::query_as("SELECT 1 FROM pg_database WHERE datname = $1")
        .bind(database)
        .fetch_optional(&mut conn)
        .await
        .unwrap();
    conn.close().await.unwrap();
    known.is_some()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
