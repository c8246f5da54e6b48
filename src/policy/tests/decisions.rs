//! What teams, grants and denies decide.

use super::*;

const READ: &str = "[\"read\"]";
const ANY: &str = "[\"*\"]";

#[test]
fn an_issuer_cannot_mint_the_teams_of_another() {
    let policy = policy(
        "[[teams]]\nname = \"a\"\nmembers = [\"idp/team:a\", \"k8s/sub:robot\"]\n\
         [[teams]]\nname = \"s\"\nmembers = [\"slack/T1/U1\"]\n",
    );
    let teams = |issuer, subject, claims: &[&str]| {
        let identity = policy.identify(caller(issuer, subject, claims));
        identity.teams().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(teams("idp", "x", &["a"]), ["a"]);
    assert_eq!(teams("k8s", "robot", &[]), ["a"]);
    assert_eq!(teams("slack", "T1/U1", &[]), ["s"]);
    let nobody: [&str; 0] = [];
    assert_eq!(teams("k8s", "x", &["a"]), nobody);
    assert_eq!(teams("idp", "robot", &["robot"]), nobody);
    assert_eq!(teams("idp", "T1/U1", &["slack/T1/U1"]), nobody);
}

#[test]
fn a_deny_binds_its_members_whatever_other_teams_grant() {
    let policy = teams(&[
        ("a", &flags("[\"set\"]", ANY), ""),
        ("b", "", &flags("[\"set\"]", "[\"kill.*\"]")),
    ]);
    let both = member(&policy, &["a", "b"]);
    let said = decide(&both, ActionKind::Set, "kill.x");
    assert_eq!(said, "deny: teams[1].denies[0] of team `b` denies it");
    assert!(decide(&both, ActionKind::Read, "kill.x").starts_with("allow"));
    assert!(decide(&both, ActionKind::Set, "f").starts_with("allow"));
    let one = member(&policy, &["a"]);
    assert!(decide(&one, ActionKind::Set, "kill.x").starts_with("allow"));
}

#[test]
fn a_deny_of_read_denies_everything() {
    let all = "[\"read\", \"set\", \"clear\", \"schedule\"]";
    let policy = teams(&[("a", &flags(all, ANY), &flags(READ, "[\"secret\"]"))]);
    let identity = member(&policy, &["a"]);
    for action in ActionKind::ALL {
        assert!(decide(&identity, action, "secret").starts_with("deny"));
        assert!(decide(&identity, action, "f").starts_with("allow"));
    }
}

#[test]
fn writing_includes_reading_and_nothing_else() {
    for action in ["set", "clear", "schedule"] {
        let policy = teams(&[("a", &flags(&format!("[\"{action}\"]"), ANY), "")]);
        let identity = member(&policy, &["a"]);
        for asked in ActionKind::ALL {
            let allowed = decide(&identity, asked, "f").starts_with("allow");
            let expected = asked == ActionKind::Read || asked.name() == action;
            assert_eq!(allowed, expected, "{action} {asked}");
        }
    }
}

#[test]
fn a_decision_is_booked_on_the_first_team_whose_grant_matched() {
    let policy = teams(&[
        ("a", &flags(READ, "[\"x\"]"), ""),
        ("b", &flags(READ, ANY), ""),
        ("c", &flags(READ, ANY), &flags(READ, "[\"y\"]")),
    ]);
    let identity = member(&policy, &["c", "b", "a"]);
    let team = |key| {
        let decision = Policy::explain(&identity, ActionKind::Read, &flag(key));
        (decision.is_allowed(), decision.team().map(str::to_owned))
    };
    assert_eq!(team("x"), (true, Some("a".to_owned())));
    assert_eq!(team("f"), (true, Some("b".to_owned())));
    assert_eq!(team("y"), (false, Some("b".to_owned())));
}

#[test]
fn a_list_is_denied_where_no_flag_at_all_can_be_read() {
    let policy =
        teams(&[("a", &flags(READ, "[\"kill.a\", \"kill.b*\"]"), &flags(READ, "[\"kill.*\"]"))]);
    let identity = member(&policy, &["a"]);
    let denied = Policy::authorize::<Read, _>(&identity, user()).unwrap_err();
    assert_eq!(
        denied.to_string(),
        "you lack `read` on project `shop`, environment `production` for this user: \
         teams[0].denies[0] of team `a` denies it"
    );
}

#[test]
fn a_list_denied_by_a_deny_is_booked_on_the_team_that_granted() {
    let policy = teams(&[("a", &flags(READ, "[\"k\"]"), &flags(READ, ANY))]);
    let decision = Policy::explain(&member(&policy, &["a"]), ActionKind::Read, &user());
    assert_eq!((decision.is_allowed(), decision.team()), (false, Some("a")));
}

#[test]
fn a_deny_of_some_flags_is_not_named_where_it_is_not_the_reason() {
    let policy = teams(&[("a", "", &flags(READ, "[\"kill.*\"]"))]);
    let decision = Policy::explain(&member(&policy, &["a"]), ActionKind::Read, &user());
    assert_eq!(decision.rule().to_string(), "no grant of your teams allows it");
}

#[test]
fn a_list_is_permitted_for_the_flags_that_remain() {
    let policy =
        teams(&[("a", &flags(READ, "[\"kill.*\", \"k*\"]"), &flags(READ, "[\"kill.*\"]"))]);
    let permit = Policy::authorize::<Read, _>(&member(&policy, &["a"]), user()).unwrap();
    assert!(!permit.sees_all());
    assert!(permit.sees(&key("k1")));
    assert!(!permit.sees(&key("kill.1")));
    assert!(permit.narrow_to::<Read>(key("k1")).is_ok());
    assert!(permit.narrow_to::<Read>(key("kill.1")).is_err());
}

#[test]
fn what_a_body_means_is_asked_again() {
    let policy = teams(&[("a", &flags("[\"clear\"]", ANY), "")]);
    let identity = member(&policy, &["a"]);
    let permit = Policy::authorize::<SetOrClear, _>(&identity, flag("f")).unwrap();
    assert!(permit.narrow::<Clear>().is_ok());
    let denied = permit.narrow::<Set>().unwrap_err();
    assert_eq!(denied.action(), "set");
    let reader = teams(&[("a", &flags(READ, ANY), "")]);
    let denied = Policy::authorize::<SetOrClear, _>(&member(&reader, &["a"]), flag("f"));
    assert_eq!(denied.unwrap_err().action(), "set or clear");
}

#[test]
fn where_either_of_two_actions_would_do_the_rule_of_each_is_named_unless_it_is_one() {
    let sentence = |denies: &str| {
        let policy = teams(&[("a", "", denies)]);
        let denied = Policy::authorize::<SetOrClear, _>(&member(&policy, &["a"]), flag("f"));
        denied.unwrap_err().to_string().split_once("for this user: ").unwrap().1.to_owned()
    };
    let (deny, none) =
        ("teams[0].denies[0] of team `a` denies it", "no grant of your teams allows it");
    assert_eq!(sentence(""), none);
    assert_eq!(sentence(&flags("[\"set\", \"clear\"]", ANY)), deny);
    assert_eq!(sentence(&flags("[\"set\"]", ANY)), format!("`set`: {deny}; `clear`: {none}"));
}

#[test]
fn every_decision_is_counted_on_its_team() {
    let metrics = metrics();
    let text = "[[teams]]\nname = \"a\"\nmembers = [\"idp/team:a\"]\n\
                grants = [{ projects = [\"*\"], environments = [\"*\"], actions = [\"set\"] }]\n\
                denies = [{ projects = [\"*\"], environments = [\"*\"], flags = [\"k\"], actions = [\"set\"] }]\n";
    let policy = Arc::new(Policy::parse(text, &ISSUERS, &metrics).unwrap());
    let identity = member(&policy, &["a"]);
    let counted = |team: &str, action: &str, decision: &str| {
        let series = format!(
            "flagward_policy_decisions_total{{action=\"{action}\",decision=\"{decision}\",team=\"{team}\"}} "
        );
        let scrape = metrics.scrape().unwrap();
        let line = scrape.lines().find_map(|line| line.strip_prefix(&series));
        line.unwrap_or_else(|| panic!("no {series}")).to_owned()
    };
    assert_eq!(counted("a", "set", "allowed"), "0");
    Policy::authorize::<Set, _>(&identity, flag("f")).unwrap();
    Policy::authorize::<Set, _>(&identity, flag("k")).unwrap_err();
    Policy::authorize::<Clear, _>(&identity, flag("f")).unwrap_err();
    Policy::authorize::<Read, _>(&member(&policy, &[]), user()).unwrap_err();
    let explained = Policy::explain(&identity, ActionKind::Set, &flag("f"));
    assert!(explained.is_allowed(), "and explaining is not counted");
    assert_eq!(counted("a", "set", "allowed"), "1");
    assert_eq!(counted("a", "set", "denied"), "1");
    assert_eq!(counted("none", "clear", "denied"), "1");
    assert_eq!(counted("none", "read", "denied"), "1");
}
