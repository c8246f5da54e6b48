//! The sentences about options and arguments that don't fit their verb, and what may have been meant.

use super::fault::{Fault, shown};
use super::lexer::Token;
use super::options::Opt;
use super::said::{Said, Trouble, TroubleKind};
use super::spell;
use super::suggest::{Draft, exchanged, nearest_options};
use super::surplus::with_end;
use super::verb::Verb;

/// What is wrong with an option, whatever the verb.
pub(super) fn trouble(tokens: &[Token], trouble: &Trouble, verb: Verb) -> Fault {
    let at = trouble.at;
    let typed = tokens.get(at).map(Token::raw).unwrap_or_default();
    let name = typed.split('=').next().unwrap_or_default();
    let (detail, fixes) = match trouble.kind {
        TroubleKind::Unknown if matches!(name, "--help" | "-h") => {
            let detail = format!("there is no option {}: ask `help` about a verb", shown(name));
            (detail, vec![format!("help {}", verb.name())])
        }
        TroubleKind::Unknown => {
            let detail = format!(
                "there is no option {}; a word that begins with a dash needs quotes",
                shown(name)
            );
            let mut fixes = nearest_options(tokens, at, name, verb);
            if fixes.is_empty() {
                fixes.push(exchanged(tokens, at, |raw| Some(spell::quoted(raw))));
                fixes.push(exchanged(tokens, at, |_| None));
            }
            (detail, fixes)
        }
        TroubleKind::TakesNoValue(option) => {
            let detail = format!("`{}` takes no value", option.name());
            (detail, vec![exchanged(tokens, at, |_| Some(option.name().to_owned()))])
        }
        TroubleKind::NeedsValue(option) => {
            let detail = format!("`{}` needs a value behind it", option.name());
            let filled = |_: &str| Some(format!("{} {}", option.name(), option.example()));
            (detail, vec![exchanged(tokens, at, filled)])
        }
        TroubleKind::OpenNote => {
            ("a note of several words needs quotes".to_owned(), open_note(tokens, at))
        }
    };
    Fault::new(detail, Some(verb), fixes)
}

/// The note in quotes, with all the words behind it, with fewer, and alone.
fn open_note(tokens: &[Token], at: usize) -> Vec<String> {
    let raw = |tokens: &[Token]| tokens.iter().map(Token::raw).collect::<Vec<_>>().join(" ");
    let (before, behind) = tokens.split_at_checked(at).unwrap_or((tokens, &[]));
    let behind = behind.split_first().map_or(behind, |(_, behind)| behind);
    let glued = match tokens.get(at) {
        Some(Token::Dashed(dashed)) => dashed.value.as_ref().map(|word| word.content.clone()),
        Some(Token::Word(_)) | None => None,
    };
    let words: Vec<_> = behind
        .iter()
        .map_while(|token| match token {
            Token::Word(word) => Some(word.content.clone()),
            Token::Dashed(_) => None,
        })
        .collect();
    let ends = [words.len(), words.len().saturating_sub(1), usize::from(glued.is_none())];
    let fix = |end: usize| {
        let note: Vec<_> = glued.iter().chain(words.iter().take(end)).cloned().collect();
        let rest = behind.get(end..).unwrap_or_default();
        let note = format!("--note {}", spell::quoted(&note.join(" ")));
        let parts = [raw(before), note, raw(rest)];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    };
    ends.into_iter().map(fix).collect()
}

/// An option that this verb does not have.
pub(super) fn not_of_verb(said: &Said, option: Opt) -> Fault {
    let having: Vec<_> = Verb::ALL.into_iter().filter(|verb| verb.rule().has(option)).collect();
    let names: Vec<_> = having.iter().map(|verb| format!("`{}`", verb.name())).collect();
    let detail = format!(
        "`{}` has no `{}`; it goes with {}",
        said.verb.name(),
        option.name(),
        names.join(", ")
    );
    let draft = said.draft();
    let without = draft.with_options(|_, other| other != option);
    let value = draft.options.iter().find(|(other, _)| *other == option);
    let value = value.and_then(|(_, value)| value.clone());
    // An end is not simply left out: the override would stay.
    let twin = match option {
        Opt::For => Some((Opt::In, value)),
        Opt::In => Some((Opt::For, value)),
        Opt::At => Some((Opt::For, Some(Opt::For.example().to_owned()))),
        Opt::Project | Opt::Environment | Opt::Never | Opt::Note | Opt::Overridden | Opt::Page => {
            None
        }
    };
    let twin = twin.filter(|(twin, _)| said.verb.rule().has(*twin));
    let fixes = match twin {
        Some((twin, value)) => vec![without.and(twin, value).text()],
        None => std::iter::once(without.text()).chain(without.completed()).collect(),
    };
    Fault::new(detail, Some(said.verb), fixes)
}

/// An option that was given twice.
pub(super) fn twice(said: &Said, option: Opt) -> Fault {
    let draft = said.draft();
    let only = |kept: Option<usize>| {
        draft.with_options(|n, other| other != option || Some(n) == kept).text()
    };
    let of = |n: &usize| said.options.get(*n).is_some_and(|given| given.option == option);
    let places: Vec<_> = (0..said.options.len()).filter(of).collect();
    let fixes = vec![only(places.first().copied()), only(places.last().copied())];
    Fault::new(format!("`{}` was given twice", option.name()), Some(said.verb), fixes)
}

/// None, or more than one, of options of which there must be one.
pub(super) fn not_exactly_one(said: &Said, some: &[Opt], count: usize) -> Fault {
    let names: Vec<_> = some.iter().map(|option| format!("`{}`", option.shown())).collect();
    let names = names.join(" or ");
    let draft = said.draft();
    if count > 1 {
        let given = said.options.iter().filter(|given| some.contains(&given.option));
        let alone = given.map(|given| {
            draft.with_options(|_, other| other == given.option || !some.contains(&other)).text()
        });
        let detail = format!("only one of {names} may be given");
        return Fault::new(detail, Some(said.verb), alone.collect());
    }
    let mut fixes = with_end(&draft, said);
    let each = some.iter().map(|option| {
        let value = Some(option.example().to_owned()).filter(|value| !value.is_empty());
        draft.and(*option, value)
    });
    let each: Vec<_> = each.collect();
    fixes.extend(each.iter().map(Draft::text));
    fixes.extend(each.iter().flat_map(Draft::completed));
    Fault::new(format!("when shall it end? {names}"), Some(said.verb), fixes)
}

/// An argument too few.
pub(super) fn missing(said: &Said) -> Fault {
    let (arguments, given) = (said.verb.rule().arguments, said.arguments.len());
    let missing: Vec<_> = arguments.iter().skip(given).map(|one| one.called()).collect();
    let verb = if missing.len() == 1 { "is" } else { "are" };
    let detail = format!("the {} {verb} missing", missing.join(" and the "));
    let wants_help = said.arguments.iter().any(|word| word.content.eq_ignore_ascii_case("help"));
    let fixes = if wants_help {
        vec![format!("help {}", said.verb.name())]
    } else {
        said.draft().completed()
    };
    Fault::new(detail, Some(said.verb), fixes)
}
