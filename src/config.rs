//! Configuration: the environment, read once; an unknown or malformed value stops the start with
//! one line that names the variable, its fault and a good example.

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf};

use tracing_subscriber::filter::{LevelFilter, Targets};

/// Everything that can be set from outside (A10).
#[derive(Clone, Debug)]
pub struct Config {
    /// `YANXI_LISTEN`.
    pub listen: SocketAddr,
    /// `YANXI_ORIGIN`: scheme, host and port of the public address.
    pub origin: String,
    /// `YANXI_DATA`.
    pub data: PathBuf,
    /// `YANXI_DEMO`, where it is set.
    pub demo: Option<bool>,
    /// `DATABASE_URL`, where it is set.
    pub database: Option<String>,
    /// `DATABASE_REPLICA_URL`.
    pub replica: Option<String>,
    /// `MEILI_URL` and `MEILI_KEY`; none = the embedded index alone.
    pub meili: Option<MeiliConfig>,
    /// `YANXI_HOLD_SECONDS`: how long an unpaid order holds stock.
    pub hold_seconds: i64,
    /// `YANXI_TRANSFER_HOLD_SECONDS`: the same once bank transfer is chosen.
    pub transfer_hold_seconds: i64,
    /// `YANXI_RATE`: writes a minute from one client address; nothing for `off`.
    pub rate: Option<u32>,
    /// `YANXI_RECONCILE_SECONDS`: how often open payments are asked after.
    pub reconcile_seconds: i64,
    /// `YANXI_METRICS_LISTEN`.
    pub metrics_listen: Option<SocketAddr>,
}

/// Where Meilisearch is.
#[derive(Clone)]
pub struct MeiliConfig {
    /// `MEILI_URL`, without a slash at its end.
    pub url: String,
    /// `MEILI_KEY`.
    pub key: Option<String>,
}

impl std::fmt::Debug for MeiliConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The key is a secret.
        f.debug_struct("MeiliConfig").field("url", &self.url).finish_non_exhaustive()
    }
}

/// What is logged: `RUST_LOG` as `level` or `target=level`, with commas between; what cannot be read counts as unset.
pub fn logged() -> Targets {
    let wish = std::env::var_os("RUST_LOG").and_then(|wish| wish.to_str()?.parse().ok());
    let usual = || Targets::new().with_default(LevelFilter::INFO).with_target("sqlx", LevelFilter::WARN);
    wish.unwrap_or_else(usual)
}

const KNOWN: &[&str] = &[
    "YANXI_LISTEN",
    "YANXI_ORIGIN",
    "YANXI_DATA",
    "YANXI_DEMO",
    "YANXI_HOLD_SECONDS",
    "YANXI_TRANSFER_HOLD_SECONDS",
    "YANXI_RATE",
    "YANXI_RECONCILE_SECONDS",
    "YANXI_METRICS_LISTEN",
];
/// Variables of `yanxi user add`'s tests and the like do not exist: these belong to tests alone.
const OF_TESTS: &str = "YANXI_TEST_";

impl Config {
    /// Reads the process's environment.
    pub fn from_env() -> Result<Self, String> {
        // The one place that reads the environment.
        let vars: BTreeMap<String, String> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Self::read(&vars)
    }

    /// Reads variables; the error is the line to print.
    pub fn read(vars: &BTreeMap<String, String>) -> Result<Self, String> {
        for name in vars.keys().filter(|n| n.starts_with("YANXI_") && !n.starts_with(OF_TESTS)) {
            if !KNOWN.contains(&name.as_str()) {
                return Err(format!("{name}: there is no such variable; known ones are {}", KNOWN.join(", ")));
            }
        }
        let vars = Vars(vars);
        let listen = vars.parsed("YANXI_LISTEN", "127.0.0.1:8080")?.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080)));
        let config = Self {
            listen,
            origin: vars.origin(listen)?,
            data: PathBuf::from(vars.get("YANXI_DATA").unwrap_or("./data")),
            demo: vars.switch("YANXI_DEMO")?,
            database: vars.database("DATABASE_URL")?,
            replica: vars.database("DATABASE_REPLICA_URL")?,
            meili: vars.meili()?,
            hold_seconds: vars.seconds("YANXI_HOLD_SECONDS", 900)?,
            transfer_hold_seconds: vars.seconds("YANXI_TRANSFER_HOLD_SECONDS", 259_200)?,
            rate: vars.rate()?,
            reconcile_seconds: vars.seconds("YANXI_RECONCILE_SECONDS", 60)?,
            metrics_listen: vars.parsed("YANXI_METRICS_LISTEN", "127.0.0.1:9090")?,
        };
        vars.refuse_not_built()?;
        Ok(config)
    }

    /// The database's address: what is set, or the SQLite file of the data folder.
    pub fn database_url(&self) -> String {
        self.database.clone().unwrap_or_else(|| format!("sqlite:{}", self.data.join("yanxi.db").display()))
    }

    /// Whether a new database becomes a demonstration where nothing else is said.
    pub fn demo_by_default(&self) -> bool {
        self.database.is_none()
    }

    /// Whether cookies are `Secure` and named `__Host-…`.
    pub fn https(&self) -> bool {
        self.origin.starts_with("https://")
    }

    /// Plain http off loopback would carry passwords in the open: only a demonstration may.
    pub fn refuse_open_http(&self, demo: bool) -> Result<(), String> {
        let host = self.origin.trim_start_matches("http://").rsplit_once(':').map_or(self.origin.as_str(), |h| h.0);
        let host = host.trim_start_matches("http://").trim_matches(['[', ']']);
        let loopback =
            host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
        if self.https() || loopback || demo {
            return Ok(());
        }
        Err(format!(
            "YANXI_ORIGIN: {} would carry passwords in the open; use https, for example https://market.example.cn",
            self.origin
        ))
    }
}

/// Variables by name; an empty value is none.
struct Vars<'a>(&'a BTreeMap<String, String>);

impl Vars<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    fn parsed<T: std::str::FromStr>(&self, name: &str, example: &str) -> Result<Option<T>, String> {
        let Some(text) = self.get(name) else { return Ok(None) };
        text.parse()
            .map(Some)
            .map_err(|_| format!("{name}: {text:?} is not an address and port; for example {example}"))
    }

    fn switch(&self, name: &str) -> Result<Option<bool>, String> {
        match self.get(name) {
            None => Ok(None),
            Some("1") => Ok(Some(true)),
            Some("0") => Ok(Some(false)),
            Some(other) => Err(format!("{name}: {other:?} is neither 0 nor 1; for example {name}=1")),
        }
    }

    fn seconds(&self, name: &str, default: i64) -> Result<i64, String> {
        let Some(text) = self.get(name) else { return Ok(default) };
        let seconds = text.parse::<i64>().ok().filter(|s| (1..=31_536_000).contains(s));
        seconds
            .ok_or_else(|| format!("{name}: {text:?} is not a number of seconds from 1; for example {name}={default}"))
    }

    fn rate(&self) -> Result<Option<u32>, String> {
        match self.get("YANXI_RATE") {
            None => Ok(Some(600)),
            Some("off") => Ok(None),
            Some(text) => {
                let rate = text.parse::<u32>().ok().filter(|rate| *rate > 0);
                let fault =
                    || format!("YANXI_RATE: {text:?} is neither off nor a number from 1; for example YANXI_RATE=600");
                rate.map(Some).ok_or_else(fault)
            }
        }
    }

    fn origin(&self, listen: SocketAddr) -> Result<String, String> {
        let Some(origin) = self.get("YANXI_ORIGIN") else { return Ok(format!("http://{listen}")) };
        let origin = origin.trim_end_matches('/');
        let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
        match host {
            Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']) => Ok(origin.to_owned()),
            _ => Err(format!(
                "YANXI_ORIGIN: {origin:?} is not scheme and host; for example YANXI_ORIGIN=https://market.example.cn"
            )),
        }
    }

    fn database(&self, name: &str) -> Result<Option<String>, String> {
        let Some(url) = self.get(name) else { return Ok(None) };
        if ["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
            return Ok(Some(url.to_owned()));
        }
        // The value may hold a password: it is not repeated.
        Err(format!("{name}: neither sqlite:… nor postgres://…; for example {name}=postgres://yanxi@localhost/yanxi"))
    }

    fn meili(&self) -> Result<Option<MeiliConfig>, String> {
        let key = self.get("MEILI_KEY").map(str::to_owned);
        let Some(url) = self.get("MEILI_URL") else {
            return match key {
                Some(_) => {
                    Err("MEILI_KEY: there is no MEILI_URL that it opens; for example MEILI_URL=http://127.0.0.1:7700"
                        .to_owned())
                }
                None => Ok(None),
            };
        };
        let url = url.trim_end_matches('/');
        let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        // The value may hold a password: it is not repeated.
        if host.is_none_or(|host| host.is_empty() || host.contains(['?', '#', '@', ' '])) {
            return Err(
                "MEILI_URL: neither http://… nor https://…; for example MEILI_URL=http://127.0.0.1:7700".to_owned()
            );
        }
        if key.as_ref().is_some_and(|key| !key.chars().all(|c| c.is_ascii_graphic())) {
            return Err(
                "MEILI_KEY: it has characters that no key has; for example MEILI_KEY=aSampleMasterKey".to_owned()
            );
        }
        Ok(Some(MeiliConfig { url: url.to_owned(), key }))
    }

    /// What later releases bring stops the start rather than being ignored.
    fn refuse_not_built(&self) -> Result<(), String> {
        for name in ["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "STRIPE_API_BASE"] {
            if self.get(name).is_some() {
                return Err(format!("{name}: this build takes payments through the sandbox only; unset {name}"));
            }
        }
        match self.get("MEDIA_URL") {
            Some(url) if !url.starts_with("file:") => {
                Err("MEDIA_URL: this build keeps media in a folder only; for example MEDIA_URL=file:./data/media"
                    .to_owned())
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(vars: &[(&str, &str)]) -> Result<Config, String> {
        Config::read(&vars.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn nothing_set_is_a_demonstration_on_loopback() {
        let config = read(&[]).unwrap();
        assert_eq!(
            (config.origin.as_str(), config.rate, config.hold_seconds),
            ("http://127.0.0.1:8080", Some(600), 900)
        );
        assert!(config.database_url().starts_with("sqlite:") && config.demo_by_default());
    }

    #[test]
    fn faults_name_the_variable_and_a_good_example() {
        for (name, value, example) in [
            ("YANXI_LISTEN", "8080", "127.0.0.1:8080"),
            ("YANXI_ORIGIN", "market", "https://"),
            ("YANXI_DEMO", "yes", "YANXI_DEMO=1"),
            ("YANXI_RATE", "0", "YANXI_RATE=600"),
            ("YANXI_HOLD_SECONDS", "-1", "YANXI_HOLD_SECONDS=900"),
            ("DATABASE_URL", "mysql://secret@x", "postgres://"),
            ("MEDIA_URL", "s3://bucket", "file:"),
            ("YANXI_HOLDS", "1", "YANXI_HOLD_SECONDS"),
            ("MEILI_URL", "meili:secret@host", "MEILI_URL=http://127.0.0.1:7700"),
            ("MEILI_KEY", "key", "MEILI_URL=http://127.0.0.1:7700"),
            ("STRIPE_SECRET_KEY", "sk", "sandbox"),
        ] {
            let fault = read(&[(name, value)]).unwrap_err();
            assert!(fault.starts_with(name) && fault.contains(example) && fault.lines().count() == 1, "{fault}");
            assert!(!fault.contains("secret@"));
        }
    }

    #[test]
    fn open_http_is_for_loopback_and_demonstrations() {
        let market = read(&[("YANXI_ORIGIN", "http://market.example.cn")]).unwrap();
        assert!(market.refuse_open_http(false).is_err() && market.refuse_open_http(true).is_ok());
        for origin in ["https://market.example.cn", "http://127.0.0.1:8080", "http://localhost", "http://[::1]:8080"] {
            assert!(read(&[("YANXI_ORIGIN", origin)]).unwrap().refuse_open_http(false).is_ok(), "{origin}");
        }
    }
}
