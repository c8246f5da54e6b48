//! Attacks on what vouches for a token: its algorithm, its key and its signature.

use flagward::auth::Refused;
use jsonwebtoken::Algorithm;
use serde_json::json;

use crate::attacks_kit::{Attack, ES, IDP, Key, RS, claims, der, encode, pem};

/// All of them. `bait` is an address of the attacker's, for tokens that want us to fetch a key there.
pub(crate) fn attacks(bait: &str) -> Vec<Attack> {
    let tables = [none(), confusions(), unlisted(), kids(), own_keys(bait), of_others(), changed()];
    tables.into_iter().flatten().collect()
}

fn none() -> Vec<Attack> {
    let claims = claims(IDP).to_string();
    let mut all = Vec::new();
    for spelled in
        ["none", "None", "NONE", "nOnE", " none", "none ", "none\\u0000", "n\\u006fne", "", "null"]
    {
        let header = format!(r#"{{"alg":"{spelled}","typ":"JWT"}}"#);
        let message = format!("{}.{}", encode(header.as_bytes()), encode(claims.as_bytes()));
        let what = |how: &str| format!("the algorithm {spelled:?}, {how}");
        all.push(Attack::token(what("unsigned"), &format!("{message}."), Refused::Algorithm));
        let signed = Key::idp().sign(&header, &claims);
        all.push(Attack::token(what("signed"), &signed, Refused::Algorithm));
        all.push(Attack::token(what("in two parts"), &message, Refused::Malformed));
    }
    for header in ["{}", r#"{"alg":null}"#, r#"{"alg":["HS256"]}"#, r#"{"alg":0}"#, "[]", "null"] {
        let token = Key::idp().sign(header, &claims);
        all.push(Attack::token(format!("the header {header}"), &token, Refused::Malformed));
    }
    all
}

/// The public key of an issuer, which everybody has, taken for a shared secret.
fn confusions() -> Vec<Attack> {
    let mut all = Vec::new();
    for (issuer, name) in [(RS, "rsa.pub"), (ES, "p256.pub")] {
        let file = pem(name);
        let text = String::from_utf8(file.clone()).unwrap();
        let spellings = [
            file.clone(),
            text.trim().as_bytes().to_vec(),
            text.replace('\n', "\r\n").into_bytes(),
            text.replace('\n', "").into_bytes(),
            der(&file),
        ];
        for (number, secret) in spellings.iter().enumerate() {
            let (key, claims) = (Key::secret(secret), claims(issuer).to_string());
            for (says, refused) in [
                ("HS256", Refused::Algorithm),
                ("HS512", Refused::Algorithm),
                (if issuer == RS { "RS256" } else { "ES256" }, Refused::Signature),
            ] {
                let what = format!("the public key of {issuer} as secret {number}, {says}");
                let token = key.sign(&format!(r#"{{"alg":"{says}"}}"#), &claims);
                all.push(Attack::token(what, &token, refused));
            }
        }
    }
    all
}

/// What a key can do but its issuer does not.
fn unlisted() -> Vec<Attack> {
    let mut all = Vec::new();
    for (issuer, key, algorithms) in [
        (IDP, Key::idp(), vec![Algorithm::HS384, Algorithm::HS512]),
        (
            RS,
            Key::rs(),
            vec![Algorithm::RS384, Algorithm::RS512, Algorithm::PS256, Algorithm::PS512],
        ),
    ] {
        for algorithm in algorithms {
            let token = key.clone().by(algorithm).token(&claims(issuer));
            let what = format!("the right key of {issuer} by {algorithm:?}");
            all.push(Attack::token(what, &token, Refused::Algorithm));
        }
    }
    for spelled in ["hs256", "Hs256", "HS256 ", "HS 256", "HS256\\u0000", "HMAC", "HS256,none"] {
        let header = format!(r#"{{"alg":"{spelled}"}}"#);
        let token = Key::idp().sign(&header, &claims(IDP).to_string());
        all.push(Attack::token(format!("the algorithm {spelled:?}"), &token, Refused::Algorithm));
    }
    all
}

/// Names of keys that lead somewhere else, each with the key that would be found there.
fn kids() -> Vec<Attack> {
    let mut all = Vec::new();
    for kid in [
        "",
        "../../../../dev/null",
        "/dev/null",
        "file:///dev/null",
        "..\\\\..\\\\nul",
        "' UNION SELECT '' --",
        "1; DROP TABLE keys",
        "$(id)",
        "es",
        "es/0",
        "https://es.example.com",
        "\\u0000",
    ] {
        for (whose, key) in [("an empty", Key::secret(b"")), ("an own", Key::secret(&[b'x'; 32]))] {
            let header = format!(r#"{{"alg":"HS256","kid":"{kid}"}}"#);
            let token = key.sign(&header, &claims(IDP).to_string());
            all.push(Attack::token(
                format!("kid {kid:?}, {whose} key"),
                &token,
                Refused::Signature,
            ));
        }
        let header = format!(r#"{{"alg":"RS256","kid":"{kid}"}}"#);
        let token = Key::attacker().sign(&header, &claims(RS).to_string());
        all.push(Attack::token(format!("kid {kid:?}, own pair"), &token, Refused::Signature));
    }
    all
}

/// The attacker's own key, carried along or pointed to.
fn own_keys(bait: &str) -> Vec<Attack> {
    let attacker = Key::attacker();
    let certificate =
        base64::Engine::encode(&base64::engine::general_purpose::STANDARD, der(&pem("ca")));
    let mut all = Vec::new();
    for (member, value) in [
        ("jwk", attacker.jwk()),
        ("jku", json!(format!("http://{bait}/jwks.json"))),
        ("x5u", json!(format!("http://{bait}/chain.pem"))),
        ("x5c", json!([certificate])),
        ("x5t", json!("AAAA")),
        ("x5t#S256", json!("AAAA")),
    ] {
        let header = json!({"alg": "RS256", member: value}).to_string();
        let token = attacker.sign(&header, &claims(RS).to_string());
        all.push(Attack::token(format!("an own key by {member}"), &token, Refused::Signature));
    }
    let header = json!({"alg": "RS256", "jwk": attacker.jwk(), "kid": attacker.jwk()["n"],
        "jku": format!("http://{bait}/"), "x5u": format!("http://{bait}/"), "x5c": [certificate]});
    let token = attacker.sign(&header.to_string(), &claims(RS).to_string());
    all.push(Attack::token("an own key by all of them", &token, Refused::Signature));
    all
}

/// A token of one issuer by the key of another.
fn of_others() -> Vec<Attack> {
    let all = [(IDP, "HS256", Key::idp()), (RS, "RS256", Key::rs()), (ES, "ES256", Key::es())];
    let mut attacks = Vec::new();
    for (issuer, own, _) in &all {
        for (other, theirs, key) in all.iter().filter(|(other, ..)| other != issuer) {
            for (says, refused) in [(own, Refused::Signature), (theirs, Refused::Algorithm)] {
                let header = format!(r#"{{"alg":"{says}","kid":"{other}"}}"#);
                let token = key.sign(&header, &claims(issuer).to_string());
                let what = format!("a token of {issuer} by the key of {other}, {says}");
                attacks.push(Attack::token(what, &token, refused));
            }
        }
    }
    attacks
}

/// A token that is known to be good, with something changed.
fn changed() -> Vec<Attack> {
    let token = Key::idp().token(&claims(IDP));
    let (message, signature) = token.rsplit_once('.').unwrap();
    let (header, body) = message.split_once('.').unwrap();
    let root = encode(claims(IDP).to_string().replace("mallory", "root").as_bytes());
    let first = if signature.starts_with('A') { "B" } else { "A" };
    let flipped = format!("{message}.{first}{}", signature.split_at(1).1);
    let bad = Refused::Signature;
    vec![
        Attack::token("no signature", &format!("{message}."), bad),
        Attack::token("a changed signature", &flipped, bad),
        Attack::token("half a signature", &format!("{message}.{}", signature.split_at(20).0), bad),
        Attack::token("another's claims", &format!("{header}.{root}.{signature}"), bad),
        Attack::token("no claims", &format!("{header}..{signature}"), Refused::Malformed),
        Attack::token("no header", &format!(".{body}.{signature}"), Refused::Malformed),
    ]
}
