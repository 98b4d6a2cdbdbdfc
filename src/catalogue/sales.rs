//! Units sold of each product: a fold of the ledger's sales less refunds, kept up by the outbox.

use std::collections::BTreeMap;

use crate::{
    db::{
        Db, Query, Rows, Tx,
        outbox::{self, Topic},
        row, statements, tx,
    },
    kernel::{At, ProductId, Result},
};

statements! {
    OF_FACTS = "SELECT entry, product_id, kind, qty FROM ledger_entries
                WHERE product_id IS NOT NULL AND kind IN ('sale', 'refund') AND qty > 0 AND entry IN ($1)";
    ADD = "INSERT INTO product_sales (product_id, qty, changed_at) VALUES ($1, $2, $3)
           ON CONFLICT (product_id) DO UPDATE SET qty = product_sales.qty + excluded.qty, changed_at = excluded.changed_at";
}

row! {
    struct Sold {
        product_id: ProductId,
        kind: String,
        qty: i64,
    }
}

/// Counts the waiting facts, at most `most`; answers how many.
pub async fn drain(db: &Db, now: At, most: i64) -> Result<usize> {
    let waiting = outbox::next(&mut db.read().await?, Topic::Sales, most).await?;
    if waiting.is_empty() {
        return Ok(0);
    }
    tx!(db, tx, {
        let rows: Vec<Sold> = Query::with_list(OF_FACTS, waiting.iter().map(|w| w.key.as_str())).all(&mut tx).await?;
        let mut by_product: BTreeMap<ProductId, i64> = BTreeMap::new();
        for row in rows {
            let sign = if row.kind == "refund" { -1 } else { 1 };
            *by_product.entry(row.product_id).or_default() += sign * row.qty;
        }
        add(&mut tx, by_product, now).await?;
        outbox::done(&mut tx, &waiting).await
    })?;
    Ok(waiting.len())
}

/// Adds units sold of each product.
pub async fn add(tx: &mut Tx, by_product: BTreeMap<ProductId, i64>, now: At) -> Result<()> {
    let mut rows = Rows::of(ADD)?;
    for (product, qty) in by_product {
        rows.push([product.into(), qty.into(), now.into()])?;
    }
    rows.exec(tx).await.map(|_| ())
}
