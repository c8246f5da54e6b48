//! Attacks below HTTP's own words: heads that are too large, and bytes that no header may have. They are refused where
//! HTTP/1.1 is parsed, before there is a request: by a bare status without a body, on a connection that ends.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use crate::attacks_kit::{IDP, Key, claims, open};
use crate::house::House;
use crate::process::PATIENCE;

const FLAG: &str =
    "/v1/projects/shop/environments/test/users/anna@example.com/flags/checkout.new-flow";

/// Sends these bytes, and gives all that comes back until the connection ends. A server that has seen enough may end it
/// before the last byte was sent.
fn send(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    let _: std::io::Result<()> = stream.write_all(bytes);
    let (mut received, mut chunk) = (Vec::new(), [0; 4096]);
    while let Ok(count @ 1..) = stream.read(&mut chunk) {
        received.extend_from_slice(&chunk[..count]);
    }
    String::from_utf8(received).unwrap()
}

/// A request for a flag with these lines in its head.
fn head(lines: &[u8]) -> Vec<u8> {
    let mut all = format!("GET {FLAG} HTTP/1.1\r\nHost: test\r\n").into_bytes();
    all.extend_from_slice(lines);
    all.extend_from_slice(b"\r\n\r\n");
    all
}

async fn answer(house: &House, lines: Vec<u8>) -> String {
    let address = house.gateway.address();
    tokio::task::spawn_blocking(move || send(address, &head(&lines))).await.unwrap()
}

async fn nothing_was_looked_up(house: &House) {
    assert_eq!(house.upstream_calls(), 0);
    let scrape = house.ask_management("/metrics").await.body;
    let mut looks = scrape.lines().filter(|line| line.starts_with("flagward_cache_requests_total"));
    assert!(looks.all(|line| line.ends_with(" 0")), "{scrape}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_of_a_mebibyte_gets_a_431_and_no_more_of_it_is_read() {
    let house = open();
    let good = Key::idp().token(&claims(IDP));
    let long = "x".repeat(1 << 20);
    let many = "X-Many: x\r\n".repeat(100_000);
    for (what, lines) in [
        ("one long token", format!("Authorization: Bearer {long}")),
        ("a good token and blanks", format!("Authorization: Bearer {good}{}", " ".repeat(1 << 20))),
        ("another header", format!("Authorization: Bearer {good}\r\nX-Long: {long}")),
        ("many headers", format!("Authorization: Bearer {good}\r\n{many}X-Last: x")),
        ("a header without an end", format!("X-Long: {}", "x".repeat(8 << 20))),
    ] {
        let got = answer(&house, lines.into_bytes()).await;
        assert!(
            got.starts_with("HTTP/1.1 431 Request Header Fields Too Large\r\n"),
            "{what}: {got}"
        );
        let (head, body) = got.split_once("\r\n\r\n").unwrap();
        assert!(head.contains("content-length: 0") && body.is_empty(), "{what}: {got}");
        assert!(head.contains("connection: close"), "{what}: {got}");
    }
    nothing_was_looked_up(&house).await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_header_may_have_in_it_is_no_request() {
    let house = open();
    let good = Key::idp().token(&claims(IDP));
    let with = |name: &[u8], value: &[u8]| [name, value, b" ".as_slice(), good.as_bytes()].concat();
    let all: [(&str, Vec<u8>); 7] = [
        ("a null", with(b"Authorization: ", b"Bearer\0")),
        ("a vertical tab", with(b"Authorization: ", b"Bearer\x0b")),
        ("a lone carriage return", with(b"Authorization: ", b"Bearer\r")),
        ("a folded line", with(b"Authorization: ", b"Bearer\r\n")),
        ("a blank before the colon", with(b"Authorization : ", b"Bearer")),
        ("a blank in the name", with(b"Authori zation: ", b"Bearer")),
        ("no name", with(b": ", b"Bearer")),
    ];
    for (what, lines) in all {
        let got = answer(&house, lines).await;
        assert!(got.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{what}: {got}");
        assert!(got.ends_with("\r\n\r\n"), "{what}: {got}");
    }
    // Bytes above 127 may stand in a header. They are no blank, in whatever encoding they would be one.
    for blank in [&b"\xa0"[..], b"\x85", b"\xc2\xa0", b"\xff"] {
        let bearer = [b"Bearer", blank, good.as_bytes()].concat();
        let lines = [b"Connection: close\r\nAuthorization: ", &bearer[..]].concat();
        let got = answer(&house, lines).await;
        assert!(got.starts_with("HTTP/1.1 401 Unauthorized\r\n"), "{blank:?}: {got}");
    }
    nothing_was_looked_up(&house).await;
    house.close().await;
}
