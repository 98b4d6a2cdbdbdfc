//! The parts of the frame that every page shows alike. Each is a template of its own, so that it is compiled once;
//! a page's template, which takes all of what it extends into itself, only calls them.

use askama::Template;

use super::{desk::Desk, view::Layout};

macro_rules! parts {
    ($($(#[$doc:meta])* $name:ident $method:ident = $path:literal;)*) => { $(
        $(#[$doc])*
        #[derive(Template)]
        #[template(path = $path)]
        pub struct $name<'a> {
            layout: &'a Layout,
        }
    )*

        impl Layout {
            $($(#[$doc])*
            pub fn $method(&self) -> $name<'_> {
                $name { layout: self }
            })*
        }
    };
}

parts! {
    /// What a page tells the browser of itself.
    Head head = "_frame/head.html";
    /// The way past the frame, and that a demonstration is one.
    Top top = "_frame/top.html";
    /// The shop's head: navigation and search.
    Header header = "_frame/header.html";
    /// The shop's foot.
    Footer footer = "_frame/footer.html";
    /// The shop's tabs on a small screen.
    Tabs tabs = "_frame/tabs.html";
}

/// The side list of a desk.
#[derive(Template)]
#[template(path = "_frame/side.html")]
pub struct Side<'a> {
    layout: &'a Layout,
    desk: &'a Desk,
}

impl Desk {
    /// Its pages and who works here.
    pub fn side<'a>(&'a self, layout: &'a Layout) -> Side<'a> {
        Side { layout, desk: self }
    }
}
