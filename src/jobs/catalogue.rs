//! This process's snapshot and its search index follow the database.

use crate::{
    catalogue::Refreshed,
    kernel::{Error, Result},
    search::{self, Change, Published},
    web::Market,
};

/// One turn: after it, whatever was committed before is shown and found.
pub async fn turn(market: Market) -> Result<usize> {
    let refreshed = market.shelf.refresh(market.db(), market.now()).await?;
    let work = tokio::task::spawn_blocking(move || follow(&market, refreshed));
    work.await.map_err(|e| Error::Fault(e.into()))
}

/// Brings the index up to date; answers how many products changed.
fn follow(market: &Market, refreshed: Refreshed) -> usize {
    let snapshot = market.shelf.now();
    let put = |code: &String| snapshot.by_code(code).map(|p| Change::Put(Box::new(search::doc(&snapshot, p))));
    if refreshed == Refreshed::Anew {
        market.search.renew();
    }
    let same = refreshed == Refreshed::Same;
    let (changes, shown): (Vec<Change>, bool) = match refreshed {
        Refreshed::Same => (Vec::new(), false),
        Refreshed::Some { codes, gone, shown } => {
            (codes.iter().filter_map(put).chain(gone.into_iter().map(Change::Gone)).collect(), shown)
        }
        Refreshed::Anew => (market.search.difference(&Published(&*snapshot)), true),
    };
    if !changes.is_empty() {
        market.search.change(&changes);
    }
    if !same {
        market.shelf.raise(shown);
    }
    market.search.tidy(|| Published(snapshot));
    changes.len()
}
