//! Asking for less, one piece at a time, until something is found; every step is said.

use super::{
    bits::Bits,
    label,
    quantity::Quantity,
    query::{Alternative, Ask, Item},
    solve::{Solver, note},
    thesaurus::thesaurus,
};

/// Order in which pieces are given up; certificates and schemes never are.
fn rank(ask: &Ask) -> Option<usize> {
    Some(match ask {
        Ask::Unknown => 0,
        Ask::Quantity(Quantity::Pieces(..) | Quantity::Packs(_) | Quantity::Volume(_) | Quantity::Order) => 1,
        Ask::Quantity(Quantity::Diameter(..)) => 2,
        Ask::Intent(_) => 3,
        Ask::Quantity(Quantity::Weight(..)) => 4,
        Ask::Quantity(Quantity::Price(..)) => 5,
        Ask::Grade(_) => 6,
        Ask::Season => 7,
        Ask::Place(_) => 8,
        Ask::Goods(_) | Ask::Cert(_) | Ask::Scheme(_) | Ask::Soft(_) | Ask::Nothing | Ask::Order(_) => return None,
    })
}

impl Solver<'_> {
    /// Products for less than all that was asked for; empty where nothing can be given up honestly.
    pub(super) fn relax(&mut self) -> Bits {
        let none = Bits::none(self.index.slots);
        if self.is_wholly_unknown() {
            self.say_unknown();
            return none;
        }
        if !self.place_has_goods()
            && let Some(found) = self.swap_place()
        {
            return found;
        }
        let mut pieces: Vec<usize> =
            (0..self.asked.len()).filter(|at| rank(&self.asked[*at].item.ask).is_some()).collect();
        pieces.sort_by_key(|at| rank(&self.asked[*at].item.ask));
        for at in pieces.iter().copied() {
            let found = self.all_but(|other| other == at);
            if !found.is_empty() {
                return self.give_up(&[at], found);
            }
        }
        for few in 2..=pieces.len() {
            let found = self.all_but(|other| pieces[..few].contains(&other));
            if !found.is_empty() {
                return self.give_up(&pieces[..few], found);
            }
        }
        if self.is_certified() {
            self.say_uncertified(&pieces);
            return none;
        }
        self.any_goods(&pieces)
    }

    fn is_wholly_unknown(&self) -> bool {
        let mut required = self.asked.iter().filter(|a| a.set.is_some()).peekable();
        self.asked.is_empty() || (required.peek().is_some() && required.all(|a| a.item.ask == Ask::Unknown))
    }

    /// The place has the goods, if not as they were asked for: no reason to look at another.
    fn place_has_goods(&self) -> bool {
        let names = |at: usize| matches!(self.asked[at].item.ask, Ask::Place(_) | Ask::Goods(_));
        !self.all_but(|at| !names(at)).is_empty()
    }

    fn is_certified(&self) -> bool {
        self.asked.iter().any(|a| matches!(a.item.ask, Ask::Cert(_) | Ask::Scheme(_)))
    }

    fn say_unknown(&mut self) {
        let typed: Vec<&str> = self.asked.iter().map(|a| a.item.source.as_str()).collect();
        let typed = typed.join(" ");
        if typed.is_empty() {
            return self.notes.push(note(
                "这里没有可找的字。换个说法，或从类别和县区看起。".into(),
                "There is no word here to look for. Try other words, or start from a category or county.".into(),
            ));
        }
        self.notes.push(note(
            format!("没有找到“{typed}”。换个说法，或从类别和县区看起。"),
            format!("Nothing found for “{typed}”. Try other words, or start from a category or county."),
        ));
    }

    fn say_uncertified(&mut self, pieces: &[usize]) {
        let names: Vec<(&str, &str)> = self.asked.iter().filter_map(|a| certificate(&a.item)).collect();
        let (zh, en) = names.first().copied().unwrap_or_default();
        let certified = |at: usize| certificate(&self.asked[at].item).is_some();
        let rest = self.all_but(|at| certified(at) || pieces.contains(&at)).count();
        self.notes.push(note(
            format!("目前没有商品持有有效的“{zh}”凭证，我们不拿别的充数。不限凭证有 {rest} 种可看。"),
            format!("No product holds a valid “{en}” mark now, and we show nothing in its place. Without it there are {rest}."),
        ));
        let others = self.asked.iter().filter(|a| certificate(&a.item).is_none() && a.item.ask != Ask::Nothing);
        let text = others.map(|a| a.item.source.as_str()).collect::<Vec<_>>().join(" ");
        if !text.is_empty() {
            self.corrections.push(text);
        }
    }

    /// A place whose neighbour by name has all the rest is offered, never put in its place silently.
    fn swap_place(&mut self) -> Option<Bits> {
        let at = self.asked.iter().position(|a| matches!(a.item.ask, Ask::Place(_)))?;
        let Ask::Place(words) = &self.asked[at].item.ask else { return None };
        let typed = words[0].text.clone();
        for other in thesaurus().mixups(&typed) {
            let word = [Alternative { text: other.to_owned(), weight: 900 }];
            let item = Item { ask: Ask::Place(word.to_vec()), ..self.asked[at].item.clone() };
            let asked = self.ask(item);
            let mut found = self.all_but(|o| o == at);
            if let Some(set) = &asked.set {
                found.and(set.words());
            }
            if !found.is_empty() {
                let text = self.asked.iter().enumerate().map(|(o, a)| if o == at { other } else { &a.item.source });
                self.corrections.push(text.collect::<Vec<_>>().join(" "));
                self.notes.push(note(
                    format!("“{typed}”没有这样的商品，以下是{other}的。两地名字相近，请看清产地。"),
                    format!(
                        "Nothing like this from {typed}; these are from {other}. The names are alike: mind the origin."
                    ),
                ));
                self.asked[at] = asked;
                return Some(found);
            }
        }
        None
    }

    /// Gives up pieces, says so, and keeps as near as it can: another weight instead of none.
    fn give_up(&mut self, pieces: &[usize], mut found: Bits) -> Bits {
        for at in pieces.iter().copied() {
            let item = self.asked[at].item.clone();
            let wanted = match &item.ask {
                Ask::Quantity(quantity) => *quantity,
                _ => {
                    self.say_dropped(&item);
                    self.forget(at);
                    continue;
                }
            };
            match self.index.columns.nearest(wanted, &self.closest(&found)) {
                Some(nearest) => {
                    let ask = Ask::Quantity(nearest);
                    let near = self.index.columns.products(nearest);
                    found.and(near.words());
                    let ((zh, en), (near_zh, near_en)) = (label::quantity(wanted), label::quantity(nearest));
                    self.notes.push(note(
                        format!("没有 {zh} 装，看看 {near_zh} 装。"),
                        format!("There is none of {en}; here is {near_en}."),
                    ));
                    self.asked[at].item.ask = ask;
                    self.asked[at].set = Some(near);
                }
                None => {
                    let least = self.index.least_price(&found);
                    let (zh, en) = label::quantity(wanted);
                    self.notes.push(match wanted {
                        Quantity::Price(..) => note(
                            format!("没有{zh}的，这些从 {} 元起。", least / 100),
                            format!("There is none at {en}; these begin at ¥{}.", least / 100),
                        ),
                        _ => note(
                            format!("没有 {zh} 的，先看看别的规格。"),
                            format!("There is none of {en}; other specs instead."),
                        ),
                    });
                    self.forget(at);
                }
            }
        }
        found
    }

    /// Of a set those that fit the words best: a neighbouring size of the goods, not of a set that has some.
    fn closest(&self, found: &Bits) -> Bits {
        let mut scores = vec![0_u32; self.index.slots];
        let goods = self.asked.iter().filter(|a| matches!(a.item.ask, Ask::Goods(_)));
        goods.filter_map(|a| a.concept.as_ref()).for_each(|c| c.score(found, 1000, &mut scores));
        let mut best = 0;
        found.each(|p| best = best.max(scores[p as usize]));
        let mut closest = Bits::none(self.index.slots);
        found.each(|p| {
            if scores[p as usize] == best {
                closest.add(p);
            }
        });
        closest
    }

    fn say_dropped(&mut self, item: &Item) {
        let typed = &item.source;
        self.notes.push(match &item.ask {
            Ask::Season => note(
                "这样的商品现在不当季，可看上市时间或预订。".into(),
                "Not in season now; see when it comes, or order ahead.".into(),
            ),
            Ask::Place(_) => note(
                format!("{typed}没有这样的商品，看看别的县。"),
                format!("Nothing like this from {typed}; other counties instead."),
            ),
            _ => note(
                format!("没有“{typed}”，已按其余的词找。"),
                format!("Nothing for “{typed}”; the other words were searched."),
            ),
        });
    }

    fn forget(&mut self, at: usize) {
        self.asked[at].set = None;
        self.asked[at].concept = None;
        self.asked[at].item.ask = Ask::Nothing;
    }

    /// No product has all goods that were named: those that have any of them.
    fn any_goods(&mut self, pieces: &[usize]) -> Bits {
        let mut found = Bits::none(self.index.slots);
        let goods = self.asked.iter().filter(|a| matches!(a.item.ask, Ask::Goods(_)));
        goods.filter_map(|a| a.set.as_ref()).for_each(|set| found.or(set.words()));
        if found.is_empty() {
            self.say_unknown();
            return found;
        }
        self.notes.push(note(
            "没有一种商品同时符合这些词，分别列出。".into(),
            "No product fits all of these words; each on its own instead.".into(),
        ));
        for at in pieces.iter().copied() {
            let narrowed = self.asked[at].set.as_ref().map(|set| {
                let mut both = found.clone();
                both.and(set.words());
                both
            });
            match narrowed.filter(|both| !both.is_empty()) {
                Some(both) => found = both,
                None => self.forget(at),
            }
        }
        found
    }
}

fn certificate(item: &Item) -> Option<(&'static str, &'static str)> {
    match &item.ask {
        Ask::Cert(kind) => Some(label::cert(kind)),
        Ask::Scheme(part) => Some(label::scheme(part)),
        _ => None,
    }
}
