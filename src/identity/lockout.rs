//! Lockout: failed sign-ins counted by login, by address, and by both together.
//!
//! The pair is strict, so that a guesser stops after a handful; the login alone is lenient, so that
//! guessing from elsewhere does not keep the owner out; a lock doubles with each further failure up
//! to an hour and all counts fall away after a day. Unknown logins count as known ones do (A2), and
//! only hashes are stored.

use std::net::{IpAddr, Ipv6Addr};

use crate::{
    db::{Conn, Db, q, statements, tx},
    kernel::{
        At, Code, Refusal, Result,
        hash::sha256_hex,
        time::{DAY, HOUR, SECOND},
    },
};

statements! {
    GUARD = "SELECT locked_until FROM sign_in_guards WHERE login_hash = $1";
    COUNT_FAILURE = "INSERT INTO sign_in_guards (login_hash, failures, first_at, locked_until) VALUES ($1, 1, $2, 0)
        ON CONFLICT (login_hash) DO UPDATE SET
          failures = CASE WHEN sign_in_guards.first_at < $3 THEN 1 ELSE sign_in_guards.failures + 1 END,
          first_at = CASE WHEN sign_in_guards.first_at < $3 THEN $2 ELSE sign_in_guards.first_at END
        RETURNING failures";
    LOCK = "UPDATE sign_in_guards SET locked_until = $1 WHERE login_hash = $2";
    CLEAR_GUARD = "DELETE FROM sign_in_guards WHERE login_hash = $1";
    FORGET_GUARDS = "DELETE FROM sign_in_guards WHERE first_at < $1 AND locked_until < $2";
}

/// Failures are counted over this long.
const WINDOW: i64 = DAY;
const FIRST_LOCK: i64 = 60 * SECOND;
const LONGEST_LOCK: i64 = HOUR;

/// The guards of one sign-in, each with the failures that it forgives.
pub struct Guards {
    pair: (String, i64),
    login: (String, i64),
    address: (String, i64),
}

/// IPv6 addresses count by /64: a house has as many as it likes.
fn bucket(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => IpAddr::V4(v4),
            None => {
                let s = v6.segments();
                IpAddr::V6(Ipv6Addr::new(s[0], s[1], s[2], s[3], 0, 0, 0, 0))
            }
        },
    }
}

impl Guards {
    /// The guards of a login as typed, tried from an address.
    pub fn of(login: &str, address: IpAddr) -> Self {
        let address = bucket(address);
        let login = login.trim().to_ascii_lowercase();
        Self {
            pair: (sha256_hex(format!("pair\u{1f}{login}\u{1f}{address}").as_bytes()), 5),
            login: (sha256_hex(format!("login\u{1f}{login}").as_bytes()), 30),
            address: (sha256_hex(format!("address\u{1f}{address}").as_bytes()), 60),
        }
    }

    fn all(&self) -> [&(String, i64); 3] {
        [&self.pair, &self.login, &self.address]
    }

    /// Refuses while any of them is locked.
    pub async fn pass(&self, conn: &mut Conn, now: At) -> Result<()> {
        Self::pass_all(&self.all(), conn, now).await
    }

    /// Refuses while the address is locked: a reset code is for those whose login is.
    pub async fn pass_address(&self, conn: &mut Conn, now: At) -> Result<()> {
        Self::pass_all(&[&self.address], conn, now).await
    }

    async fn pass_all(guards: &[&(String, i64)], conn: &mut Conn, now: At) -> Result<()> {
        let mut until = 0;
        for (key, _) in guards {
            let row: Option<(i64,)> = q(GUARD).bind(key).opt(conn).await?;
            until = until.max(row.map_or(0, |row| row.0));
        }
        // A clock that was set back must not lock for longer than the longest lock.
        let left = (until - now.0).min(LONGEST_LOCK);
        if left <= 0 {
            return Ok(());
        }
        let minutes = (left + FIRST_LOCK - 1) / FIRST_LOCK;
        Err(Refusal::new(Code::SignInLocked).with("minutes", minutes).into())
    }

    /// Counts a failure for each and locks those past what they forgive.
    pub async fn fail(&self, db: &Db, now: At) -> Result<()> {
        let mut keys = self.all();
        keys.sort();
        tx!(db, tx, {
            for (key, forgiven) in keys {
                let counted = q(COUNT_FAILURE).bind(key).bind(now).bind(now.later(-WINDOW));
                let (failures,): (i64,) = counted.one(&mut tx).await?;
                let lock = lock_for(failures - forgiven);
                if lock > 0 {
                    q(LOCK).bind(now.later(lock)).bind(key).exec(&mut tx).await?;
                }
            }
            Ok(())
        })
    }

    /// The rightful owner came in: the counts of the login fall away, the address keeps its own.
    pub async fn clear(&self, conn: &mut Conn) -> Result<()> {
        for (key, _) in [&self.pair, &self.login] {
            q(CLEAR_GUARD).bind(key).exec(conn).await?;
        }
        Ok(())
    }
}

/// How long a lock is after so many failures past the forgiven ones, in µs.
fn lock_for(past: i64) -> i64 {
    match past {
        i64::MIN..=0 => 0,
        past => FIRST_LOCK.saturating_mul(1_i64 << (past - 1).min(20)).min(LONGEST_LOCK),
    }
}

/// Removes counts that have fallen away.
pub async fn forget(conn: &mut Conn, now: At) -> Result<u64> {
    q(FORGET_GUARDS).bind(now.later(-WINDOW)).bind(now).exec(conn).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locks_double_up_to_an_hour() {
        let minutes: Vec<i64> = (0..9).map(|past| lock_for(past) / FIRST_LOCK).collect();
        assert_eq!(minutes, [0, 1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(lock_for(i64::MAX), LONGEST_LOCK);
    }

    #[test]
    fn addresses_of_one_house_are_one() {
        let of = |text: &str| Guards::of("a", text.parse().unwrap()).address.0;
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:10.0.0.1"), of("10.0.0.1"));
    }
}
