//! Pages and answers against the bare server: home, product, list, search, quote.

use std::{collections::HashMap, sync::Arc};

use anyhow::{Context, Result, ensure};

use crate::{
    Plan,
    app::Server,
    bare::{self, Answers},
    client::{self, Call, Calls},
    report::Figures,
    shop::{baskets, quote_of},
};

/// One thing that is asked for.
struct Scene {
    name: &'static str,
    calls: Calls,
    /// Whether the program answers the same bytes each time, so that it can be compared byte for byte.
    same: bool,
}

fn always(name: &'static str, target: &'static str) -> Scene {
    Scene { name, calls: Arc::new(move |_| Some(Call::get(target))), same: true }
}

async fn scenes(address: std::net::SocketAddr) -> Result<Vec<Scene>> {
    let list = client::json(address, &Call::get("/api/v1/products?per_page=24")).await?;
    let slugs: Vec<String> =
        list["items"].as_array().into_iter().flatten().filter_map(|p| p["slug"].as_str().map(str::to_owned)).collect();
    ensure!(!slugs.is_empty(), "the list of products is empty");
    let baskets = baskets(address).await?;
    let product = move |n: usize| Some(Call::get(format!("/p/{}", slugs[n % slugs.len()])));
    // A price limit above all prices that no request had before makes a query that no cache knows.
    let fresh = |path: &'static str| -> Calls {
        Arc::new(move |_| Some(Call::get(format!("{path}?q=%E8%8B%B9%E6%9E%9C&max_fen={}", 10_000_000 + unique()))))
    };
    let quote = move |n: usize| Some(quote_of(&baskets[n % baskets.len()]));
    let scenes = vec![
        // The counter on it moves while the demonstration goes on.
        Scene { name: "home `/`", calls: Arc::new(|_| Some(Call::get("/"))), same: false },
        Scene { name: "product page, 24 in turn", calls: Arc::new(product), same: true },
        always("list `/products`", "/products"),
        always("search page, same query", "/products?q=%E8%8B%B9%E6%9E%9C"),
        Scene { name: "search page, each query new", calls: fresh("/products"), same: false },
        always("search API, same query", "/api/v1/products?q=%E8%8B%B9%E6%9E%9C"),
        Scene { name: "search API, each query new", calls: fresh("/api/v1/products"), same: false },
        always("suggest", "/api/v1/search/suggest?q=lcpg"),
        Scene { name: "quote of two cooperatives", calls: Arc::new(quote), same: false },
    ];
    Ok(scenes)
}

/// A number that was not asked for in this process before.
fn unique() -> usize {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Fetches what the bare server shall answer for a scene: one answer for each path.
async fn answers(address: std::net::SocketAddr, scene: &Scene) -> Result<Answers> {
    let mut answers: Answers = HashMap::new();
    for n in 0..24 {
        let call = (scene.calls)(n).context("a call")?;
        let path = call.target.split('?').next().unwrap_or("/").to_owned();
        let method = if call.body.is_some() { "POST" } else { "GET" };
        let answer = client::ask(address, &call, &[]).await?;
        ensure!(answer.status < 300, "{} answered {}", call.target, answer.status);
        answers.entry(format!("{method} {path}")).or_insert(answer);
    }
    Ok(answers)
}

/// Prints the table of pages; the memory stands below it.
pub async fn measure(plan: &Plan) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let app = Server::app(folder.path(), None).await?;
    let first = app.started_in;
    drop(app);
    let app = Server::app(folder.path(), None).await?;
    println!("\nstart on a new folder {first:.1?}, on an existing one {:.1?}", app.started_in);
    let idle = app.memory();
    let scenes = scenes(app.address).await?;
    println!(
        "\n| asked for | bytes | yanxi/s | p50 ms | p99 ms | µs of processor | bare/s | p50 ms | p99 ms | µs | ratio |"
    );
    println!("| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |");
    for scene in &scenes {
        let answers = answers(app.address, scene).await?;
        let bytes = answers.values().map(|a| a.body.len()).sum::<usize>() / answers.len();
        let file = folder.path().join("answers.json");
        bare::keep(&answers, &file)?;
        let bare = Server::bare(&file).await?;
        if scene.same {
            same_bytes(&app, &bare, scene).await?;
        }
        let (own, other) = turns(plan, scene, &app, &bare).await?;
        println!("| {} | {bytes} | {} | {} | {:.2} |", scene.name, own.cells(), other.cells(), own.ratio(&other));
    }
    if let (Some((idle, _)), Some((now, most))) = (idle, app.memory()) {
        println!(
            "\nresident memory with demonstration data: {idle} MB idle, {now} MB after this load, {most} MB at most"
        );
    }
    Ok(())
}

async fn same_bytes(app: &Server, bare: &Server, scene: &Scene) -> Result<()> {
    let call = (scene.calls)(0).context("a call")?;
    let mut own = client::ask(app.address, &call, &[]).await?;
    let mut other = client::ask(bare.address, &call, &[]).await?;
    for answer in [&mut own, &mut other] {
        // Each answer of the program has a number of its own.
        answer.headers.retain(|(name, _)| name != "x-request-id");
        answer.headers.sort();
    }
    ensure!(own == other, "{}: the bare server answers other bytes", scene.name);
    Ok(())
}

async fn turns(plan: &Plan, scene: &Scene, app: &Server, bare: &Server) -> Result<(Figures, Figures)> {
    let (mut own, mut other) = (Figures::default(), Figures::default());
    for server in [app, bare] {
        client::load(server.address, plan.connections, plan.turn / 4, &scene.calls).await?;
    }
    for _ in 0..plan.rounds {
        for (server, figures) in [(app, &mut own), (bare, &mut other)] {
            let before = server.processor_time();
            let mut turn = client::load(server.address, plan.connections, plan.turn, &scene.calls).await?;
            turn.processor = before.zip(server.processor_time()).map(|(from, to)| to.saturating_sub(from));
            figures.add(turn);
        }
    }
    Ok((own, other))
}
