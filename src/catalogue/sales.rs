//! Units sold of each product: what the sealer adds of sales less refunds.

use std::collections::BTreeMap;

use crate::{
    db::{Rows, Tx, statements},
    kernel::{At, ProductId, Result},
};

statements! {
    ADD = "INSERT INTO product_sales (product_id, qty, changed_at) VALUES ($1, $2, $3)
           ON CONFLICT (product_id) DO UPDATE SET qty = product_sales.qty + excluded.qty, changed_at = excluded.changed_at";
}

/// Adds units sold of each product.
pub async fn add(tx: &mut Tx, by_product: BTreeMap<ProductId, i64>, now: At) -> Result<()> {
    let mut rows = Rows::of(ADD)?;
    for (product, qty) in by_product {
        rows.push([product.into(), qty.into(), now.into()])?;
    }
    rows.exec(tx).await.map(|_| ())
}
