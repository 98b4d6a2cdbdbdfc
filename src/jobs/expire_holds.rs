//! Orders whose hold ran out end, and their stock is free again (G-04: within 30 s).

use crate::{kernel::Result, orders::end, web::State};

pub async fn turn(state: State) -> Result<usize> {
    end::expire_overdue(&state.trade, 200).await
}
