-- I6, I17, 电商法 art. 31: what was booked, sealed, logged or sold is never changed; corrections are new rows.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;
CREATE TRIGGER ledger_entries_append_only BEFORE UPDATE OR DELETE ON ledger_entries FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_entries_no_truncate BEFORE TRUNCATE ON ledger_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER journal_entries_append_only BEFORE UPDATE OR DELETE ON journal_entries FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER journal_entries_no_truncate BEFORE TRUNCATE ON journal_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_log_no_truncate BEFORE TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER product_versions_append_only BEFORE UPDATE OR DELETE ON product_versions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER product_versions_no_truncate BEFORE TRUNCATE ON product_versions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER sku_versions_append_only BEFORE UPDATE OR DELETE ON sku_versions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER sku_versions_no_truncate BEFORE TRUNCATE ON sku_versions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER stock_movements_append_only BEFORE UPDATE OR DELETE ON stock_movements FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER stock_movements_no_truncate BEFORE TRUNCATE ON stock_movements FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER order_events_append_only BEFORE UPDATE OR DELETE ON order_events FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER order_events_no_truncate BEFORE TRUNCATE ON order_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER payment_events_append_only BEFORE UPDATE OR DELETE ON payment_events FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER payment_events_no_truncate BEFORE TRUNCATE ON payment_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER market_kind_append_only BEFORE UPDATE OR DELETE ON market FOR EACH ROW WHEN (OLD.key = 'kind') EXECUTE FUNCTION refuse_change();
CREATE TRIGGER dimensions_append_only BEFORE UPDATE OR DELETE ON dimensions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER dimensions_no_truncate BEFORE TRUNCATE ON dimensions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER dimension_schemes_append_only BEFORE UPDATE OR DELETE ON dimension_schemes FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER dimension_schemes_no_truncate BEFORE TRUNCATE ON dimension_schemes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
