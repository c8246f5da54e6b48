//! Query strings, strictly: what is not known is a fault, and every fault is reported.

use std::convert::Infallible;
use std::fmt::Display;
use std::future::{Ready, ready};
use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use super::decode::decode_query;
use crate::problem::{Fault, Problem};

/// A query string, being read.
#[derive(Debug, Default)]
pub(super) struct Query {
    pairs: Vec<(String, String)>,
    faults: Vec<Fault>,
}

impl FromRequest for Query {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    /// Its faults are told when it was read to its end.
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::parse(request.query_string())))
    }
}

impl Query {
    /// Takes the query string apart.
    pub(super) fn parse(text: &str) -> Self {
        let mut query = Self::default();
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            match (decode_query(name), decode_query(value)) {
                (Ok(name), Ok(value)) => query.pairs.push((name.into_owned(), value.into_owned())),
                (Ok(name), Err(fault)) => query.faults.push(Fault::parameter(&name, fault)),
                (Err(fault), _) => query.faults.push(Fault::parameter("query", fault)),
            }
        }
        query
    }

    /// The values of `name`, which may be given more than once; each must be a `T`.
    pub(super) fn take_all<T: FromStr<Err: Display>>(&mut self, name: &str) -> Vec<T> {
        let (own, rest): (Vec<_>, Vec<_>) = self.pairs.drain(..).partition(|(key, _)| key == name);
        self.pairs = rest;
        let parse = |(_, value): (String, String)| {
            value
                .parse()
                .map_err(|fault: T::Err| self.faults.push(Fault::parameter(name, fault)))
                .ok()
        };
        own.into_iter().filter_map(parse).collect()
    }

    /// The value of `name`, which may be given once.
    pub(super) fn take<T: FromStr<Err: Display>>(&mut self, name: &str) -> Option<T> {
        let given = self.pairs.iter().filter(|(key, _)| key == name).count();
        let mut values = self.take_all(name);
        if given > 1 {
            self.faults.push(Fault::parameter(name, "must be given once"));
        }
        values.pop()
    }

    /// The switch `name`: `true` or `false`; off if it is left out.
    pub(super) fn take_switch(&mut self, name: &str) -> bool {
        self.take::<Switch>(name).is_some_and(|switch| switch.0)
    }

    /// Whether `name` was given with the one value it can have.
    pub(super) fn take_choice(&mut self, name: &str, only: &str) -> bool {
        match self.take::<String>(name) {
            Some(value) if value == only => true,
            Some(_) => {
                self.faults.push(Fault::parameter(name, format_args!("must be `{only}`")));
                false
            }
            None => false,
        }
    }

    /// Everything must have been taken, and without a fault.
    pub(super) fn finish(mut self) -> Result<(), Problem> {
        for (name, _) in self.pairs {
            self.faults.push(Fault::parameter(&name, "is not known here"));
        }
        if self.faults.is_empty() { Ok(()) } else { Err(Problem::invalid(self.faults)) }
    }
}

struct Switch(bool);

impl FromStr for Switch {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self).or(Err("must be `true` or `false`"))
    }
}
