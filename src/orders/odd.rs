//! Events of the provider that changed nothing, for the operator: what did not fit, and kinds that are not used.

use crate::{
    db::{Conn, q, select, statements, view},
    kernel::{At, Result},
    payments::EventOutcome,
};

statements! {
    ODD = select!(OddEvent, "WHERE e.outcome <> 'applied' ORDER BY e.received_at DESC, e.id DESC LIMIT $1");
}

view! {
    /// An event that changed nothing.
    #[derive(Clone, Debug)]
    pub struct OddEvent from "payment_events e LEFT JOIN payments p ON p.id = e.payment_id LEFT JOIN orders o ON o.id = p.order_id" {
        /// The provider's id of the event.
        pub id: String = "e.id",
        /// The provider's kind of event.
        pub kind: String = "e.kind",
        /// When it came here.
        pub received_at: At = "e.received_at",
        pub outcome: EventOutcome = "e.outcome",
        /// What differed.
        pub differed: String = "e.differed",
        /// The order of its payment.
        pub number: Option<String> = "o.number",
    }
}

/// The newest of them.
pub async fn events(conn: &mut Conn, most: i64) -> Result<Vec<OddEvent>> {
    q(ODD).bind(most).all(conn).await
}
