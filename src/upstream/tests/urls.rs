//! That every URL means its target and nothing else.

use proptest::prelude::*;

use crate::domain::{FlagKey, Place, UserKey, UserTarget};
use crate::upstream::failure::Failure;
use crate::upstream::paths::{Page, Paths};
use url::Url;

fn paths(base: &str) -> Paths {
    Paths::below(base.parse().unwrap()).unwrap()
}

fn target(environment: &str, user: &str) -> UserTarget {
    UserTarget {
        place: Place {
            project: "shop".parse().unwrap(),
            environment: environment.parse().unwrap(),
        },
        user: user.parse().unwrap(),
    }
}

/// What a server does: split the raw path, then decode each part once.
fn decoded(url: &Url) -> Vec<String> {
    let part = |part: &str| {
        let (mut bytes, mut raw) = (Vec::new(), part.bytes());
        while let Some(byte) = raw.next() {
            if byte == b'%' {
                let hex = [raw.next().unwrap(), raw.next().unwrap()];
                let hex = std::str::from_utf8(&hex).unwrap();
                bytes.push(u8::from_str_radix(hex, 16).unwrap());
            } else {
                bytes.push(byte);
            }
        }
        String::from_utf8(bytes).unwrap()
    };
    url.path().split('/').skip(1).map(part).collect()
}

#[test]
fn each_operation_has_its_path_below_the_base() {
    let paths = paths("https://gate.example/ld/");
    let user = target("prod", "a/b%2F@ü +|[\\x");
    let flag = user.flag("sort.order".parse().unwrap());
    let encoded = "a%2Fb%252F@%C3%BC%20+%7C%5B%5Cx";
    let of = |url: Result<Url, Failure>| url.unwrap().to_string();
    let base = "https://gate.example/ld/api/v2";
    assert_eq!(of(paths.settings(&user)), format!("{base}/users/shop/prod/{encoded}/flags"));
    assert_eq!(
        of(paths.setting(&flag)),
        format!("{base}/users/shop/prod/{encoded}/flags/sort.order")
    );
    assert_eq!(
        of(paths.expirations(&user)),
        format!("{base}/users/shop/{encoded}/expiring-user-targets/prod")
    );
    assert_eq!(of(paths.flag(&flag)), format!("{base}/flags/shop/sort.order?env=prod"));
    assert_eq!(of(paths.caller_identity()), format!("{base}/caller-identity"));
    assert_eq!(of(paths.versions()), format!("{base}/versions"));
    let url = paths.versions().unwrap();
    assert_eq!(paths.relative(&url), "/api/v2/versions");
    let link = "/api/v2/users/shop/prod/a%2Fb%252F%40%C3%BC%20%2B%7C%5B%5Cx/flags";
    assert_eq!(paths.link(&paths.settings(&user).unwrap()), link);
}

#[test]
fn each_replacement_has_its_path_below_the_base() {
    let paths = paths("https://gate.example/ld/");
    let user = target("prod", "a/b%2F@ü +|[\\x");
    let flag = user.flag("sort.order".parse().unwrap());
    let context = "projects/shop/environments/prod/contexts/user/a%2Fb%252F@%C3%BC%20+%7C%5B%5Cx";
    let of = |url: Result<Url, Failure>| url.unwrap().to_string();
    let base = "https://gate.example/ld/api/v2";
    assert_eq!(of(paths.context(&user)), format!("{base}/{context}"));
    assert_eq!(of(paths.context_setting(&flag)), format!("{base}/{context}/flags/sort.order"));
    let evaluate = format!("{base}/projects/shop/environments/prod/flags/evaluate");
    assert_eq!(of(paths.evaluate(&user, None)), evaluate);
    assert_eq!(
        of(paths.evaluate(&user, Some(&flag.flag))),
        format!("{evaluate}?filter=query+equals+sort.order")
    );
    assert_eq!(
        of(paths.expiring_targets(&user.place, &flag.flag)),
        format!("{base}/flags/shop/sort.order/expiring-targets/prod")
    );
    assert_eq!(
        of(paths.flags(&user.place, Page { limit: 100, offset: 200 })),
        format!("{base}/flags/shop?env=prod&summary=0&limit=100&offset=200")
    );
}

#[test]
fn what_both_route_families_could_mean_is_refused() {
    let paths = paths("http://h");
    let user = target("prod", "expiring-user-targets");
    let flag = user.flag("f".parse().unwrap());
    assert!(matches!(paths.settings(&user), Err(Failure::Ambiguous)));
    assert!(matches!(paths.setting(&flag), Err(Failure::Ambiguous)));
    // Refused alike, whichever API serves: nobody shall notice a difference.
    assert!(matches!(paths.context_setting(&flag), Err(Failure::Ambiguous)));
    assert!(matches!(paths.context(&user), Err(Failure::Ambiguous)));
    assert!(matches!(paths.evaluate(&user, None), Err(Failure::Ambiguous)));
    assert!(paths.expirations(&user).is_ok());
    let user = target("flags", "u");
    assert!(matches!(paths.expirations(&user), Err(Failure::Ambiguous)));
    assert!(paths.settings(&user).is_ok());
}

#[test]
fn dots_are_refused_and_never_dropped() {
    let paths = paths("http://h/ld");
    for segment in ["", ".", ".."] {
        assert!(paths.build(&["users", segment, "x"]).is_err(), "{segment}");
    }
    for segment in ["%2e%2e", "%2E", ".%2e"] {
        if let Ok(url) = paths.build(&["users", segment, "x"]) {
            assert_eq!(decoded(&url).get(4).unwrap(), segment);
        }
    }
}

#[test]
fn a_base_is_a_host_and_a_path() {
    for base in ["mailto:a@b", "ftp://h", "http://h/?a", "http://h/#a", "http://u@h", "http://:p@h"]
    {
        assert!(Paths::below(base.parse().unwrap()).is_none(), "{base}");
    }
}

fn hostile_user() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => "\\PC{1,4}".boxed(),
        2 => prop::sample::select(vec![
            "..", ".", "/", "\\", "%2F", "%2e", "%252F", "?", "#", "+", " ", "%", "%00", "flags", ";", "%ff",
        ]).prop_map(str::to_owned).boxed(),
    ];
    prop::collection::vec(piece, 1..6).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn every_url_decodes_to_exactly_the_target(
        user in hostile_user(), flag in "[A-Za-z0-9._-]{1,20}", below in prop::bool::ANY,
    ) {
        let (Ok(user), Ok(flag)) = (user.parse::<UserKey>(), flag.parse::<FlagKey>()) else {
            return Ok(());
        };
        let (base, skip) = if below { ("http://h/a/b/", 4) } else { ("http://h", 2) };
        let paths = paths(base);
        let target = target("prod", user.as_str());
        let (user, flag) = (user.as_str().to_owned(), flag.as_str().to_owned());
        let setting = paths.setting(&target.flag(flag.parse().unwrap())).unwrap();
        let expected = ["users", "shop", "prod", &user, "flags", &flag];
        prop_assert_eq!(&decoded(&setting)[skip..], &expected[..]);
        let context = paths.context_setting(&target.flag(flag.parse().unwrap())).unwrap();
        let expected =
            ["projects", "shop", "environments", "prod", "contexts", "user", &user, "flags", &flag];
        prop_assert_eq!(&decoded(&context)[skip..], &expected[..]);
        let expirations = paths.expirations(&target).unwrap();
        let expected = ["users", "shop", &user, "expiring-user-targets", "prod"];
        prop_assert_eq!(&decoded(&expirations)[skip..], &expected[..]);
        prop_assert!(setting.query().is_none() && setting.fragment().is_none());
        prop_assert_eq!(setting.host_str(), Some("h"));
    }
}
