-- Rises when single products were edited: processes then read those alone, by products.changed_at.
INSERT INTO version (name, value) VALUES ('products', 1);
