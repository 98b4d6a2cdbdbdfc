//! The database that a command works on.

use crate::{
    app,
    config::Config,
    db::Db,
    kernel::{Clock, Result},
};

/// The database of an existing market, for commands that are not `serve`.
pub(super) async fn open(config: &Config) -> Result<Db> {
    app::open_database(config, &Clock::System).await
}
