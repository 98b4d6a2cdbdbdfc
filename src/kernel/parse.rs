//! What people type, parsed once at the edge; inner code takes only these types.

use super::{At, Bp, Code, Day, Fen, Grams, Refusal};

/// Longest name, street or note in characters.
const NAME_MAX: usize = 60;

/// Text between 1 and `max` characters after trimming, without control characters.
pub fn text(field: &str, raw: &str, max: usize) -> Result<String, Refusal> {
    let trimmed = raw.trim();
    if trimmed.is_empty() {
        return Err(Refusal::of_field(field, Code::Missing));
    }
    optional_text(field, trimmed, max)
}

/// Text of at most `max` characters after trimming; may be empty. Control characters become blanks.
pub fn optional_text(field: &str, raw: &str, max: usize) -> Result<String, Refusal> {
    let clean: String = raw.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if clean.chars().count() > max {
        return Err(Refusal::of_field(field, Code::TooLong).with("max", max));
    }
    Ok(clean)
}

/// What was parsed, or nothing with its refusal among the faults: a form says all of them at once.
pub fn kept<T: Default>(parsed: Result<T, Refusal>, faults: &mut Vec<Refusal>) -> T {
    parsed.map_err(|refusal| faults.push(refusal)).unwrap_or_default()
}

/// A person's name.
pub fn name(field: &str, raw: &str) -> Result<String, Refusal> {
    text(field, raw, NAME_MAX)
}

/// A whole number between `min` and `max`.
pub fn within(field: &str, n: i64, min: i64, max: i64) -> Result<i64, Refusal> {
    if (min..=max).contains(&n) {
        Ok(n)
    } else {
        Err(Refusal::of_field(field, Code::OutOfRange).with("min", min).with("max", max))
    }
}

/// Yuan as people write them, `12`, `12.3`, `¥1,012.30`: above zero, at most 1,000,000.
pub fn yuan(field: &str, raw: &str) -> Result<Fen, Refusal> {
    let wrong = || Refusal::of_field(field, Code::Malformed).with("example", "12.30");
    let plain: String = raw.trim().trim_start_matches(['¥', '￥']).chars().filter(|c| *c != ',').collect();
    let (whole, part) = plain.split_once('.').unwrap_or((&plain, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(part) || whole.len() > 7 || part.len() > 2 {
        return Err(wrong());
    }
    let whole: i64 = whole.parse().map_err(|_| wrong())?;
    let part: i64 = format!("{part:0<2}").parse().map_err(|_| wrong())?;
    within(field, whole * 100 + part, 1, 100_000_000).map(Fen).map_err(|_| wrong())
}

/// Heaviest thing that is sold, in g.
pub const MOST_GRAMS: i64 = 100_000_000;

/// Kilograms as people write them, `5`, `2.5`, `0.25 kg`: above zero, to the gram.
pub fn kilograms(field: &str, raw: &str) -> Result<Grams, Refusal> {
    let wrong = || Refusal::of_field(field, Code::Malformed).with("example", "2.5");
    let plain = raw.trim().trim_end_matches("kg").trim_end_matches("公斤").trim_end();
    if plain.is_empty() {
        return Err(Refusal::of_field(field, Code::Missing));
    }
    let (whole, part) = plain.split_once('.').unwrap_or((plain, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(part) || whole.len() > 6 || part.len() > 3 {
        return Err(wrong());
    }
    let whole: i64 = whole.parse().map_err(|_| wrong())?;
    let part: i64 = format!("{part:0<3}").parse().map_err(|_| wrong())?;
    within(field, whole * 1000 + part, 1, MOST_GRAMS).map(Grams).map_err(|_| wrong())
}

/// A whole number as it is typed.
pub fn whole(field: &str, raw: &str) -> Result<i64, Refusal> {
    let raw = raw.trim();
    if raw.is_empty() {
        return Err(Refusal::of_field(field, Code::Missing));
    }
    raw.parse().map_err(|_| Refusal::of_field(field, Code::Malformed).with("example", "20"))
}

/// A percentage as people write it, `10`, `12.5%`: above zero, at most 100, two decimals.
pub fn percent(field: &str, raw: &str) -> Result<Bp, Refusal> {
    let wrong = || Refusal::of_field(field, Code::Malformed).with("example", "12.5");
    let plain = raw.trim().trim_end_matches(['%', '％']).trim();
    let Fen(bp) = yuan(field, plain).map_err(|_| wrong())?;
    within(field, bp, 1, 10_000).map(Bp).map_err(|_| wrong())
}

/// A day as `YYYY-MM-DD`.
pub fn day(field: &str, raw: &str) -> Result<Day, Refusal> {
    raw.trim().parse().map_err(|_| Refusal::of_field(field, Code::Malformed).with("example", "2026-11-24"))
}

/// A minute of a clock in Shanghai, as a browser's field sends it: `2026-11-24T15:04`.
pub fn minute(field: &str, raw: &str) -> Result<At, Refusal> {
    let wrong = || Refusal::of_field(field, Code::Malformed).with("example", "2026-11-24T15:04");
    let shaped = raw.len() == 16 && raw.is_ascii();
    At::parse(&format!("{raw}:00+08:00")).filter(|_| shaped).ok_or_else(wrong)
}

/// A mainland mobile number (11 digits from 1), or a landline with area code; blanks and dashes fall out.
pub fn phone(field: &str, raw: &str) -> Result<String, Refusal> {
    let digits: String = raw.chars().filter(|c| !matches!(c, ' ' | '-' | '　' | '(' | ')')).collect();
    let digits = digits.strip_prefix("+86").map_or(digits.clone(), str::to_owned);
    let numeric = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    let mobile = digits.len() == 11 && digits.starts_with('1');
    let landline = (10..=12).contains(&digits.len()) && digits.starts_with('0');
    if numeric && (mobile || landline) {
        Ok(digits)
    } else {
        Err(Refusal::of_field(field, Code::Malformed).with("example", "13800138000"))
    }
}

/// A login: 3 to 40 of letters, digits, `.`, `_`, `-`, `@`, in lower case.
pub fn login(field: &str, raw: &str) -> Result<String, Refusal> {
    let lower = raw.trim().to_ascii_lowercase();
    let good = (3..=40).contains(&lower.len())
        && lower.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'@'));
    if good { Ok(lower) } else { Err(Refusal::of_field(field, Code::Malformed).with("example", "lin.wuxi")) }
}

/// A coupon code as people type it: upper case, 3 to 32 of letters, digits, `-`.
pub fn coupon_code(field: &str, raw: &str) -> Result<String, Refusal> {
    let upper = raw.trim().to_ascii_uppercase();
    let good = (3..=32).contains(&upper.len()) && upper.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if good { Ok(upper) } else { Err(Refusal::of_field(field, Code::Malformed).with("example", "YANXI-10")) }
}

/// A carrier's tracking number: 6 to 40 letters, digits or dashes.
pub fn tracking_no(field: &str, raw: &str) -> Result<String, Refusal> {
    let trimmed = raw.trim().to_ascii_uppercase();
    let good = (6..=40).contains(&trimmed.len()) && trimmed.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if good { Ok(trimmed) } else { Err(Refusal::of_field(field, Code::Malformed).with("example", "ZT0123456789")) }
}

/// A unified social credit code (统一社会信用代码, GB 32100): 18 characters of which the last checks the others.
pub fn credit_code(field: &str, raw: &str) -> Result<String, Refusal> {
    const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
    let code = raw.trim().to_ascii_uppercase();
    let values: Option<Vec<usize>> = code.chars().map(|c| ALPHABET.find(c)).collect();
    let good = values.filter(|values| values.len() == 18).is_some_and(|values| {
        let sum: usize = values.iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
        (31 - sum % 31) % 31 == values[17]
    });
    if good { Ok(code) } else { Err(Refusal::of_field(field, Code::Malformed).with("example", "91350100M000100Y43")) }
}

/// A season day `MM-DD` that exists in a leap year.
pub fn month_day(field: &str, raw: &str) -> Result<String, Refusal> {
    let good = raw.len() == 5 && format!("2024-{raw}").parse::<super::Day>().is_ok();
    if good { Ok(raw.to_owned()) } else { Err(Refusal::of_field(field, Code::Malformed).with("example", "10-10")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_are_taken_as_people_write_them() {
        for raw in ["13800138000", "+86 138-0013-8000", "0911-000-0001", "138 0013 8000"] {
            assert!(phone("phone", raw).is_ok(), "{raw}");
        }
        for raw in ["", "1380013800", "abc", "１３８", "23800138000"] {
            assert!(phone("phone", raw).is_err(), "{raw}");
        }
    }

    #[test]
    fn a_credit_code_is_checked_by_its_last_character() {
        assert!(credit_code("c", " 91350100m000100y43 ").is_ok());
        for raw in ["91350100M000100Y44", "91350100M000100Y4", "DEMO-COOP-01", "", "91350100I000100Y43"] {
            assert!(credit_code("c", raw).is_err(), "{raw}");
        }
    }

    #[test]
    fn yuan_are_read_without_floating_point() {
        let fen = |raw: &str| yuan("price", raw).map(|fen| fen.0).ok();
        assert_eq!(["12", "12.3", " ¥1,012.30 ", "0.01"].map(fen), [Some(1200), Some(1230), Some(101_230), Some(1)]);
        for raw in ["", "0", "-1", "1.234", "1e3", ".5", "1.", "99999999", "十"] {
            assert_eq!(fen(raw), None, "{raw}");
        }
    }

    #[test]
    fn weights_are_read_to_the_gram() {
        let grams = |raw: &str| kilograms("net", raw).map(|grams| grams.0).ok();
        assert_eq!(["5", " 2.5 kg", "0.25", "1.001公斤"].map(grams), [Some(5000), Some(2500), Some(250), Some(1001)]);
        for raw in ["", "0", "-1", "1.0001", "2,5", "1e3", ".5", "5斤"] {
            assert_eq!(grams(raw), None, "{raw}");
        }
    }

    #[test]
    fn percentages_days_and_minutes_are_read_as_forms_send_them() {
        let bp = |raw: &str| percent("percent", raw).map(|bp| bp.0).ok();
        assert_eq!(["10", "12.5%", " 100 % ", "0.01"].map(bp), [Some(1000), Some(1250), Some(10_000), Some(1)]);
        for raw in ["", "0", "100.01", "-5", "ten"] {
            assert_eq!(bp(raw), None, "{raw}");
        }
        assert_eq!(day("from", " 2026-11-24 ").unwrap().to_string(), "2026-11-24");
        assert!(day("from", "24.11.2026").is_err());
        assert_eq!(minute("at", "2026-11-24T15:04").unwrap().rfc3339(), "2026-11-24T15:04:00+08:00");
        for raw in ["", "2026-11-24 25:04", "2026-11-24T15:04:05", "2026-02-30T00:00"] {
            assert!(minute("at", raw).is_err(), "{raw}");
        }
    }

    #[test]
    fn names_and_numbers_have_their_length_and_their_letters() {
        let logins = ["abc", " Lin.Wuxi@x ", &"a".repeat(40)];
        assert!(logins.iter().all(|raw| login("login", raw).is_ok()));
        assert_eq!(login("login", " Lin.Wuxi ").unwrap(), "lin.wuxi");
        for raw in ["ab", &"a".repeat(41), "lin wuxi", "林无锡", "lin/wuxi"] {
            assert!(login("login", raw).is_err(), "{raw}");
        }
        assert_eq!(coupon_code("code", " yanxi-10 ").unwrap(), "YANXI-10");
        for raw in ["AB", &"A".repeat(33), "YANXI 10", "YANXI_10"] {
            assert!(coupon_code("code", raw).is_err(), "{raw}");
        }
        assert_eq!(tracking_no("no", " zt-0001 ").unwrap(), "ZT-0001");
        for raw in ["ZT001", &"A".repeat(41), "ZT 0001", "ZT_0001"] {
            assert!(tracking_no("no", raw).is_err(), "{raw}");
        }
        assert_eq!(["20", " -3 "].map(|raw| whole("qty", raw).unwrap()), [20, -3]);
        assert_eq!(whole("qty", " ").unwrap_err().code, Code::Missing);
        assert_eq!(whole("qty", "2.5").unwrap_err().code, Code::Malformed);
    }

    #[test]
    fn control_characters_and_length_are_tamed() {
        assert_eq!(text("name", " 王\u{0}某\n ", 10).unwrap(), "王 某");
        assert_eq!(text("name", &"长".repeat(11), 10).unwrap_err().code, Code::TooLong);
        assert_eq!(month_day("season", "02-30").unwrap_err().code, Code::Malformed);
        assert!(month_day("season", "02-29").is_ok());
    }
}
