//! What must hold of the catalogue: versions are there, sales are the ledger's, places are known.

use crate::db::audit::checks;

checks! {
    I10 "catalogue.versions", "each product and SKU has the version that it names, and no later one" =
        "SELECT p.code AS subject FROM products p
         LEFT JOIN (SELECT product_id, MAX(version) AS latest FROM product_versions GROUP BY product_id) v
           ON v.product_id = p.id
         WHERE v.latest IS DISTINCT FROM p.version
         UNION ALL
         SELECT s.code AS subject FROM skus s
         LEFT JOIN (SELECT sku_id, MAX(version) AS latest FROM sku_versions GROUP BY sku_id) v ON v.sku_id = s.id
         WHERE v.latest IS DISTINCT FROM s.version";
    I14 "catalogue.sales", "units sold of each product are those of what is sealed" =
        "SELECT s.product_id AS subject FROM product_sales s
         LEFT JOIN (SELECT d.product_id, CAST(SUM(r.qty) AS BIGINT) AS qty
                    FROM rollups r JOIN dimensions d ON d.id = r.dimension_id WHERE r.cut = 'goods' AND length(r.span) = 4
                    GROUP BY d.product_id) w ON w.product_id = s.product_id
         WHERE s.qty <> COALESCE(w.qty, 0)
         UNION ALL
         SELECT d.product_id AS subject FROM rollups r JOIN dimensions d ON d.id = r.dimension_id
         WHERE r.cut = 'goods' AND length(r.span) = 4 AND r.lines > 0
           AND NOT EXISTS (SELECT 1 FROM product_sales s WHERE s.product_id = d.product_id)
         GROUP BY d.product_id";
    I11 "catalogue.owners", "a SKU's product and a product's cooperative, county and category exist" =
        "SELECT p.code AS subject FROM products p LEFT JOIN coops c ON c.id = p.coop_id
         LEFT JOIN counties y ON y.code = p.county_code LEFT JOIN categories g ON g.code = p.category_code
         WHERE c.id IS NULL OR y.code IS NULL OR g.code IS NULL
         UNION ALL
         SELECT s.code AS subject FROM skus s LEFT JOIN products p ON p.id = s.product_id WHERE p.id IS NULL";
}
