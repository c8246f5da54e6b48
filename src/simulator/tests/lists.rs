//! The list of flags, page by page.

use super::*;

fn many(count: usize) -> World {
    let clock = Clock::manual(Timestamp::from_millisecond(START_MS).unwrap());
    let seed = Seed::built_in().with_many_flags("shop", count);
    World { simulator: Simulator::new(seed, clock.clone()), clock }
}

fn keys(answer: &Value) -> Vec<String> {
    let items = answer["items"].as_array().unwrap().iter();
    items.map(|item| item["key"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn following_the_next_links_finds_every_flag_once() {
    let world = many(230);
    let mut found = Vec::new();
    let mut next = Some("/api/v2/flags/shop?env=test&summary=0&limit=100".to_owned());
    let mut pages = 0;
    while let Some(href) = next {
        let page = json(&world.get(&href));
        assert_eq!(page["totalCount"], 243);
        found.extend(keys(&page));
        let link = page["_links"].get("next").map(|link| link["href"].as_str().unwrap());
        next = link.map(str::to_owned);
        pages += 1;
        assert!(page["items"][0]["environments"]["test"]["targets"].is_array());
    }
    assert_eq!((pages, found.len(), found.is_sorted()), (3, 243, true));
    found.dedup();
    assert_eq!(found.len(), 243);
}

#[test]
fn a_page_is_twenty_flags_unless_asked_and_at_most_a_hundred() {
    let world = many(230);
    let count = |query: &str| {
        let answer = json(&world.get(&format!("/api/v2/flags/shop{query}")));
        keys(&answer).len()
    };
    assert_eq!((count(""), count("?limit=100"), count("?offset=240")), (20, 100, 3));
    for query in ["?limit=101", "?limit=0", "?limit=-1", "?limit=x", "?offset=-1", "?summary=no"] {
        assert_eq!(world.get(&format!("/api/v2/flags/shop{query}")).status, 400, "{query}");
    }
    let old = [("ld-api-version", "20220603")];
    let all = world.ask("GET", "/api/v2/flags/shop?limit=1000", &old, "");
    assert_eq!(keys(&json(&all)).len(), 243);
}

#[test]
fn environments_are_told_where_they_are_named_and_whole_only_without_summary() {
    let world = World::new();
    let first = |query: &str| {
        json(&world.get(&format!("/api/v2/flags/shop?filter=query:checkout.new-flow{query}")))["items"][0]
            .clone()
    };
    assert!(first("").get("environments").is_none());
    assert!(first("&summary=0").get("environments").is_none());
    let short = first("&env=test");
    assert!(short["environments"]["test"].get("targets").is_none());
    assert_eq!(short["environments"]["test"]["on"], true);
    let whole = first("&env=test&env=production&summary=0");
    let alone = json(&world.get("/api/v2/flags/shop/checkout.new-flow?env=test&env=production"));
    assert_eq!(whole, alone);
    for (query, status) in [
        ("?env=none", 400),
        ("?env=test&env=staging&env=production", 200),
        ("?env=test&env=staging&env=production&env=test", 400),
    ] {
        assert_eq!(world.get(&format!("/api/v2/flags/shop{query}")).status, status, "{query}");
    }
    assert_eq!(world.get("/api/v2/flags/none").status, 404);
}

#[test]
fn flags_are_filtered_and_sorted_as_documented() {
    let world = World::new();
    let shown =
        |query: &str| keys(&json(&world.get(&format!("/api/v2/flags/shop?{query}")))).join(" ");
    assert_eq!(shown("filter=state:archived"), "retired.flag");
    assert_eq!(shown("archived=true"), "retired.flag");
    assert_eq!(shown("filter=state:deprecated"), "legacy.import");
    assert_eq!(shown("filter=query:LEGACY,type:temporary"), "legacy.import");
    assert_eq!(
        shown("filter=tags:checkout,query:new&sort=-key"),
        "checkout.new-flow checkout.express"
    );
    assert_eq!(shown("tag=gifts"), "gift.wrapping");
    assert!(!shown("limit=100").contains("retired.flag"));
    assert!(world.simulator.turn("shop", "test", "sort.order", false));
    world.clock.advance(std::time::Duration::from_secs(1));
    assert!(world.simulator.turn("shop", "test", "banner.text", false));
    assert_eq!(shown("sort=-targetingModifiedDate&env=test&limit=1"), "banner.text");
    for query in ["filter=state:none", "filter=evaluated:x", "sort=age"] {
        assert_eq!(world.get(&format!("/api/v2/flags/shop?{query}")).status, 400, "{query}");
    }
}
