//! Attacks by form: spellings of a token, things around it, and whitespace around the scheme.

use flagward::auth::Refused;
use serde_json::json;

use crate::attacks_kit::{Attack, IDP, Key, claims, claims_with, encode};

const BASE64URL: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// All of them. `good` is a token that is good, and was used before.
pub(crate) fn attacks(good: &str) -> Vec<Attack> {
    let tables = [spellings(good), unusual(good), shapes(good), schemes(good), several(good)];
    tables.into_iter().flatten().collect()
}

/// Spellings of a good token that decode to the same bytes somewhere.
fn spellings(good: &str) -> Vec<Attack> {
    let (header, rest) = good.split_once('.').unwrap();
    let (start, last) = good.split_at(good.len() - 1);
    // 32 bytes of signature leave two bits of the last character free.
    let twin = BASE64URL.chars().nth(BASE64URL.find(last).unwrap() ^ 1).unwrap();
    let standard = |number: &u32| {
        let mut claims = claims(IDP);
        claims["sub"] = json!(format!("mallory-{number}"));
        let token = Key::idp().token(&claims);
        let signature = token.rsplit_once('.').unwrap().1.to_owned();
        (token, signature)
    };
    let (url, signature) =
        (0..1_000).map(|n| standard(&n)).find(|(_, s)| s.contains('-') && s.contains('_')).unwrap();
    let plus = url.replace(&signature, &signature.replace('-', "+").replace('_', "/"));
    [
        ("padding at the end", format!("{good}="), Refused::Malformed),
        ("two characters of padding", format!("{good}=="), Refused::Malformed),
        ("padding of the header", format!("{header}=.{rest}"), Refused::Scheme),
        ("bits left over", format!("{start}{twin}"), Refused::Malformed),
        ("one byte more", format!("{good}A"), Refused::Signature),
        ("the standard alphabet", plus, Refused::Malformed),
        ("a space inside", format!("{header} .{rest}"), Refused::Scheme),
        ("a tab inside", format!("{header}\t.{rest}"), Refused::Scheme),
        ("a space in the claims", good.replacen(".e", ". e", 1), Refused::Scheme),
        ("percent-encoded", good.replace('.', "%2E"), Refused::Scheme),
        ("a tilde", good.replacen('e', "~", 1), Refused::Malformed),
        ("a dot at the end", format!("{good}."), Refused::Malformed),
        ("a dot before", format!(".{good}"), Refused::Malformed),
        ("two tokens in one", format!("{good}.{good}"), Refused::Malformed),
        ("nothing but dots", "..".to_owned(), Refused::Malformed),
        ("letters only", "abc".to_owned(), Refused::Malformed),
    ]
    .map(|(what, token, refused)| Attack::token(what, &token, refused))
    .into()
}

/// Signed by the right key, but asking for what changes the meaning of a token.
fn unusual(good: &str) -> Vec<Attack> {
    let body = claims(IDP).to_string();
    let mut all = Vec::new();
    for member in [
        r#""crit":["exp"]"#,
        r#""crit":[]"#,
        r#""crit":["b64"],"b64":false"#,
        r#""b64":true"#,
        r#""zip":"DEF""#,
        r#""zip":"GZIP""#,
        r#""zip":null"#,
        r#""cty":"JWT""#,
        r#""enc":"A128GCM""#,
        r#""typ":"logout+jwt""#,
        r#""typ":"dpop+jwt""#,
        r#""typ":"JWE""#,
        r#""typ":null"#,
    ] {
        let token = Key::idp().sign(&format!(r#"{{"alg":"HS256",{member}}}"#), &body);
        all.push(Attack::token(format!("the header has {member}"), &token, Refused::Unsupported));
    }
    let nested = Key::idp().sign(r#"{"alg":"HS256","cty":"JWT"}"#, good);
    all.push(Attack::token("nested, and says so", &nested, Refused::Unsupported));
    let jwe = encode(br#"{"alg":"dir","enc":"A128GCM"}"#);
    all.push(Attack::token("encrypted", &format!("{jwe}..AAAA.AAAA.AAAA"), Refused::Unsupported));
    all.push(Attack::token("five parts", &format!("{good}.AAAA.AAAA"), Refused::Unsupported));
    all
}

/// What is no object of claims, or no token at all.
fn shapes(good: &str) -> Vec<Attack> {
    let (key, header, body) = (Key::idp(), r#"{"alg":"HS256"}"#, claims(IDP).to_string());
    let mut all = Vec::new();
    let deep = claims_with("deep", &format!("{}{}", "[".repeat(200), "]".repeat(200)));
    for (what, claims) in [
        ("nested", good.to_owned()),
        ("nested as text", format!("\"{good}\"")),
        ("a list of claims", format!("[{body}]")),
        ("two objects", format!("{body}{body}")),
        ("a comma at the end", format!("{},}}", body.trim_end_matches('}'))),
        ("a comment", format!("{body}//")),
        ("a byte order mark", format!("\u{feff}{body}")),
        ("nested too deeply", deep),
        ("empty", String::new()),
    ] {
        let token = key.sign(header, &claims);
        all.push(Attack::token(format!("claims: {what}"), &token, Refused::Malformed));
    }
    let gzip =
        b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab\xae\x05\x00\x43\xbf\xa6\xa3\x02\0\0\0";
    for (what, bytes) in [("compressed", &gzip[..]), ("no UTF-8", b"{\"iss\":\"\xff\"}")] {
        let token = key.sign_bytes(header.as_bytes(), bytes);
        all.push(Attack::token(format!("claims: {what}"), &token, Refused::Malformed));
    }
    for parts in [1, 3] {
        let token = format!("{good}{}", ".AAAA".repeat(parts));
        all.push(Attack::token(format!("{} parts", 3 + parts), &token, Refused::Malformed));
    }
    let json = json!({"payload": encode(body.as_bytes()), "signatures": []}).to_string();
    all.push(Attack::token("as a JSON object", &json, Refused::Scheme));
    for length in [7_000, 50_000, 90_000] {
        let token = key.sign(header, &claims_with("long", &json!("x".repeat(length)).to_string()));
        all.push(Attack::token(format!("{} bytes", token.len()), &token, Refused::TooLong));
    }
    all
}

/// A good token in a header that is none.
fn schemes(good: &str) -> Vec<Attack> {
    let mut all: Vec<_> = [
        String::new(),
        "Bearer".to_owned(),
        "bearer ".to_owned(),
        format!("Bearer\t{good}"),
        format!("Bearer \t{good}"),
        format!("Bearer\t {good}"),
        format!("Bearer:{good}"),
        format!("Bearer: {good}"),
        format!("Bearer={good}"),
        format!("Bearer, {good}"),
        format!("Bearer token={good}"),
        format!("Bearer \"{good}\""),
        format!("Bearer <{good}>"),
        format!("Bearer Bearer {good}"),
        format!("Bearer {good} {good}"),
        format!("Bearer {good},{good}"),
        format!("Bearer {good}, Bearer {good}"),
        format!("Bearer {good};"),
        format!("Basic YTpi, Bearer {good}"),
        format!("Basic {good}"),
        format!("Digest {good}"),
        format!("DPoP {good}"),
        format!("JWT {good}"),
        format!("Token {good}"),
    ]
    .iter()
    .map(|value| Attack::header(shown(value, good), value, Refused::Scheme))
    .collect();
    for space in ['\u{a0}', '\u{2003}', '\u{3000}', '\u{200b}', '\u{feff}'] {
        for value in [format!("Bearer{space}{good}"), format!("{space}Bearer {good}")] {
            all.push(Attack::header(shown(&value, good), &value, Refused::Malformed));
        }
    }
    let bare = Attack::header("a bare token", good, Refused::Scheme);
    all.push(Attack { drop_in: None, ..bare });
    // On the drop-in that is a bare token, and none that anybody made.
    let one_word = Attack::header("one word", &format!("Bearer{good}"), Refused::Scheme);
    all.push(Attack { drop_in: Some(Refused::Malformed), ..one_word });
    for key in ["api-00000000-0000-4000-8000-000000000000", "sdk-1", "mob-1", "Bearer api-1"] {
        all.push(Attack::header(key, key, Refused::LaunchDarklyKey));
    }
    all
}

fn shown(value: &str, good: &str) -> String {
    format!("the header {:?}", value.replace(good, "…"))
}

/// More than one header, and headers that are not the one.
fn several(good: &str) -> Vec<Attack> {
    let good = &*format!("Bearer {good}");
    let name = "Authorization";
    let several = [
        ("the same twice", vec![(name, good), (name, good)]),
        ("in two spellings", vec![(name, good), ("authorization", good)]),
        ("a good and a bad one", vec![(name, good), (name, "Bearer a.b.c")]),
        ("a bad and a good one", vec![(name, "Bearer a.b.c"), (name, good)]),
        ("an empty and a good one", vec![(name, ""), (name, good)]),
        ("three", vec![(name, good), (name, good), (name, good)]),
    ];
    let elsewhere = [
        ("no header", vec![]),
        ("the proxy's header", vec![("Proxy-Authorization", good)]),
        ("another's header", vec![("X-Authorization", good), ("X-Forwarded-Authorization", good)]),
        ("an underscore", vec![("Authorization_", good)]),
        ("a cookie", vec![("Cookie", good)]),
    ];
    let several = several.map(|(what, h)| Attack::headers(what, &h, Refused::SeveralHeaders));
    let elsewhere = elsewhere.map(|(what, h)| Attack::headers(what, &h, Refused::NoToken));
    several.into_iter().chain(elsewhere).collect()
}
