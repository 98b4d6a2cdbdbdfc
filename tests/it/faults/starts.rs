//! What a first start, which loads the demonstration, leaves behind in the process that serves.

use yanxi::db::Engine;

use super::on_both_programs;
use crate::support::Market;

on_both_programs! {
    a_first_start_loads_once_and_serves_in_the_memory_of_a_later_one,
}

async fn a_first_start_loads_once_and_serves_in_the_memory_of_a_later_one(engine: Engine) {
    let Some(mut market) = Market::unloaded(engine).await else { return };
    market.run().await;
    let first = market.most_memory();
    let told = market.whole_log();
    assert_eq!(told.matches("loading the demonstration").count(), 1, "{told}");
    assert_eq!(told.matches(&format!("Yanxi Market: {}", market.url)).count(), 1, "{told}");
    assert!(told.contains("shopper, coop01 … coop14, clerk, bureau, operator"), "{told}");
    market.kill();
    market.run().await;
    let later = market.most_memory();
    assert_eq!(market.whole_log().matches("loading the demonstration").count(), 1);
    // Loading alone takes three times what serving does.
    if let Some((first, later)) = first.zip(later) {
        assert!(first < later + later / 2, "{first} kB after a first start, {later} kB after a later one");
    }
    market.audit();
    market.end().await;
}
