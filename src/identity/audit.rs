//! What must hold of accounts (I11, PIPL art. 47): whose they are, and what goes when one is closed.

use crate::db::audit::checks;

checks! {
    I11 "persons.tenants", "an account of a cooperative belongs to one that exists" =
        "SELECT p.id AS subject FROM persons p LEFT JOIN coops c ON c.id = p.coop_id
         WHERE c.id IS NULL AND (p.role = 'coop' OR p.coop_id IS NOT NULL)";
    I11 "persons.closed", "a closed account has no session, address or reset code left" =
        "SELECT p.id AS subject FROM persons p
         WHERE p.state = 'closed' AND (EXISTS (SELECT 1 FROM sessions s WHERE s.person_id = p.id)
           OR EXISTS (SELECT 1 FROM addresses a WHERE a.person_id = p.id)
           OR EXISTS (SELECT 1 FROM reset_codes r WHERE r.person_id = p.id))";
}
