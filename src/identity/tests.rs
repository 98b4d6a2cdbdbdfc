//! Accounts over a real SQLite file: sign-in, lockout, reset, closing.

use std::net::IpAddr;

use super::{
    NewPerson, Person, Role, account, address, create_person, lockout::Guards, password, person, reset, session,
};
use crate::{
    db::{Db, migrate, tx},
    kernel::{
        Actor, At, Code, Lang, Result, Step,
        time::{DAY, HOUR},
    },
};

const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 1));
const ELSEWHERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 2));

async fn fresh() -> (tempfile::TempDir, Db) {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&format!("sqlite:{}", folder.path().join("t.db").display()), None).await.unwrap();
    migrate::run(&db, At(0)).await.unwrap();
    (folder, db)
}

fn step(hours: i64) -> Step {
    Step::new(At(hours * HOUR + DAY * 400), Actor::SYSTEM)
}

async fn add(db: &Db, login: &str, role: Role) -> Person {
    let password_hash = password::hash("yanxi-demo").await.unwrap();
    let new = NewPerson { login: login.into(), name: "林".into(), role, coop: None, outlet: None, password_hash };
    tx!(db, tx, { create_person(&mut tx, new.clone(), &mut step(0)).await }).unwrap()
}

async fn sign_in(db: &Db, login: &str, password: &str, (address, hours): (IpAddr, i64)) -> Result<session::Opened> {
    let sign_in = session::SignIn { login: login.into(), password: password.into(), address };
    session::open(db, &sign_in, &mut step(hours)).await
}

fn code<T>(result: Result<T>) -> Option<Code> {
    result.err().and_then(|e| e.refusal().map(|r| r.code))
}

#[tokio::test]
async fn a_session_knows_its_person_until_it_is_closed_or_over() {
    let (_folder, db) = fresh().await;
    let lin = add(&db, "Lin.Wuxi", Role::Shopper).await;
    let opened = sign_in(&db, " lin.WUXI ", "yanxi-demo", (HERE, 0)).await.unwrap();
    let mut conn = db.read().await.unwrap();
    assert_eq!(session::who(&mut conn, &opened.token, step(1).at).await.unwrap(), Some(lin.clone()));
    assert_eq!(session::who(&mut conn, &opened.token, step(24 * 31).at).await.unwrap(), None);
    assert_eq!(session::who(&mut conn, "another", step(1).at).await.unwrap(), None);
    assert_eq!(session::list(&mut conn, &lin.id, step(1).at).await.unwrap().len(), 1);
    drop(conn);
    tx!(db, tx, { session::close(&mut tx, &opened.token).await }).unwrap();
    assert_eq!(session::who(&mut db.read().await.unwrap(), &opened.token, step(1).at).await.unwrap(), None);
}

#[tokio::test]
async fn guessing_stops_soon_and_the_owner_comes_in_from_elsewhere() {
    let (_folder, db) = fresh().await;
    add(&db, "lin", Role::Shopper).await;
    for _ in 0..6 {
        assert_eq!(code(sign_in(&db, "lin", "wrong-password", (HERE, 0)).await), Some(Code::BadCredentials));
        assert_eq!(code(sign_in(&db, "nobody", "wrong-password", (HERE, 0)).await), Some(Code::BadCredentials));
    }
    assert_eq!(code(sign_in(&db, "lin", "yanxi-demo", (HERE, 0)).await), Some(Code::SignInLocked));
    assert_eq!(code(sign_in(&db, "nobody", "yanxi-demo", (HERE, 0)).await), Some(Code::SignInLocked));
    assert!(sign_in(&db, "lin", "yanxi-demo", (ELSEWHERE, 0)).await.is_ok());
    assert!(sign_in(&db, "lin", "yanxi-demo", (HERE, 2)).await.is_ok());
}

#[tokio::test]
async fn a_reset_code_works_once_and_ends_sessions() {
    let (_folder, db) = fresh().await;
    let (lin, operator) = (add(&db, "lin", Role::Shopper).await, add(&db, "boss", Role::Operator).await);
    let opened = sign_in(&db, "lin", "yanxi-demo", (HERE, 0)).await.unwrap();
    let issued = tx!(db, tx, { reset::issue(&mut tx, &lin, &operator.id, &mut step(0)).await }).unwrap();
    let wish = |login: &str, code: &str| reset::Reset {
        login: login.into(),
        code: code.into(),
        password: "another-one".into(),
        address: HERE,
    };
    let lower = issued.code.to_lowercase().replace('-', " ");
    assert_eq!(code(reset::redeem(&db, &wish("boss", &lower), &step(1)).await), Some(Code::ResetCodeInvalid));
    assert_eq!(code(reset::redeem(&db, &wish("lin", &lower), &step(25)).await), Some(Code::ResetCodeInvalid));
    let wrong = if issued.code.starts_with('A') { "BBBB-BBBB-BBBB" } else { "AAAA-AAAA-AAAA" };
    assert_eq!(code(reset::redeem(&db, &wish("lin", wrong), &step(1)).await), Some(Code::ResetCodeInvalid));
    reset::redeem(&db, &wish("lin", &lower), &step(1)).await.unwrap();
    assert_eq!(code(reset::redeem(&db, &wish("lin", &lower), &step(1)).await), Some(Code::ResetCodeInvalid));
    assert_eq!(session::who(&mut db.read().await.unwrap(), &opened.token, step(1).at).await.unwrap(), None);
    assert!(sign_in(&db, "lin", "another-one", (HERE, 2)).await.is_ok());
}

#[tokio::test]
async fn a_closed_account_leaves_no_personal_data_and_frees_its_login() {
    let (_folder, db) = fresh().await;
    let lin = add(&db, "lin", Role::Shopper).await;
    let home = address::NewAddress::parse("林", "13800138000", "320211", "太湖大道 1 号").unwrap();
    tx!(db, tx, { address::add(&mut tx, &lin.id, &home, &mut step(0)).await }).unwrap();
    let opened = sign_in(&db, "lin", "yanxi-demo", (HERE, 0)).await.unwrap();
    tx!(db, tx, { account::close(&mut tx, &lin.id, &step(1)).await }).unwrap();
    let mut conn = db.read().await.unwrap();
    assert_eq!(session::who(&mut conn, &opened.token, step(1).at).await.unwrap(), None);
    assert!(address::list(&mut conn, &lin.id).await.unwrap().is_empty());
    assert_eq!(person::find(&mut conn, &lin.id).await.unwrap().name, "");
    drop(conn);
    assert_eq!(code(sign_in(&db, "lin", "yanxi-demo", (HERE, 2)).await), Some(Code::BadCredentials));
    add(&db, "lin", Role::Shopper).await;
}

#[tokio::test]
async fn addresses_are_their_owners_and_a_login_is_taken_once() {
    let (_folder, db) = fresh().await;
    let (lin, wu) = (add(&db, "lin", Role::Shopper).await, add(&db, "wu1", Role::Shopper).await);
    let home = address::NewAddress::parse("林", "138 0013 8000", "320211", "太湖大道 1 号").unwrap();
    let first = tx!(db, tx, { address::add(&mut tx, &lin.id, &home, &mut step(0)).await }).unwrap();
    let second = tx!(db, tx, { address::add(&mut tx, &lin.id, &home, &mut step(1)).await }).unwrap();
    tx!(db, tx, { address::make_default(&mut tx, &lin.id, &second).await }).unwrap();
    let kept = address::list(&mut db.read().await.unwrap(), &lin.id).await.unwrap();
    assert_eq!(
        kept.iter().map(|a| (a.id.clone(), a.is_default)).collect::<Vec<_>>(),
        [(second, true), (first.clone(), false)]
    );
    let foreign = tx!(db, tx, { address::remove(&mut tx, &wu.id, &first).await });
    assert_eq!(code(foreign), Some(Code::NotFound));
    let foreign = tx!(db, tx, { address::make_default(&mut tx, &wu.id, &first).await });
    assert_eq!(code(foreign), Some(Code::NotFound));
    let again = NewPerson {
        login: "LIN".into(),
        name: "吴".into(),
        role: Role::Shopper,
        coop: None,
        outlet: None,
        password_hash: String::new(),
    };
    let again = tx!(db, tx, { create_person(&mut tx, again.clone(), &mut step(0)).await });
    assert_eq!(code(again), Some(Code::LoginTaken));
}

/// Rows of the counts of failures.
async fn guards(db: &Db) -> i64 {
    let (n,): (i64,) = crate::db::q("SELECT CAST(count(*) AS BIGINT) FROM sign_in_guards")
        .one(&mut db.read().await.unwrap())
        .await
        .unwrap();
    n
}

#[tokio::test]
async fn a_locked_address_redeems_no_code_and_is_told_how_long() {
    let (_folder, db) = fresh().await;
    let (lin, operator) = (add(&db, "lin", Role::Shopper).await, add(&db, "boss", Role::Operator).await);
    let issued = tx!(db, tx, { reset::issue(&mut tx, &lin, &operator.id, &mut step(0)).await }).unwrap();
    // An address is forgiven sixty failures, whatever logins they were for.
    for n in 0..61 {
        Guards::of(&format!("guess-{n}"), HERE).fail(&db, step(0).at).await.unwrap();
    }
    let wish = |address| reset::Reset {
        login: "lin".into(),
        code: issued.code.clone(),
        password: "another-one".into(),
        address,
    };
    let locked = reset::redeem(&db, &wish(HERE), &step(0)).await.unwrap_err();
    let refusal = locked.refusal().unwrap();
    assert_eq!(refusal.code, Code::SignInLocked);
    assert!(refusal.detail(Lang::En).contains("wait 1 minutes"), "{}", refusal.detail(Lang::En));
    reset::redeem(&db, &wish(ELSEWHERE), &step(0)).await.unwrap();
}

#[tokio::test]
async fn counts_of_failures_are_kept_a_day_and_then_forgotten() {
    let (_folder, db) = fresh().await;
    Guards::of("lin", HERE).fail(&db, step(0).at).await.unwrap();
    assert_eq!(guards(&db).await, 3, "the pair, the login, the address");
    let forget = async |hours| tx!(db, tx, { session::forget(&mut tx, step(hours).at).await }).unwrap();
    assert_eq!((forget(23).await, guards(&db).await), (0, 3));
    assert_eq!((forget(25).await, guards(&db).await), (3, 0));
}

#[tokio::test]
async fn a_name_is_corrected_and_never_left_empty() {
    let (_folder, db) = fresh().await;
    let lin = add(&db, "lin", Role::Shopper).await;
    tx!(db, tx, { person::rename(&mut tx, &lin.id, " 林小姐 ").await }).unwrap();
    let name = async || person::find(&mut db.read().await.unwrap(), &lin.id).await.unwrap().name;
    assert_eq!(name().await, "林小姐");
    assert!(tx!(db, tx, { person::rename(&mut tx, &lin.id, " ").await }).is_err());
    assert_eq!(name().await, "林小姐");
}
