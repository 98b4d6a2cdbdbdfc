//! A browser window of a given size, driven over `WebDriver`.

use std::{
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use thirtyfour::{By, ChromiumLikeCapabilities, DesiredCapabilities, WebDriver, WebElement};

use crate::support::{market::free_port, skipped};

/// A phone's window.
pub const PHONE: (u32, u32) = (390, 844);
/// The window of a small phone.
pub const SMALL: (u32, u32) = (360, 740);
/// A desk's window.
pub const DESK: (u32, u32) = (1280, 800);
/// How long a step may take until what it waits for is there.
const PATIENCE: Duration = Duration::from_mins(1);

const ARGUMENTS: [&str; 11] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--force-prefers-reduced-motion",
    "--accept-lang=zh-CN",
];

/// Whether browser and driver are there; says so where they are not.
pub fn at_hand() -> bool {
    let found = |name: &str| Command::new(name).arg("--version").stdout(Stdio::null()).status().is_ok();
    let both = found("chromedriver") && found("chromium");
    if !both {
        skipped("there is no chromium with chromedriver; tests/run installs them");
    }
    both
}

/// A browser with one window.
pub struct Window {
    /// Width that the page was given, in px.
    pub width: u32,
    base: String,
    driver: WebDriver,
    service: Child,
    _profile: tempfile::TempDir,
}

impl Window {
    /// Opens a window on a market; `script` says whether pages may run theirs.
    pub async fn open(base: &str, (width, height): (u32, u32), script: bool) -> Self {
        let port = free_port();
        let mut command = Command::new("chromedriver");
        command.arg(format!("--port={port}")).stdout(Stdio::null()).stderr(Stdio::null()).stdin(Stdio::null());
        let service = command.spawn().unwrap();
        let profile = tempfile::tempdir().unwrap();
        let mut wishes = DesiredCapabilities::chrome();
        wishes.set_binary("/usr/bin/chromium").unwrap();
        for argument in ARGUMENTS {
            wishes.add_arg(argument).unwrap();
        }
        wishes.add_arg(&format!("--user-data-dir={}", profile.path().display())).unwrap();
        wishes.add_arg(&format!("--window-size={width},{height}")).unwrap();
        if !script {
            let prefs = json!({"profile.managed_default_content_settings.javascript": 2});
            wishes.add_experimental_option("prefs", prefs).unwrap();
        }
        let begun = Instant::now();
        let driver = loop {
            match WebDriver::new(format!("http://127.0.0.1:{port}"), wishes.clone()).await {
                Ok(driver) => break driver,
                Err(error) => assert!(begun.elapsed() < PATIENCE, "no browser: {error}"),
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        };
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600});
        driver.cdp().send_raw("Emulation.setDeviceMetricsOverride", size).await.unwrap();
        Self { width, base: base.to_owned(), driver, service, _profile: profile }
    }

    /// Goes to a page of the market.
    pub async fn go(&self, path: &str) {
        self.driver.goto(format!("{}{path}", self.base)).await.unwrap();
    }

    /// Path and query of the page shown.
    pub async fn place(&self) -> String {
        let url = self.driver.current_url().await.unwrap();
        url.as_str().trim_start_matches(&self.base).to_owned()
    }

    /// Waits until the page shown is one whose path begins so.
    pub async fn arrives(&self, path: &str) -> String {
        let begun = Instant::now();
        loop {
            let place = self.place().await;
            if place.starts_with(path) {
                return place;
            }
            assert!(begun.elapsed() < PATIENCE, "{place} is not {path}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The first element of a selector, as soon as it is there.
    pub async fn find(&self, css: &str) -> WebElement {
        let begun = Instant::now();
        loop {
            match self.driver.find(By::Css(css)).await {
                Ok(element) => return element,
                Err(error) => assert!(begun.elapsed() < PATIENCE, "{css}: {error}"),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// How many elements a selector finds now.
    pub async fn count(&self, css: &str) -> usize {
        self.driver.find_all(By::Css(css)).await.unwrap().len()
    }

    /// Brings an element into sight and presses it.
    pub async fn press(&self, css: &str) {
        let element = self.find(css).await;
        let sight = "arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})";
        self.driver.execute(sight, vec![element.to_json().unwrap()]).await.unwrap();
        element.click().await.unwrap_or_else(|error| panic!("{css} cannot be pressed: {error}"));
    }

    /// Types into a field.
    pub async fn type_in(&self, css: &str, text: &str) {
        let field = self.find(css).await;
        field.send_keys(text).await.unwrap();
    }

    /// Chooses an option by its value.
    pub async fn choose(&self, css: &str, value: &str) {
        self.press(&format!("{css} option[value=\"{value}\"]")).await;
    }

    /// Text of the first element of a selector.
    pub async fn text(&self, css: &str) -> String {
        self.find(css).await.text().await.unwrap()
    }

    /// What a script answers.
    pub async fn ask(&self, script: &str) -> Value {
        self.driver.execute(format!("return {script}"), Vec::new()).await.unwrap().json().clone()
    }

    /// Waits until a script answers true.
    pub async fn until(&self, script: &str) {
        let begun = Instant::now();
        while self.ask(script).await != Value::Bool(true) {
            assert!(begun.elapsed() < PATIENCE, "{script} does not come true at {}", self.place().await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The whole page as a picture, at most so high.
    pub async fn picture(&self, width: u32, highest: u32) -> Vec<u8> {
        let script = "Promise.all([...document.images].map(i => { i.loading = 'eager'; return i.decode().catch(() => 0) })).then(() => 0)";
        let _ = self.driver.execute(format!("return {script}"), Vec::new()).await;
        let height = self.ask("document.documentElement.scrollHeight").await.as_u64().unwrap();
        // As high a window as the picture, so that what stands at its edge stands at the picture's.
        let size =
            |height: u64| json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600});
        let shown = self.ask("innerHeight").await.as_u64().unwrap();
        let cdp = self.driver.cdp();
        cdp.send_raw("Emulation.setDeviceMetricsOverride", size(height.min(u64::from(highest)))).await.unwrap();
        let clip = json!({"x": 0, "y": 0, "width": width, "height": height.min(u64::from(highest)), "scale": 1});
        let wish = json!({"format": "webp", "quality": 80, "captureBeyondViewport": true, "clip": clip});
        let answer = cdp.send_raw("Page.captureScreenshot", wish).await.unwrap();
        cdp.send_raw("Emulation.setDeviceMetricsOverride", size(shown)).await.unwrap();
        decoded(answer["data"].as_str().unwrap())
    }

    /// What the browser complained of: scripts that failed, what the policy of content forbade.
    pub async fn complaints(&self) -> Vec<String> {
        let seen = self.ask("window.__seen ?? []").await;
        serde_json::from_value(seen).unwrap_or_default()
    }

    /// Keeps complaints from now on, on every page that follows.
    pub async fn listen(&self) {
        let script = "window.__seen = []; addEventListener('error', e => __seen.push(String(e.message ?? e.type)), true); \
                      addEventListener('securitypolicyviolation', e => __seen.push(e.violatedDirective + ' ' + e.blockedURI)); \
                      addEventListener('unhandledrejection', e => __seen.push(String(e.reason)))";
        let wish = json!({"source": script});
        self.driver.cdp().send_raw("Page.addScriptToEvaluateOnNewDocument", wish).await.unwrap();
    }

    /// Closes the window and ends its driver.
    pub async fn close(mut self) {
        let _ = self.driver.clone().quit().await;
        let _ = self.service.kill();
        let _ = self.service.wait();
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        let _ = self.service.kill();
        let _ = self.service.wait();
    }
}

/// Base64 as the driver sends pictures.
fn decoded(text: &str) -> Vec<u8> {
    let value = |c: u8| match c {
        b'A'..=b'Z' => c - b'A',
        b'a'..=b'z' => c - b'a' + 26,
        b'0'..=b'9' => c - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let letters: Vec<u8> = text.bytes().filter(|c| *c != b'=').map(value).collect();
    let mut bytes = Vec::with_capacity(letters.len() * 3 / 4);
    for four in letters.chunks(4) {
        let whole = four.iter().fold(0_u32, |sum, six| sum << 6 | u32::from(*six)) << (6 * (4 - four.len()));
        bytes.extend_from_slice(&whole.to_be_bytes()[1..four.len()]);
    }
    bytes
}
