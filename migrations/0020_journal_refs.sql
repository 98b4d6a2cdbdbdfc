-- The journal by the reference that an order's owner holds: anyone finds an order without reading all of it.
ALTER TABLE journal_entries ADD COLUMN order_ref TEXT;
CREATE INDEX journal_entries_order_ref ON journal_entries (order_ref, seq);
