//! Random edits of a catalogue, written as its verbs write them, from outside the running program.

use yanxi::{
    catalogue,
    db::{Db, q},
    kernel::{At, ProductId, Random, Result},
};

/// Makes random edits of what a database holds.
pub struct Editor {
    db: Db,
    random: Random,
    skus: Vec<(String, ProductId)>,
}

impl Editor {
    /// An editor of all products.
    pub async fn of(db: Db, seed: u64) -> Self {
        let sql = "SELECT id, product_id FROM skus ORDER BY id";
        let skus = q(sql).all(&mut db.read().await.unwrap()).await.unwrap();
        Self { db, random: Random::Seeded(seed), skus }
    }

    fn below(&mut self, n: u64) -> i64 {
        i64::try_from(self.random.below(n).unwrap()).unwrap()
    }

    /// One edit, committed.
    pub async fn edit(&mut self, at: At) {
        let place = self.below(self.skus.len() as u64);
        let (sku, product) = self.skus[usize::try_from(place).unwrap()].clone();
        let (kind, amount) = (self.below(8), 1 + self.below(20_000));
        loop {
            match self.write(kind, amount, &sku, &product, at).await {
                Ok(()) => return,
                // The program writes too: another writer was first.
                Err(error) => {
                    let text = format!("{error:?}");
                    assert!(text.contains("locked") || text.contains("busy") || text.contains("Conflict"), "{text}");
                }
            }
        }
    }

    /// Takes back units that were never sold.
    pub async fn unsell(&self) {
        let mut tx = self.db.begin().await.unwrap();
        q("DELETE FROM product_sales").exec(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn write(&self, kind: i64, amount: i64, sku: &str, product: &ProductId, at: At) -> Result<()> {
        let mut tx = self.db.begin().await?;
        match kind {
            0 | 1 => {
                q("INSERT INTO sku_versions (sku_id, version, spec, spec_en, diameter_mm, pieces_min, pieces_max, pack,
                     net_weight_g, gross_weight_g, price_fen, season_from, season_to, presale_ships_by, created_at, created_by)
                   SELECT v.sku_id, v.version + 1, v.spec, v.spec_en, v.diameter_mm, v.pieces_min, v.pieces_max, v.pack,
                     v.net_weight_g, v.gross_weight_g, $1, v.season_from, v.season_to, v.presale_ships_by, $2, NULL
                   FROM sku_versions v JOIN skus k ON k.id = v.sku_id AND k.version = v.version WHERE k.id = $3")
                .bind(amount).bind(at).bind(sku).exec(&mut tx).await?;
                q("UPDATE skus SET version = version + 1 WHERE id = $1").bind(sku).exec(&mut tx).await?;
            }
            2 => {
                q("INSERT INTO product_versions (product_id, version, name, name_en, summary, summary_en, story, story_en,
                     storage, storage_en, variety, grade, return_class, service, bad_fruit_promise, tags, created_at, created_by)
                   SELECT v.product_id, v.version + 1, $1, v.name_en, v.summary, v.summary_en, v.story, v.story_en,
                     v.storage, v.storage_en, v.variety, v.grade, v.return_class, v.service, v.bad_fruit_promise, v.tags, $2, NULL
                   FROM product_versions v JOIN products p ON p.id = v.product_id AND p.version = v.version WHERE p.id = $3")
                .bind(format!("延川狗头枣改{amount}号")).bind(at).bind(product).exec(&mut tx).await?;
                q("UPDATE products SET version = version + 1 WHERE id = $1").bind(product).exec(&mut tx).await?;
            }
            3 => {
                q("UPDATE products SET state = CASE state WHEN 'published' THEN 'withdrawn' ELSE 'published' END WHERE id = $1")
                    .bind(product).exec(&mut tx).await?;
            }
            4 => {
                q("UPDATE skus SET active = NOT active WHERE id = $1").bind(sku).exec(&mut tx).await?;
            }
            5 | 6 => {
                let left = if amount % 3 == 0 { 0 } else { amount % 20 };
                q("INSERT INTO stock_movements (sku_id, location, delta, kind, ref, reason, batch_id, person_id, at)
                   SELECT sku_id, location, held + $2 - on_hand, 'adjustment', $1, 'edit', NULL, NULL, $3
                   FROM stock_levels WHERE sku_id = $4 AND location = 'online' AND on_hand <> held + $2")
                .bind(Random::System.id(at)?)
                .bind(left)
                .bind(at)
                .bind(sku)
                .exec(&mut tx)
                .await?;
                q("UPDATE stock_levels SET on_hand = held + $1, changed_at = $2 WHERE sku_id = $3 AND location = 'online'")
                    .bind(left).bind(at).bind(sku).exec(&mut tx).await?;
                return tx.commit().await;
            }
            _ => {
                q("INSERT INTO product_sales (product_id, qty, changed_at) VALUES ($1, $2, $3)
                   ON CONFLICT (product_id) DO UPDATE SET qty = product_sales.qty + excluded.qty, changed_at = excluded.changed_at")
                .bind(product).bind(amount).bind(at).exec(&mut tx).await?;
                return tx.commit().await;
            }
        }
        catalogue::product_changed(&mut tx, product, at).await?;
        tx.commit().await
    }
}
