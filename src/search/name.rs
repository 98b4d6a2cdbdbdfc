//! A product's name read as the trade reads it: where it is from, what it is, how it is packed.

use super::{
    normalize,
    normalize::is_han,
    thesaurus::{Kind, Thesaurus},
};

/// Longest known word in characters.
pub const WORD_MAX: usize = 8;
/// Names of packs: what goods are only where a name says nothing else.
const PACKS: [&str; 4] = ["礼盒", "套装", "慰问包", "礼品"];

/// What a name says.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Name {
    /// What the goods are: `狗头枣` of 延川狗头枣一级500g.
    pub head: Option<String>,
    /// The name without what stands in brackets.
    pub main: String,
    /// What stands in brackets: parts of a set, another name.
    pub aside: String,
    /// Runs of Chinese characters in the main part.
    pub runs: Vec<String>,
    /// Pieces of the runs that no known word covers.
    pub cores: Vec<String>,
}

/// Reads a name; `place` tells the names of counties and the like.
pub fn read(name: &str, words: &Thesaurus, place: impl Fn(&str) -> bool) -> Name {
    let (main, aside) = split_brackets(&normalize(name));
    let runs: Vec<String> = main.split(|c| !is_han(c)).filter(|r| !r.is_empty()).map(str::to_owned).collect();
    let mut nouns = Vec::new();
    let mut cores = Vec::new();
    for run in &runs {
        let mut core = String::new();
        let mut rest = run.as_str();
        while let Some(first) = rest.chars().next() {
            let Some(word) = longest(rest, words, &place) else {
                core.push(first);
                rest = &rest[first.len_utf8()..];
                continue;
            };
            keep(&mut cores, &mut core);
            rest = &rest[word.len()..];
            if words.names_goods(word) {
                nouns.push(word.to_owned());
            }
        }
        keep(&mut cores, &mut core);
    }
    let goods = nouns.iter().rev().find(|n| !PACKS.contains(&n.as_str()));
    let head = goods.or(nouns.last()).or(cores.last()).cloned();
    Name { head, main, aside, runs, cores }
}

fn keep(cores: &mut Vec<String>, core: &mut String) {
    let piece = std::mem::take(core);
    if (2..=6).contains(&piece.chars().count()) {
        cores.push(piece);
    }
}

/// The longest known word or place that `text` begins with.
fn longest<'a>(text: &'a str, words: &Thesaurus, place: &impl Fn(&str) -> bool) -> Option<&'a str> {
    let ends: Vec<usize> = text.char_indices().take(WORD_MAX).map(|(at, c)| at + c.len_utf8()).collect();
    let counts = |word: &str| words.is_noun(word) || words.word(word).is_some_and(|w| w.kind != Kind::Stop);
    ends.iter().rev().map(|end| &text[..*end]).find(|word| place(word) || counts(word))
}

fn split_brackets(name: &str) -> (String, String) {
    let (mut main, mut aside) = (String::new(), String::new());
    let mut depth = 0_u32;
    for c in name.chars() {
        match c {
            '(' | '[' | '【' => depth += 1,
            ')' | ']' | '】' => depth = depth.saturating_sub(1),
            c if depth > 0 => aside.push(c),
            c => main.push(c),
        }
        if matches!(c, '(' | ')' | '[' | ']' | '【' | '】') {
            main.push(' ');
            aside.push(' ');
        }
    }
    (main, aside)
}

#[cfg(test)]
mod tests {
    use super::{super::thesaurus::thesaurus, *};

    #[test]
    fn the_head_is_what_the_goods_are() {
        let place = |w: &str| ["洛川", "延川", "安塞", "志丹"].contains(&w);
        for (name, head) in [
            ("洛川红富士85mm礼盒12枚", "红富士"),
            ("延川红枣酱300g", "红枣酱"),
            ("枣夹核桃250g", "枣夹核桃"),
            ("延锡情礼盒（苹果+狗头枣+小米）", "延锡情"),
            ("安塞小米真空500g×6礼盒", "小米"),
            ("我在延川有棵苹果树", "苹果树"),
            ("志丹荞麦面2.5kg", "荞麦面"),
        ] {
            let read = read(name, thesaurus(), place);
            assert_eq!(read.head.as_deref(), Some(head), "{name}");
        }
    }
}
