//! A body is compressed for whoever takes that, and its headers still tell the truth.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use flate2::read::GzDecoder;

use crate::caching::{DROP_IN, FLAGS, seconds};
use crate::house::House;

/// Sends a request whose answer need not be text: its head, and what follows.
fn exchange_bytes(house: &House, method: &str, path: &str, coding: &str) -> (String, Vec<u8>) {
    house.note(path);
    let token = house.token("alice", &["payments"]);
    let mut stream = TcpStream::connect(house.gateway.address()).unwrap();
    stream.set_read_timeout(Some(seconds(10))).unwrap();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\nAuthorization: Bearer {token}\r\nAccept-Encoding: {coding}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut received = Vec::new();
    stream.read_to_end(&mut received).unwrap();
    let end = received.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let body = received.split_off(end + 4);
    (String::from_utf8(received).unwrap().to_ascii_lowercase(), body)
}

/// The data of a chunked body.
fn joined(mut chunked: &[u8]) -> Vec<u8> {
    let mut data = Vec::new();
    while let Some(end) = chunked.windows(2).position(|two| two == b"\r\n") {
        let length =
            usize::from_str_radix(std::str::from_utf8(&chunked[..end]).unwrap(), 16).unwrap();
        data.extend(&chunked[end + 2..end + 2 + length]);
        chunked = &chunked[end + 4 + length..];
    }
    data
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_is_compressed_for_whoever_takes_that() {
    let house = House::open();
    let plain = house.ask("GET", FLAGS, "").await;
    for path in [FLAGS, DROP_IN] {
        let plain = house.ask("GET", path, "").await;
        let (head, body) = tokio::task::block_in_place(|| {
            exchange_bytes(&house, "GET", path, "br;q=1.0, gzip;q=0.8")
        });
        assert!(head.contains("content-encoding: gzip"), "{head}");
        assert_eq!(head.matches("vary:").count(), 1, "{head}");
        assert!(
            head.contains(&format!("etag: {}", plain.header("etag").unwrap().to_ascii_lowercase())),
            "{head}"
        );
        let body = if head.contains("transfer-encoding: chunked") { joined(&body) } else { body };
        let mut text = String::new();
        GzDecoder::new(&*body).read_to_string(&mut text).unwrap();
        assert_eq!(text, plain.body);

        let (head, body) =
            tokio::task::block_in_place(|| exchange_bytes(&house, "HEAD", path, "gzip"));
        assert!(head.starts_with("http/1.1 200") && body.is_empty(), "{head}");
        assert!(head.contains("content-encoding: gzip"), "{head}");
        assert!(
            !head.contains(&format!("content-length: {}", plain.body.len())),
            "not the length of what GET sends: {head}"
        );
    }
    for coding in ["identity", "br", "gzip;q=0", "*;q=0, identity", ""] {
        let (head, body) =
            tokio::task::block_in_place(|| exchange_bytes(&house, "GET", FLAGS, coding));
        assert!(!head.contains("content-encoding"), "{coding}: {head}");
        assert!(head.contains(&format!("content-length: {}", plain.body.len())), "{head}");
        assert_eq!(body, plain.body.as_bytes());
    }
    house.close().await;
}
