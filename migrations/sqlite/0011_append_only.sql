-- I6, I17, 电商法 art. 31: what was booked, sealed, logged or sold is never changed; corrections are new rows.
CREATE TRIGGER ledger_entries_no_update BEFORE UPDATE ON ledger_entries BEGIN SELECT RAISE(ABORT, 'ledger_entries is append-only'); END;
CREATE TRIGGER ledger_entries_no_delete BEFORE DELETE ON ledger_entries BEGIN SELECT RAISE(ABORT, 'ledger_entries is append-only'); END;
CREATE TRIGGER journal_entries_no_update BEFORE UPDATE ON journal_entries BEGIN SELECT RAISE(ABORT, 'journal_entries is append-only'); END;
CREATE TRIGGER journal_entries_no_delete BEFORE DELETE ON journal_entries BEGIN SELECT RAISE(ABORT, 'journal_entries is append-only'); END;
CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END;
CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END;
CREATE TRIGGER product_versions_no_update BEFORE UPDATE ON product_versions BEGIN SELECT RAISE(ABORT, 'product_versions is append-only'); END;
CREATE TRIGGER product_versions_no_delete BEFORE DELETE ON product_versions BEGIN SELECT RAISE(ABORT, 'product_versions is append-only'); END;
CREATE TRIGGER sku_versions_no_update BEFORE UPDATE ON sku_versions BEGIN SELECT RAISE(ABORT, 'sku_versions is append-only'); END;
CREATE TRIGGER sku_versions_no_delete BEFORE DELETE ON sku_versions BEGIN SELECT RAISE(ABORT, 'sku_versions is append-only'); END;
CREATE TRIGGER stock_movements_no_update BEFORE UPDATE ON stock_movements BEGIN SELECT RAISE(ABORT, 'stock_movements is append-only'); END;
CREATE TRIGGER stock_movements_no_delete BEFORE DELETE ON stock_movements BEGIN SELECT RAISE(ABORT, 'stock_movements is append-only'); END;
CREATE TRIGGER order_events_no_update BEFORE UPDATE ON order_events BEGIN SELECT RAISE(ABORT, 'order_events is append-only'); END;
CREATE TRIGGER order_events_no_delete BEFORE DELETE ON order_events BEGIN SELECT RAISE(ABORT, 'order_events is append-only'); END;
CREATE TRIGGER payment_events_no_update BEFORE UPDATE ON payment_events BEGIN SELECT RAISE(ABORT, 'payment_events is append-only'); END;
CREATE TRIGGER payment_events_no_delete BEFORE DELETE ON payment_events BEGIN SELECT RAISE(ABORT, 'payment_events is append-only'); END;
CREATE TRIGGER market_kind_no_update BEFORE UPDATE ON market WHEN OLD.key = 'kind' BEGIN SELECT RAISE(ABORT, 'a database is demonstration or real for ever'); END;
CREATE TRIGGER market_kind_no_delete BEFORE DELETE ON market WHEN OLD.key = 'kind' BEGIN SELECT RAISE(ABORT, 'a database is demonstration or real for ever'); END;
