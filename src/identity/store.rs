//! Statements over the tables of identity.

use crate::db::statements;

statements! {
    pub ADD_PERSON = "INSERT INTO persons (id, login, name, role, password_hash, coop_id, outlet_code, state, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 'active', $8) ON CONFLICT (login) DO NOTHING";
    pub CREDENTIALS = "SELECT id, login, name, role, coop_id, outlet_code, state, created_at, password_hash
        FROM persons WHERE login = $1";
    pub PASSWORD_OF = "SELECT password_hash FROM persons WHERE id = $1 AND state = 'active'";
    pub PERSON = "SELECT id, login, name, role, coop_id, outlet_code, state, created_at FROM persons WHERE id = $1";
    pub PERSON_BY_LOGIN = "SELECT id, login, name, role, coop_id, outlet_code, state, created_at
        FROM persons WHERE login = $1";
    pub PERSONS = "SELECT id, login, name, role, coop_id, outlet_code, state, created_at FROM persons
        WHERE state <> 'closed' AND (login >= $1 AND login < $2) ORDER BY login LIMIT $3";
    pub STAFF = "SELECT id, login, name, role, coop_id, outlet_code, state, created_at FROM persons
        WHERE role <> 'shopper' AND state <> 'closed' ORDER BY role, login LIMIT $1";
    pub JOIN_COOP = "UPDATE persons SET role = 'coop', coop_id = $1 WHERE id = $2 AND role = 'shopper' AND state = 'active'";
    pub RENAME = "UPDATE persons SET name = $1 WHERE id = $2 AND state = 'active'";
    pub SET_PASSWORD = "UPDATE persons SET password_hash = $1 WHERE id = $2 AND state = 'active'";
    pub CLOSE_PERSON = "UPDATE persons SET state = 'closed', login = $1, name = '', password_hash = '', closed_at = $2
        WHERE id = $3 AND state = 'active'";

    pub ADD_SESSION = "INSERT INTO sessions (token_hash, person_id, created_at, seen_at, expires_at)
        VALUES ($1, $2, $3, $3, $4)";
    pub WHO = "SELECT p.id, p.login, p.name, p.role, p.coop_id, p.outlet_code, p.state, p.created_at
        FROM sessions s JOIN persons p ON p.id = s.person_id
        WHERE s.token_hash = $1 AND s.expires_at > $2 AND p.state = 'active'";
    pub SESSIONS_OF = "SELECT token_hash, created_at, expires_at FROM sessions
        WHERE person_id = $1 AND expires_at > $2 ORDER BY created_at DESC, token_hash";
    pub CLOSE_SESSION = "DELETE FROM sessions WHERE token_hash = $1";
    pub CLOSE_ONE_OF = "DELETE FROM sessions WHERE person_id = $1 AND token_hash = $2";
    pub CLOSE_SESSIONS = "DELETE FROM sessions WHERE person_id = $1";
    pub CLOSE_OTHER_SESSIONS = "DELETE FROM sessions WHERE person_id = $1 AND token_hash <> $2";
    pub FORGET_SESSIONS = "DELETE FROM sessions WHERE expires_at <= $1";

    pub GUARD = "SELECT locked_until FROM sign_in_guards WHERE login_hash = $1";
    pub COUNT_FAILURE = "INSERT INTO sign_in_guards (login_hash, failures, first_at, locked_until) VALUES ($1, 1, $2, 0)
        ON CONFLICT (login_hash) DO UPDATE SET
          failures = CASE WHEN sign_in_guards.first_at < $3 THEN 1 ELSE sign_in_guards.failures + 1 END,
          first_at = CASE WHEN sign_in_guards.first_at < $3 THEN $2 ELSE sign_in_guards.first_at END
        RETURNING failures";
    pub LOCK = "UPDATE sign_in_guards SET locked_until = $1 WHERE login_hash = $2";
    pub CLEAR_GUARD = "DELETE FROM sign_in_guards WHERE login_hash = $1";
    pub FORGET_GUARDS = "DELETE FROM sign_in_guards WHERE first_at < $1 AND locked_until < $2";

    pub VOID_CODES = "DELETE FROM reset_codes WHERE person_id = $1 AND used_at IS NULL";
    pub ADD_CODE = "INSERT INTO reset_codes (code_hash, person_id, issued_by, created_at, expires_at, used_at)
        VALUES ($1, $2, $3, $4, $5, NULL)";
    pub USE_CODE = "UPDATE reset_codes SET used_at = $1
        WHERE code_hash = $2 AND person_id = $3 AND used_at IS NULL AND expires_at > $1";
    pub DELETE_CODES = "DELETE FROM reset_codes WHERE person_id = $1";

    pub ADDRESSES = "SELECT id, name, phone, region_code, street, is_default, created_at FROM addresses
        WHERE person_id = $1 ORDER BY is_default DESC, created_at DESC, id";
    pub COUNT_ADDRESSES = "SELECT CAST(count(*) AS BIGINT) FROM addresses WHERE person_id = $1";
    pub ADD_ADDRESS = "INSERT INTO addresses (id, person_id, name, phone, region_code, street, is_default, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    pub SET_ADDRESS = "UPDATE addresses SET name = $1, phone = $2, region_code = $3, street = $4
        WHERE id = $5 AND person_id = $6";
    pub NO_DEFAULT = "UPDATE addresses SET is_default = FALSE WHERE person_id = $1 AND is_default";
    pub MAKE_DEFAULT = "UPDATE addresses SET is_default = TRUE WHERE id = $1 AND person_id = $2";
    pub REMOVE_ADDRESS = "DELETE FROM addresses WHERE id = $1 AND person_id = $2";
    pub REMOVE_ADDRESSES = "DELETE FROM addresses WHERE person_id = $1";
}
