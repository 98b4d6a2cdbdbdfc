//! What goes wrong around the program: kills, hang-ups, a database that is away, a full disk, a stop, a first start.
//!
//! Each runs the real binary, nearly all on a seeded database; afterwards `yanxi audit` must be clean and what
//! was answered must be there (I16).

mod away;
mod copies;
mod cuts;
mod kills;
mod load;
mod signs;
mod starts;
mod stops;

/// Names tests that run the program on both engines.
macro_rules! on_both_programs {
    ($($name:ident,)*) => { $(
        mod $name {
            #[test]
            fn sqlite() {
                $crate::support::runtime().block_on(super::$name(yanxi::db::Engine::Sqlite));
            }

            #[test]
            fn postgres() {
                $crate::support::runtime().block_on(super::$name(yanxi::db::Engine::Postgres));
            }
        }
    )* };
}
pub(crate) use on_both_programs;
