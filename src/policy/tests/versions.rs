//! One version of the policy after another.

use super::*;

#[test]
fn who_began_under_a_version_finishes_under_it() {
    let open = teams(&[("a", &flags("[\"read\"]", "[\"*\"]"), "")]);
    let policies = Policies::new(Arc::into_inner(open).unwrap());
    let before = policies.current();
    let identity = member(&before, &["a"]);
    policies.replace(Arc::into_inner(teams(&[("b", "", "")])).unwrap());
    assert!(!policies.is_current(&before));
    assert!(policies.is_current(&policies.current()));
    assert!(Policy::authorize::<Read, _>(&identity, flag("f")).is_ok());
    let after = member(&policies.current(), &["a"]);
    assert!(Policy::authorize::<Read, _>(&after, flag("f")).is_err());
}

#[test]
fn no_reader_ever_sees_a_mixture_of_two_versions() {
    let version = |team: &str| {
        let policy = teams(&[(team, &flags("[\"read\"]", &format!("[\"{team}\"]")), "")]);
        Arc::into_inner(policy).unwrap()
    };
    let policies = Arc::new(Policies::new(version("a")));
    let reader = {
        let policies = Arc::clone(&policies);
        move || {
            for _ in 0..2_000 {
                let identity = member(&policies.current(), &["a", "b"]);
                let team = identity.teams().collect::<String>();
                assert!(decide(&identity, ActionKind::Read, &team).starts_with("allow"));
            }
        }
    };
    let readers: Vec<_> = (0..2).map(|_| std::thread::spawn(reader.clone())).collect();
    for n in 0..200 {
        policies.replace(version(if n % 2 == 0 { "b" } else { "a" }));
    }
    for reader in readers {
        reader.join().unwrap();
    }
}
