//! Numbers in a text, in digits or Chinese numerals, in thousandths.

/// A number and where it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number {
    /// In thousandths: 2.5 is 2500.
    pub milli: i64,
    /// First character behind it.
    pub end: usize,
    /// Written in digits.
    pub digits: bool,
}

/// Largest number that a query may name.
const LARGEST: i64 = 100_000_000;

/// The number that begins at `at`.
pub fn read(chars: &[char], at: usize) -> Option<Number> {
    match chars.get(at)? {
        c if c.is_ascii_digit() => digits(chars, at),
        _ => numerals(chars, at),
    }
}

fn digits(chars: &[char], at: usize) -> Option<Number> {
    let mut end = at;
    let mut milli: i64 = 0;
    while let Some(d) = chars.get(end).and_then(|c| c.to_digit(10)).filter(|_| chars[end].is_ascii()) {
        milli = (milli * 10 + i64::from(d) * 1000).min(LARGEST * 1000);
        end += 1;
    }
    if chars.get(end) == Some(&'.') && chars.get(end + 1).is_some_and(char::is_ascii_digit) {
        end += 1;
        let mut unit = 100;
        while let Some(d) = chars.get(end).filter(|c| c.is_ascii()).and_then(|c| c.to_digit(10)) {
            milli += i64::from(d) * unit;
            unit /= 10;
            end += 1;
        }
    }
    (milli <= LARGEST * 1000).then_some(Number { milli, end, digits: true })
}

fn numerals(chars: &[char], at: usize) -> Option<Number> {
    if chars[at] == '半' {
        return Some(Number { milli: 500, end: at + 1, digits: false });
    }
    let (mut total, mut digit, mut end) = (0_i64, None, at);
    while let Some(c) = chars.get(end).filter(|_| end < at + 9) {
        match (digit_of(*c), power_of(*c)) {
            (Some(d), _) if digit.is_none() => digit = Some(d),
            (_, Some(power)) => {
                total += digit.take().unwrap_or(1) * power;
            }
            _ => break,
        }
        end += 1;
    }
    (end > at).then_some(Number { milli: (total + digit.unwrap_or(0)) * 1000, end, digits: false })
}

fn digit_of(c: char) -> Option<i64> {
    "零一二三四五六七八九".chars().position(|d| d == c).or((c == '两').then_some(2)).and_then(|d| i64::try_from(d).ok())
}

fn power_of(c: char) -> Option<i64> {
    match c {
        '十' => Some(10),
        '百' => Some(100),
        '千' => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_both_scripts() {
        for (text, milli) in [
            ("2.5kg", 2500),
            ("十斤", 10_000),
            ("二十五枚", 25_000),
            ("半斤", 500),
            ("两百块", 200_000),
            ("12枚", 12_000),
            ("一百二十", 120_000),
        ] {
            let chars: Vec<char> = text.chars().collect();
            assert_eq!(read(&chars, 0).map(|n| n.milli), Some(milli), "{text}");
        }
        assert_eq!(read(&['苹'], 0), None);
    }
}
