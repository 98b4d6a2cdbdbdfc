//! Passwords: what is strong enough, hashed with Argon2id in a bounded pool.
//!
//! A hash costs 19 MiB and some 20 ms of a core, so only a few run at once, the rest wait, and
//! past a full queue sign-ins are refused: guessing cannot use the machine up (A6).

use std::sync::atomic::{AtomicUsize, Ordering};

use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::kernel::{Code, Error, Random, Refusal, Result};

/// Hashes that run at once.
const AT_ONCE: usize = 2;
/// Sign-ins that may wait for a turn.
const QUEUE: usize = 200;
const SHORTEST: usize = 10;
const LONGEST: usize = 200;

/// Of the same cost as a real one, for logins that do not exist: they take as long as those that do.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$eWFueGktbm9ib2R5LWhlcmU$VIHiDMuyqcXALPb5Y0Bvb2bmvAkBVcoMnIhw1aBgKdM";

/// Long enough and still among the first that are guessed.
const COMMON: [&str; 16] = [
    "1234567890",
    "0123456789",
    "12345678910",
    "123456789a",
    "1q2w3e4r5t",
    "1qaz2wsx3edc",
    "qwertyuiop",
    "asdfghjkl;",
    "password12",
    "password123",
    "password1234",
    "iloveyou123",
    "woaini1314520",
    "woaini5201314",
    "a123456789",
    "abc1234567",
];

static TURNS: Semaphore = Semaphore::const_new(AT_ONCE);
static WAITING: AtomicUsize = AtomicUsize::new(0);

/// A turn in the pool; one may verify and then count a failure before the next begins.
pub struct Turn(#[expect(dead_code, reason = "held until dropped")] SemaphorePermit<'static>);

struct Waiting;

impl Drop for Waiting {
    fn drop(&mut self) {
        WAITING.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Refuses a password of fewer than 10 characters, a common one, one character over and over, and the login itself.
pub fn strong(field: &str, password: &str, login: &str) -> Result<(), Refusal> {
    let length = password.chars().count();
    if length > LONGEST {
        return Err(Refusal::of_field(field, Code::TooLong).with("max", LONGEST));
    }
    let lower = password.to_lowercase();
    let first = password.chars().next();
    let monotone = password.chars().all(|c| Some(c) == first);
    let login = !login.is_empty() && lower == login.to_lowercase();
    if length < SHORTEST || COMMON.contains(&lower.as_str()) || monotone || login {
        return Err(Refusal::of_field(field, Code::WeakPassword));
    }
    Ok(())
}

/// Waits for a turn; refuses when the queue is full.
pub(super) async fn turn() -> Result<Turn> {
    let before = WAITING.fetch_add(1, Ordering::SeqCst);
    let _waiting = Waiting;
    if before >= QUEUE {
        return Err(Refusal::new(Code::TooManyRequests).with("seconds", 5).into());
    }
    let permit = TURNS.acquire().await.map_err(|_| Error::fault("the password pool is closed"))?;
    Ok(Turn(permit))
}

/// The Argon2id hash of a password, as it is stored.
pub async fn hash(password: &str) -> Result<String> {
    let _turn = turn().await?;
    let (password, salt) = (password.to_owned(), Random::System.salt()?);
    let hashed = tokio::task::spawn_blocking(move || {
        let salt = hex::decode(salt).unwrap_or_default();
        Argon2::default().hash_password_with_salt(password.as_bytes(), &salt).map(|hash| hash.to_string())
    });
    hashed.await.map_err(|e| Error::fault(e.to_string()))?.map_err(|e| Error::fault(format!("no hash: {e}")))
}

/// Whether the password is the hash's; without a hash the same work is done for `false`.
pub async fn verify(hash: Option<String>, password: &str) -> Result<bool> {
    let turn = turn().await?;
    verify_in(&turn, hash, password).await
}

/// As [`verify`], in a turn that the caller holds.
pub(super) async fn verify_in(_turn: &Turn, hash: Option<String>, password: &str) -> Result<bool> {
    let known = hash.is_some();
    let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
    // Longer ones are never stored; they are cut so that the work stays the same.
    let password: String = password.chars().take(LONGEST + 1).collect();
    let checked = tokio::task::spawn_blocking(move || {
        let parsed = PasswordHash::new(&hash).map_err(|e| Error::fault(format!("a stored hash is broken: {e}")))?;
        Ok::<_, Error>(Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
    });
    Ok(checked.await.map_err(|e| Error::fault(e.to_string()))?? && known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_common_and_monotone_passwords_are_refused() {
        for weak in ["", "short", "1234567890", "Password123", "aaaaaaaaaaaa", "lin.wuxi.2026"] {
            assert_eq!(strong("password", weak, "lin.wuxi.2026").unwrap_err().code, Code::WeakPassword, "{weak}");
        }
        assert!(strong("password", "yanxi-demo", "shopper").is_ok());
        assert!(strong("password", "洛川的苹果又红又脆呀", "shopper").is_ok());
        assert_eq!(strong("password", &"长x".repeat(101), "l").unwrap_err().code, Code::TooLong);
    }

    #[tokio::test]
    async fn a_hash_knows_its_password_and_nobody_has_one() {
        let hashed = hash("yanxi-demo").await.unwrap();
        assert!(hashed.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify(Some(hashed.clone()), "yanxi-demo").await.unwrap());
        assert!(!verify(Some(hashed), "yanxi-dema").await.unwrap());
        assert!(!verify(None, "yanxi-demo").await.unwrap());
    }
}
