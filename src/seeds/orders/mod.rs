//! Past lives of orders, as the verbs would have left them: for the demonstration and the generator, which
//! know how each went. `life` lives one without a database, `rows` inserts many in few statements.

mod life;
mod rows;

pub use life::{Course, GivenBack, Life, Parcel, live};
pub use rows::{insert, insert_alone};
