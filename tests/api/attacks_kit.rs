//! What forgers work with: keys, tokens of any text, and the table that their attempts are written down in.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flagward::auth::Refused;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::{Value, json};

use crate::house::{House, POLICY};
use crate::process::SECRET;

pub(crate) const IDP: &str = "https://idp.example.com";
pub(crate) const RS: &str = "https://rs.example.com";
pub(crate) const ES: &str = "https://es.example.com";
/// When the tests begin, in Unix seconds: [`crate::house::START`].
pub(crate) const NOW: i64 = 1_795_262_400;

/// One attempt: the headers that are sent, and why they are refused on each API. None where they are honest there.
pub(crate) struct Attack {
    pub(crate) what: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) v1: Option<Refused>,
    pub(crate) drop_in: Option<Refused>,
}

impl Attack {
    /// With this token, in a header as it should be.
    pub(crate) fn token(what: impl Into<String>, token: &str, refused: Refused) -> Self {
        Self::header(what, &format!("Bearer {token}"), refused)
    }

    /// With this value of the header.
    pub(crate) fn header(what: impl Into<String>, value: &str, refused: Refused) -> Self {
        Self::headers(what, &[("Authorization", value)], refused)
    }

    /// With these headers.
    pub(crate) fn headers(
        what: impl Into<String>,
        headers: &[(&'static str, &str)],
        refused: Refused,
    ) -> Self {
        let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Self { what: what.into(), headers, v1: Some(refused), drop_in: Some(refused) }
    }
}

/// A key and the algorithm that it signs with.
#[derive(Clone)]
pub(crate) struct Key(Algorithm, EncodingKey);

impl Key {
    pub(crate) fn secret(secret: &[u8]) -> Self {
        Self(Algorithm::HS256, EncodingKey::from_secret(secret))
    }

    /// The secret of `idp`.
    pub(crate) fn idp() -> Self {
        Self::secret(SECRET.as_bytes())
    }

    /// The key of `rs`.
    pub(crate) fn rs() -> Self {
        Self(Algorithm::RS256, EncodingKey::from_rsa_pem(&pem("rsa")).unwrap())
    }

    /// The key of `es`.
    pub(crate) fn es() -> Self {
        Self(Algorithm::ES256, EncodingKey::from_ec_pem(&pem("p256")).unwrap())
    }

    /// An RSA key that nobody here trusts.
    pub(crate) fn attacker() -> Self {
        Self(Algorithm::RS256, EncodingKey::from_rsa_pem(&pem("rsa-other")).unwrap())
    }

    /// The same key, signing otherwise.
    pub(crate) fn by(self, algorithm: Algorithm) -> Self {
        Self(algorithm, self.1)
    }

    /// The public half as a token would carry it.
    pub(crate) fn jwk(&self) -> Value {
        let jwk = jsonwebtoken::jwk::Jwk::from_encoding_key(&self.1, self.0).unwrap();
        serde_json::to_value(jwk).unwrap()
    }

    /// A token of these very texts.
    pub(crate) fn sign(&self, header: &str, claims: &str) -> String {
        self.sign_bytes(header.as_bytes(), claims.as_bytes())
    }

    pub(crate) fn sign_bytes(&self, header: &[u8], claims: &[u8]) -> String {
        self.seal(&format!("{}.{}", encode(header), encode(claims)))
    }

    /// This message and its signature.
    pub(crate) fn seal(&self, message: &str) -> String {
        let signature = crypto::sign(message.as_bytes(), &self.1, self.0).unwrap();
        format!("{message}.{signature}")
    }

    /// A token with these claims, whose header is honest about the key.
    pub(crate) fn token(&self, claims: &Value) -> String {
        let header = format!(r#"{{"alg":"{:?}","typ":"JWT"}}"#, self.0);
        self.sign(&header, &claims.to_string())
    }
}

/// Claims of `issuer` that are good for an hour.
pub(crate) fn claims(issuer: &str) -> Value {
    json!({"iss": issuer, "aud": "flagward", "sub": "mallory", "groups": ["payments"],
        "iat": NOW, "exp": NOW + 3_600})
}

/// The same as text, with this claim spelled so; the claim may be one that was not there.
pub(crate) fn claims_with(claim: &str, spelled: &str) -> String {
    let mut others = claims(IDP);
    others.as_object_mut().unwrap().remove(claim);
    let others = others.to_string();
    format!("{},\"{claim}\":{spelled}}}", others.trim_end_matches('}'))
}

pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A file among the test keys.
pub(crate) fn pem(name: &str) -> Vec<u8> {
    std::fs::read(key_file(name)).unwrap()
}

fn key_file(name: &str) -> String {
    format!("{}/tests/fixtures/keys/{name}.pem", env!("CARGO_MANIFEST_DIR"))
}

/// What is between the lines of a PEM file, decoded.
pub(crate) fn der(pem: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(pem.to_vec()).unwrap();
    let inner: String = text.lines().filter(|line| !line.starts_with("-----")).collect();
    base64::engine::general_purpose::STANDARD.decode(inner).unwrap()
}

/// A house that three issuers have keys to: `idp` by a secret, `rs` and `es` by key pairs. All vouch for `payments`.
pub(crate) fn open() -> House {
    let (rs, es) = (key_file("rsa.pub"), key_file("p256.pub"));
    let all = r#""idp/team:payments", "rs/team:payments", "es/team:payments""#;
    let policy = POLICY.replace("\"idp/team:payments\"", all);
    House::with(
        &policy,
        &[
            ("FLAGWARD__AUTH__ISSUERS__0__TEAM_CLAIM", "/groups"),
            ("FLAGWARD__AUTH__ISSUERS__1__NAME", "rs"),
            ("FLAGWARD__AUTH__ISSUERS__1__ISSUER", RS),
            ("FLAGWARD__AUTH__ISSUERS__1__AUDIENCES__0", "flagward"),
            ("FLAGWARD__AUTH__ISSUERS__1__ALGORITHMS__0", "RS256"),
            ("FLAGWARD__AUTH__ISSUERS__1__PUBLIC_KEY_FILE", &rs),
            ("FLAGWARD__AUTH__ISSUERS__1__TEAM_CLAIM", "/groups"),
            ("FLAGWARD__AUTH__ISSUERS__2__NAME", "es"),
            ("FLAGWARD__AUTH__ISSUERS__2__ISSUER", ES),
            ("FLAGWARD__AUTH__ISSUERS__2__AUDIENCES__0", "flagward"),
            ("FLAGWARD__AUTH__ISSUERS__2__ALGORITHMS__0", "ES256"),
            ("FLAGWARD__AUTH__ISSUERS__2__PUBLIC_KEY_FILE", &es),
            ("FLAGWARD__AUTH__ISSUERS__2__TEAM_CLAIM", "/groups"),
        ],
    )
}
