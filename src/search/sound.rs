//! How words sound: toneless pinyin, sounds folded that many speakers mix, initials.

use pinyin::{ToPinyin, ToPinyinMulti};

use super::normalize::is_han;

/// Readings kept of one word that has characters with several.
const READINGS: usize = 4;

fn plain(sound: &str) -> String {
    sound.chars().map(|c| if c == 'ü' || c == 'v' { 'u' } else { c }).filter(char::is_ascii_lowercase).collect()
}

/// Appends the letters of one character: its pinyin, or itself where it is a letter or digit.
pub fn push_letters(out: &mut String, c: char) {
    if is_han(c) {
        match c.to_pinyin() {
            Some(p) => out.extend(p.plain().chars().map(|c| if c == 'ü' { 'u' } else { c }).filter(char::is_ascii)),
            None => out.push(c),
        }
    } else {
        out.push(if c == 'v' { 'u' } else { c });
    }
}

/// All readings of a word as joined letters with initials, the common one first; at most [`READINGS`].
pub fn readings(word: &str) -> Vec<(String, String)> {
    let mut all = vec![(String::new(), String::new())];
    for c in word.chars() {
        let mut sounds: Vec<String> = Vec::new();
        if let Some(multi) = c.to_pinyin_multi() {
            for sound in multi.into_iter().take(3).map(|p| plain(p.plain())) {
                if !sound.is_empty() && !sounds.contains(&sound) {
                    sounds.push(sound);
                }
            }
        }
        if sounds.is_empty() {
            sounds.push(c.to_string());
        }
        let mut next = Vec::new();
        for sound in &sounds {
            for (letters, initials) in &all {
                let first: String = sound.chars().take(1).collect();
                next.push((format!("{letters}{sound}"), format!("{initials}{first}")));
            }
        }
        next.truncate(READINGS);
        all = next;
    }
    all
}

/// Folds the sounds that speakers around the Yangtze mix: zh/z ch/c sh/s, -ng/-n, n-/l-.
/// A pure function of the letters, so both sides of a comparison fold alike.
pub fn fold(letters: &str) -> String {
    let mut out: Vec<u8> = Vec::with_capacity(letters.len());
    for byte in letters.bytes() {
        match (out.last(), byte) {
            (Some(b'z' | b'c' | b's'), b'h') | (Some(b'n'), b'g') => {}
            _ => out.push(byte),
        }
    }
    for at in 0..out.len() {
        if out[at] == b'n' && matches!(out.get(at + 1), Some(b'a' | b'e' | b'i' | b'o' | b'u')) {
            out[at] = b'l';
        }
    }
    String::from_utf8(out).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sounds_that_are_mixed_fold_alike() {
        for (a, b) in [("pingguo", "pinguo"), ("zhima", "zima"), ("niurou", "liurou"), ("yanchuan", "yancuan")] {
            assert_eq!(fold(a), fold(b), "{a} {b}");
        }
        assert_ne!(fold("luochuan"), fold("yichuan"));
        assert_eq!(readings("绿豆")[0].0, "ludou");
    }

    #[test]
    fn a_word_has_all_common_readings() {
        let yanchang: Vec<String> = readings("延长").into_iter().map(|(letters, _)| letters).collect();
        assert!(yanchang.contains(&"yanchang".to_owned()), "{yanchang:?}");
    }
}
