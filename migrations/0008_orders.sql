-- Orders with their seller orders, lines and parts; parcels and scans.
CREATE TABLE orders (
  id TEXT NOT NULL PRIMARY KEY,
  number TEXT NOT NULL UNIQUE,
  token_hash TEXT NOT NULL,
  quote_id TEXT NOT NULL UNIQUE,
  person_id TEXT,
  state TEXT NOT NULL,
  channel TEXT NOT NULL,
  buyer_class TEXT NOT NULL,
  unit TEXT,
  outlet TEXT,
  fulfilment TEXT NOT NULL,
  district_code TEXT NOT NULL,
  coupon_code TEXT,
  goods_fen BIGINT NOT NULL CHECK (goods_fen >= 0),
  discount_fen BIGINT NOT NULL CHECK (discount_fen BETWEEN 0 AND goods_fen),
  freight_fen BIGINT NOT NULL CHECK (freight_fen >= 0),
  total_fen BIGINT NOT NULL,
  refunded_fen BIGINT NOT NULL CHECK (refunded_fen BETWEEN 0 AND total_fen),
  refund_reserved_fen BIGINT NOT NULL CHECK (refund_reserved_fen BETWEEN refunded_fen AND total_fen),
  tendered_fen BIGINT NOT NULL CHECK (tendered_fen >= 0),
  returned_fen BIGINT NOT NULL CHECK (returned_fen BETWEEN 0 AND tendered_fen),
  journal_salt TEXT NOT NULL,
  journal_key BIGINT NOT NULL,
  placed_at BIGINT NOT NULL,
  placed_on TEXT NOT NULL,
  hold_until BIGINT,
  paid_at BIGINT,
  paid_on TEXT,
  closed_at BIGINT,
  CHECK (total_fen = goods_fen - discount_fen + freight_fen),
  CHECK ((paid_at IS NULL) = (paid_on IS NULL)),
  CHECK (state NOT IN ('paid', 'completed', 'refunded') OR paid_at IS NOT NULL)
);
CREATE INDEX orders_person ON orders (person_id, placed_at) WHERE person_id IS NOT NULL;
CREATE INDEX orders_unpaid ON orders (person_id) WHERE state = 'awaiting_payment' AND person_id IS NOT NULL;
CREATE INDEX orders_expiry ON orders (hold_until) WHERE state = 'awaiting_payment';
CREATE INDEX orders_placed ON orders (placed_on);
-- The operator's list, and the last letters of a number, which people read out.
CREATE INDEX orders_state ON orders (state, id);
CREATE INDEX orders_tail ON orders (substr(number, 9));
CREATE INDEX orders_journal ON orders (journal_key);
-- The only table of an order that holds personal data (PIPL art. 6, 47).
CREATE TABLE order_contacts (
  order_id TEXT NOT NULL PRIMARY KEY REFERENCES orders (id),
  name TEXT NOT NULL,
  phone TEXT NOT NULL,
  region_code TEXT NOT NULL,
  region_name TEXT NOT NULL,
  street TEXT NOT NULL,
  note TEXT NOT NULL,
  invoice_title TEXT NOT NULL,
  invoice_tax_no TEXT NOT NULL
);
-- The operator finds the orders of who calls by the receiver's phone.
CREATE INDEX order_contacts_phone ON order_contacts (phone);
CREATE TABLE seller_orders (
  id TEXT NOT NULL PRIMARY KEY,
  order_id TEXT NOT NULL REFERENCES orders (id),
  position BIGINT NOT NULL,
  coop_id TEXT NOT NULL REFERENCES coops (id),
  state TEXT NOT NULL,
  goods_fen BIGINT NOT NULL CHECK (goods_fen >= 0),
  discount_fen BIGINT NOT NULL CHECK (discount_fen BETWEEN 0 AND goods_fen),
  freight_fen BIGINT NOT NULL CHECK (freight_fen >= 0),
  gross_weight_g BIGINT NOT NULL CHECK (gross_weight_g >= 0),
  carrier TEXT NOT NULL,
  ship_by BIGINT,
  shipped_at BIGINT,
  received_at BIGINT,
  received_source TEXT,
  UNIQUE (order_id, coop_id),
  UNIQUE (order_id, position)
);
CREATE INDEX seller_orders_coop ON seller_orders (coop_id, state, order_id);
CREATE INDEX seller_orders_newest ON seller_orders (coop_id, order_id);
CREATE INDEX seller_orders_due ON seller_orders (coop_id, state, ship_by, order_id)
  WHERE state IN ('to_ship', 'part_shipped');
CREATE INDEX seller_orders_late ON seller_orders (ship_by, order_id) WHERE state IN ('to_ship', 'part_shipped');
CREATE TABLE order_lines (
  order_id TEXT NOT NULL REFERENCES orders (id),
  line_no BIGINT NOT NULL CHECK (line_no >= 1),
  seller_order_id TEXT NOT NULL REFERENCES seller_orders (id),
  product_id TEXT NOT NULL,
  product_version BIGINT NOT NULL,
  sku_id TEXT NOT NULL,
  sku_version BIGINT NOT NULL,
  sku TEXT NOT NULL,
  name TEXT NOT NULL,
  name_en TEXT NOT NULL,
  spec TEXT NOT NULL,
  spec_en TEXT NOT NULL,
  photo TEXT NOT NULL,
  return_class TEXT NOT NULL,
  net_weight_g BIGINT NOT NULL,
  gross_weight_g BIGINT NOT NULL,
  pieces_min BIGINT,
  schemes TEXT NOT NULL,
  qty BIGINT NOT NULL CHECK (qty BETWEEN 1 AND 9999),
  unit_fen BIGINT NOT NULL CHECK (unit_fen > 0),
  list_fen BIGINT NOT NULL,
  discount_fen BIGINT NOT NULL CHECK (discount_fen BETWEEN 0 AND list_fen),
  payable_fen BIGINT NOT NULL CHECK (payable_fen >= 0),
  freight_fen BIGINT NOT NULL CHECK (freight_fen >= 0),
  refund_reserved_qty BIGINT NOT NULL CHECK (refund_reserved_qty BETWEEN 0 AND qty),
  refund_reserved_fen BIGINT NOT NULL CHECK (refund_reserved_fen BETWEEN 0 AND payable_fen),
  refund_reserved_freight_fen BIGINT NOT NULL CHECK (refund_reserved_freight_fen BETWEEN 0 AND freight_fen),
  refunded_qty BIGINT NOT NULL CHECK (refunded_qty BETWEEN 0 AND refund_reserved_qty),
  refunded_fen BIGINT NOT NULL CHECK (refunded_fen BETWEEN 0 AND refund_reserved_fen),
  refunded_freight_fen BIGINT NOT NULL CHECK (refunded_freight_fen BETWEEN 0 AND refund_reserved_freight_fen),
  withdrawn_qty BIGINT NOT NULL CHECK (withdrawn_qty BETWEEN 0 AND refund_reserved_qty),
  shipped_qty BIGINT NOT NULL CHECK (shipped_qty BETWEEN 0 AND qty - withdrawn_qty),
  received_qty BIGINT NOT NULL CHECK (received_qty BETWEEN 0 AND shipped_qty),
  arrived_at BIGINT,
  received_at BIGINT,
  PRIMARY KEY (order_id, line_no),
  CHECK (list_fen = unit_fen * qty),
  CHECK (payable_fen = list_fen - discount_fen)
);
CREATE INDEX order_lines_seller ON order_lines (seller_order_id);
-- What was taken off a line, by what it came from and who pays for it (M1).
CREATE TABLE line_discounts (
  order_id TEXT NOT NULL,
  line_no BIGINT NOT NULL,
  n BIGINT NOT NULL CHECK (n >= 1),
  source TEXT NOT NULL,
  code TEXT NOT NULL,
  funder TEXT NOT NULL,
  amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
  PRIMARY KEY (order_id, line_no, n),
  FOREIGN KEY (order_id, line_no) REFERENCES order_lines (order_id, line_no)
) /* clustered */;
-- A line as reports see it: itself, or the parts of a set (C14, C19).
CREATE TABLE line_parts (
  order_id TEXT NOT NULL,
  line_no BIGINT NOT NULL,
  part_no BIGINT NOT NULL,
  coop_id TEXT NOT NULL,
  county_code TEXT NOT NULL,
  category_code TEXT NOT NULL,
  payable_fen BIGINT NOT NULL CHECK (payable_fen >= 0),
  list_price_fen BIGINT NOT NULL CHECK (list_price_fen > 0),
  refunded_fen BIGINT NOT NULL CHECK (refunded_fen BETWEEN 0 AND payable_fen),
  effective_fen BIGINT NOT NULL CHECK (effective_fen BETWEEN 0 AND payable_fen),
  PRIMARY KEY (order_id, line_no, part_no),
  FOREIGN KEY (order_id, line_no) REFERENCES order_lines (order_id, line_no)
) /* clustered */;
CREATE TABLE order_events (
  order_id TEXT NOT NULL,
  id TEXT NOT NULL,
  at BIGINT NOT NULL,
  kind TEXT NOT NULL,
  by_role TEXT NOT NULL,
  person_id TEXT,
  seller_order_id TEXT,
  detail TEXT NOT NULL,
  PRIMARY KEY (order_id, id)
) /* clustered */;
CREATE TABLE shipments (
  seller_order_id TEXT NOT NULL REFERENCES seller_orders (id),
  n BIGINT NOT NULL CHECK (n >= 1),
  carrier TEXT NOT NULL,
  tracking_no TEXT NOT NULL,
  shipped_at BIGINT NOT NULL,
  picked_up_at BIGINT,
  delivered_at BIGINT,
  PRIMARY KEY (seller_order_id, n),
  UNIQUE (carrier, tracking_no)
);
CREATE INDEX shipments_in_transit ON shipments (picked_up_at) WHERE delivered_at IS NULL;
CREATE TABLE shipment_lines (
  seller_order_id TEXT NOT NULL,
  n BIGINT NOT NULL,
  line_no BIGINT NOT NULL,
  qty BIGINT NOT NULL CHECK (qty > 0),
  PRIMARY KEY (seller_order_id, n, line_no),
  FOREIGN KEY (seller_order_id, n) REFERENCES shipments (seller_order_id, n)
) /* clustered */;
CREATE TABLE shipment_scans (
  seller_order_id TEXT NOT NULL,
  n BIGINT NOT NULL,
  kind TEXT NOT NULL,
  at BIGINT NOT NULL,
  source TEXT NOT NULL,
  person_id TEXT,
  recorded_at BIGINT NOT NULL,
  PRIMARY KEY (seller_order_id, n, kind),
  FOREIGN KEY (seller_order_id, n) REFERENCES shipments (seller_order_id, n)
) /* clustered */;
