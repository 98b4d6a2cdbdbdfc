//! This process's snapshot and its search index follow the database.

use crate::{
    catalogue::Refreshed,
    kernel::{Error, Result},
    search::{self, Change, Published},
    web::State,
};

/// One turn: after it, whatever was committed before is shown and found.
pub async fn turn(state: State) -> Result<usize> {
    let refreshed = state.shelf.refresh(state.db(), state.now()).await?;
    let work = tokio::task::spawn_blocking(move || follow(&state, refreshed));
    work.await.map_err(|e| Error::Fault(e.into()))
}

/// Brings the index up to date; answers how many products changed.
fn follow(state: &State, refreshed: Refreshed) -> usize {
    let snapshot = state.shelf.now();
    let put = |code: &String| snapshot.by_code(code).map(|p| Change::Put(Box::new(search::doc(&snapshot, p))));
    if refreshed == Refreshed::Anew {
        state.search.renew();
    }
    let (changes, shown): (Vec<Change>, bool) = match refreshed {
        Refreshed::Same => (Vec::new(), false),
        Refreshed::Some { codes, gone, shown } => {
            (codes.iter().filter_map(put).chain(gone.into_iter().map(Change::Gone)).collect(), shown)
        }
        Refreshed::Anew => (state.search.difference(&Published(&*snapshot)), true),
    };
    if !changes.is_empty() {
        state.search.change(&changes);
    }
    if shown {
        state.shelf.raise_shown();
    }
    state.search.tidy(|| Published(snapshot));
    changes.len()
}
