//! Values as they are typed: JSON as it is spelled, or a text.

use crate::domain::{Json, JsonFault};

use super::fault::{Doubt, shown};
use super::lexer::mended;
use super::spell;
use super::unseen::{as_seen, code_point, first_invisible};
use super::word::{Spelling, Word, straightened};

/// Whether someone wants no value at all.
pub(super) fn is_null(word: &Word) -> bool {
    word.spelling == Spelling::Bare && word.content == "null"
}

/// A value; never null.
pub(super) fn value(word: &Word) -> Result<Json, Doubt> {
    let content = &word.content;
    if let Some(c) = first_invisible(content) {
        let detail = format!("the value has a character that is not seen ({})", code_point(c));
        return Err(Doubt::new(detail, unseen_instead(word)));
    }
    if word.has_doubtful_quotes() && !content.starts_with(['{', '[']) {
        let text = word.text()?;
        return Err(word.doubtful_quotes(&text));
    }
    match word.spelling {
        Spelling::Bare => bare(content),
        Spelling::Double => json(&format!("\"{content}\"")).map_err(|_fault| word.bad_escape()),
        Spelling::Single if Json::parse(content).is_ok() => {
            let detail = format!("{} in single quotes may be JSON or a text", shown(content));
            Err(Doubt::new(detail, vec![content.clone(), spell::quoted(content)]))
        }
        Spelling::Single => text(content),
        Spelling::Structure if word.curly && content.contains(super::word::is_curly) => {
            let detail = "the JSON has curly quotes, which may be meant or an editor's work";
            Err(Doubt::new(detail, vec![straightened(content), content.clone()]))
        }
        Spelling::Structure => json(content),
    }
}

fn bare(content: &str) -> Result<Json, Doubt> {
    if let Ok(json) = Json::parse(content) {
        return Ok(json);
    }
    if let Some(instead) = may_be_json(content) {
        let detail = format!("{} may be meant as JSON or as a text", shown(content));
        let instead = instead.into_iter().chain([spell::quoted(content)]);
        return Err(Doubt::new(detail, instead.collect()));
    }
    text(content)
}

/// What a bare word that is no JSON may have been meant as; none if it is a text beyond doubt.
fn may_be_json(content: &str) -> Option<Vec<String>> {
    if content.starts_with(['{', '[']) {
        let mended = mended(content, true);
        return Some(vec![mended]);
    }
    if content.len() > 1 && content.starts_with('`') && content.ends_with('`') {
        return Some(vec![content.trim_matches('`').to_owned()]);
    }
    let lower = content.to_ascii_lowercase();
    match lower.as_str() {
        "true" | "on" | "yes" => return Some(vec!["true".to_owned()]),
        "false" | "off" | "no" => return Some(vec!["false".to_owned()]),
        "null" | "none" | "nan" | "infinity" | "-infinity" => return Some(Vec::new()),
        _ => {}
    }
    number(&lower).map(|number| vec![number])
}

/// A number that is not spelled as JSON wants it: `01`, `+1`, `.5`, `1.`, `1,5`, `1_000`, `−1`, `0x10`.
fn number(lower: &str) -> Option<String> {
    let (sign, rest) =
        match lower.strip_prefix("--").or_else(|| lower.strip_prefix(['-', '−', '–', '—'])) {
            Some(rest) => ("-", rest),
            None => ("", lower.strip_prefix('+').unwrap_or(lower)),
        };
    if let Some(digits) = rest.strip_prefix("0x") {
        return u64::from_str_radix(digits, 16).ok().map(|number| format!("{sign}{number}"));
    }
    let rest = rest.replace('_', "").replace(',', ".");
    let whole = rest.trim_start_matches('0');
    let whole = if whole.starts_with(|c: char| c.is_ascii_digit()) {
        whole.to_owned()
    } else {
        format!("0{whole}")
    };
    let whole = whole.strip_suffix('.').unwrap_or(&whole);
    let begins_as_number = rest.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    let number = format!("{sign}{whole}");
    let has_digits = rest.contains(|c: char| c.is_ascii_digit());
    (begins_as_number && has_digits && Json::parse(&number).is_ok()).then_some(number)
}

fn text(content: &str) -> Result<Json, Doubt> {
    // Not by `spell::quoted`: a value is kept to the byte.
    let text = serde_json::to_string(content).unwrap_or_default();
    json(&text)
}

fn json(text: &str) -> Result<Json, Doubt> {
    Json::parse(text).map_err(|fault| match fault {
        JsonFault::Syntax | JsonFault::TooDeep => {
            Doubt::new(format!("the value {fault}"), vec![spell::quoted(text)])
        }
    })
}

/// A value without what nobody sees, and the same with escapes in its place.
fn unseen_instead(word: &Word) -> Vec<String> {
    let escaped: String = word.raw.chars().fold(String::new(), |mut all, c| {
        if first_invisible(c.encode_utf8(&mut [0; 4])).is_some() {
            spell::escape(c, &mut all);
        } else {
            all.push(c);
        }
        all
    });
    let quoted = word.text().map(|text| spell::quoted(&text)).ok();
    let escaped = if word.spelling == Spelling::Structure { Some(escaped) } else { quoted };
    std::iter::once(as_seen(&word.raw)).chain(escaped).collect()
}
