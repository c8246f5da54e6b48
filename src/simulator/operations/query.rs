//! What stands behind the `?` of a request: parameters, pages, sort orders.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::{Map, Value, json};
use url::form_urlencoded;

use crate::simulator::wire::{Refusal, Request};

/// The parameters of a request, decoded, in their order. As in forms, `+` is a space.
pub(super) struct Query<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

/// A part of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Page {
    /// How many there are at most; without one, all of them.
    pub(super) limit: Option<usize>,
    pub(super) offset: usize,
}

impl<'a> Query<'a> {
    pub(super) fn of(request: &'a Request) -> Self {
        Self(form_urlencoded::parse(request.query().as_bytes()).collect())
    }

    /// Every value of a parameter that may be repeated.
    pub(super) fn all(&self, name: &str) -> Vec<&str> {
        let found = self.0.iter().filter(|(given, _)| given == name);
        found.map(|(_, value)| value.as_ref()).collect()
    }

    /// The value of a parameter, the first one when it is there twice.
    pub(super) fn first(&self, name: &str) -> Option<&str> {
        self.all(name).first().copied()
    }

    /// A parameter that is a whole number.
    pub(super) fn integer(&self, name: &str) -> Result<Option<i64>, Refusal> {
        let wrong = || Refusal::invalid(format!("Invalid value for query parameter {name}"));
        self.first(name).map(|text| text.parse().ok().ok_or_else(wrong)).transpose()
    }

    /// A parameter that is true or false, as `1`, `0` or in words.
    pub(super) fn boolean(&self, name: &str) -> Result<Option<bool>, Refusal> {
        let read = |text: &str| match text {
            "1" | "true" => Ok(true),
            "0" | "false" => Ok(false),
            _ => Err(Refusal::invalid(format!("Invalid value for query parameter {name}"))),
        };
        self.first(name).map(read).transpose()
    }

    /// A position in a list, which is never negative.
    pub(super) fn position(&self, name: &str) -> Result<Option<usize>, Refusal> {
        let wrong = || Refusal::invalid(format!("Invalid value for query parameter {name}"));
        let given = self.integer(name)?;
        given.map(|number| usize::try_from(number).ok().ok_or_else(wrong)).transpose()
    }

    /// The same query with another position in the list, ready to stand behind a `?`.
    fn at(&self, offset: usize, limit: usize) -> String {
        let kept = self.0.iter().filter(|(name, _)| name != "offset" && name != "limit");
        form_urlencoded::Serializer::new(String::new())
            .extend_pairs(kept)
            .append_pair("limit", &limit.to_string())
            .append_pair("offset", &offset.to_string())
            .finish()
    }

    /// The links of a list: itself, and the pages that there are before and behind this one. As documented,
    /// `first` and `prev` are not on the first page; `next` and `last` are not on the last.
    pub(super) fn links(&self, path: &str, page: Page, total: usize) -> Value {
        let mut links = Map::new();
        let itself: String = match page.limit {
            None => path.to_owned(),
            Some(limit) => format!("{path}?{}", self.at(page.offset, limit)),
        };
        links.insert("self".to_owned(), link(&itself));
        for (name, offset, limit) in page.neighbours(total) {
            let href = format!("{path}?{}", self.at(offset, limit));
            links.insert(name.to_owned(), link(&href));
        }
        Value::Object(links)
    }
}

impl Page {
    /// The items of this page.
    pub(super) fn cut<T>(self, items: Vec<T>) -> Vec<T> {
        let rest = items.into_iter().skip(self.offset);
        rest.take(self.limit.unwrap_or(usize::MAX)).collect()
    }

    /// The other pages by name, each with its offset and limit.
    fn neighbours(self, total: usize) -> Vec<(&'static str, usize, usize)> {
        let Some(limit) = self.limit.filter(|limit| *limit > 0) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        if self.offset > 0 {
            found.push(("first", 0, limit));
            found.push(("prev", self.offset.saturating_sub(limit), limit));
        }
        let next = self.offset.saturating_add(limit);
        if next < total {
            let pages_left = (total - self.offset).div_ceil(limit);
            found.push(("next", next, limit));
            found.push(("last", self.offset + (pages_left - 1) * limit, limit));
        }
        found
    }
}

/// A link to JSON.
pub(super) fn link(href: &str) -> Value {
    json!({ "href": href, "type": "application/json" })
}

/// Sorts by fields such as `name,-key`. `by` compares by one field, or says that there is no such field. Equal
/// ones stay in their order.
pub(super) fn sort<T>(
    items: &mut [T],
    fields: &str,
    by: impl Fn(&str, &T, &T) -> Option<Ordering>,
) -> Result<(), Refusal> {
    for field in fields.split(',').rev() {
        let (name, descending) = match field.trim().strip_prefix('-') {
            Some(name) => (name, true),
            None => (field.trim(), false),
        };
        let mut known = true;
        items.sort_by(|a, b| {
            let order = by(name, a, b);
            known &= order.is_some();
            let order = order.unwrap_or(Ordering::Equal);
            if descending { order.reverse() } else { order }
        });
        if !known {
            return Err(Refusal::invalid(format!("Invalid sort field: {name}")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn neighbours(offset: usize, total: usize) -> Vec<(&'static str, usize)> {
        let page = Page { limit: Some(10), offset };
        page.neighbours(total).into_iter().map(|(name, at, _)| (name, at)).collect()
    }

    #[test]
    fn only_pages_that_exist_are_linked() {
        assert_eq!(neighbours(0, 10), []);
        assert_eq!(neighbours(0, 25), [("next", 10), ("last", 20)]);
        assert_eq!(neighbours(10, 25), [("first", 0), ("prev", 0), ("next", 20), ("last", 20)]);
        assert_eq!(neighbours(20, 25), [("first", 0), ("prev", 10)]);
        assert_eq!(neighbours(5, 20), [("first", 0), ("prev", 0), ("next", 15), ("last", 15)]);
    }

    #[test]
    fn several_fields_sort_in_their_order() {
        let mut items = [("b", 1), ("a", 1), ("a", 2)];
        let by = |field: &str, x: &(&str, i32), y: &(&str, i32)| match field {
            "text" => Some(x.0.cmp(y.0)),
            "number" => Some(x.1.cmp(&y.1)),
            _ => None,
        };
        sort(&mut items, "-number,text", by).unwrap();
        assert_eq!(items, [("a", 2), ("a", 1), ("b", 1)]);
        assert!(sort(&mut items, "none", by).is_err());
    }
}
