//! What Slack sends as a form: `application/x-www-form-urlencoded`, read strictly, because a field that is misread would be
//! carried out.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use crate::problem::{Fault, Problem};

/// The fields of a form, in their order. What we don't know is carried along and never looked at.
#[derive(Debug)]
pub(super) struct Form<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Form<'a> {
    /// Takes a body apart, or says what is wrong with it.
    pub(super) fn parse(body: &'a [u8]) -> Result<Self, Problem> {
        let wrong = |what: &str| Problem::invalid(vec![Fault::pointer("", what)]);
        let text = std::str::from_utf8(body).ok().ok_or_else(|| wrong("must be UTF-8"))?;
        let pairs = text.split('&').filter(|pair| !pair.is_empty());
        let fields = pairs.map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((decoded(name)?, decoded(value)?))
        });
        let fields = fields.collect::<Option<Vec<_>>>();
        fields.map(Self).ok_or_else(|| wrong("must be a form whose percent signs encode UTF-8"))
    }

    /// The value of a field; none if it is left out. A field that is given twice has no value.
    pub(super) fn one(&self, name: &str) -> Result<Option<&str>, Fault> {
        let mut values = self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| value);
        let first = values.next();
        match values.next() {
            None => Ok(first.map(Cow::as_ref)),
            Some(_) => Err(Fault::parameter(name, "must be given once")),
        }
    }

    /// The value of a field that must be there.
    pub(super) fn required(&self, name: &str) -> Result<&str, Fault> {
        self.one(name)?.ok_or_else(|| Fault::parameter(name, "must be given"))
    }

    /// Whether Slack only looks whether our certificate is good.
    pub(super) fn is_ssl_check(&self) -> bool {
        self.0.iter().any(|(name, value)| name == "ssl_check" && value == "1")
    }
}

fn decoded(text: &str) -> Option<Cow<'_, str>> {
    let spaced =
        if text.contains('+') { text.replace('+', " ").into() } else { Cow::Borrowed(text) };
    if !spaced.contains('%') {
        return Some(spaced);
    }
    let digits = |rest: &str| rest.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2;
    let well_formed = spaced.split('%').skip(1).all(digits);
    let decoded = percent_decode_str(&spaced).decode_utf8().ok()?.into_owned();
    well_formed.then_some(Cow::Owned(decoded))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn fields_are_decoded_once_and_unknown_ones_do_not_matter() {
        let body = b"text=get+a%2Bb+%26amp%3B+%25%32%30&new_field=x&new_field=y&&flag&team_id=T1";
        let form = Form::parse(body).unwrap();
        assert_eq!(form.one("text"), Ok(Some("get a+b &amp; %20")));
        assert_eq!(form.required("team_id"), Ok("T1"));
        assert_eq!(form.one("flag"), Ok(Some("")));
        assert_eq!(form.one("user_id"), Ok(None));
        assert!(form.required("user_id").is_err());
        assert!(form.one("new_field").is_err());
        assert!(Form::parse(b"").unwrap().one("text").unwrap().is_none());
    }

    #[test]
    fn what_is_no_form_is_refused() {
        for body in [&b"text=%FF"[..], b"text=\xff", b"text=%zz", b"text=%2", b"%", b"a%f=1"] {
            assert!(Form::parse(body).is_err(), "{body:?}");
        }
    }

    #[test]
    fn a_look_at_our_certificate_is_known_by_its_field() {
        for (body, is_check) in
            [("ssl_check=1&token=x", true), ("ssl_check=0", false), ("text=ssl_check%3D1", false)]
        {
            assert_eq!(Form::parse(body.as_bytes()).unwrap().is_ssl_check(), is_check, "{body}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused_without_a_panic(body in prop::collection::vec(any::<u8>(), 0..80)) {
            let _: Result<Form<'_>, Problem> = Form::parse(&body);
        }

        #[test]
        fn what_is_encoded_is_read_back(name in "\\PC{1,20}", value in "(?s).{0,40}") {
            let body = serde_urlencoded::to_string([(&name, &value)]).unwrap();
            let form = Form::parse(body.as_bytes()).unwrap();
            prop_assert_eq!(form.one(&name), Ok(Some(value.as_str())));
        }
    }
}
