-- The operator finds the orders of who calls by the receiver's phone.
CREATE INDEX order_contacts_phone ON order_contacts (phone);
