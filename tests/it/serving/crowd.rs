//! Many strangers who send much and slowly: they wait for each other, and stand in nobody else's way.

use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::Setting;
use super::patience::read_until;
use crate::support::program::Program;

/// What may be received of strangers at once, and the largest body of theirs: a sign-up, in KiB.
const ROOM: usize = 32 * 1024;
const SIGN_UP: usize = 192;

/// Announces a sign-up as large as may be, and says no more.
async fn announce(program: &Program) -> TcpStream {
    let mut stranger = TcpStream::connect(program.url.strip_prefix("http://").unwrap()).await.unwrap();
    let length = SIGN_UP * 1024;
    let header = format!(
        "POST /api/v1/shops HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\
         Expect: 100-continue\r\n\r\n"
    );
    stranger.write_all(header.as_bytes()).await.unwrap();
    stranger
}

#[tokio::test]
async fn whoever_sends_much_waits_for_room_and_whoever_sends_little_does_not() {
    let setting = Setting::new().await;
    let mut command = setting.command(&[]);
    command.env("COURTESY_LIMITS", "off");
    let program = Program::serve(command).await;
    let mut crowd = Vec::new();
    for _ in 0..ROOM / SIGN_UP {
        let mut stranger = announce(&program).await;
        read_until(&mut stranger, "100 Continue").await;
        crowd.push(stranger);
    }
    let mut late = announce(&program).await;
    let nobody = json!({ "email": "nobody@elsewhere.example", "password": "something long" });
    assert_eq!(program.post("/api/v1/sessions", &nobody).await.status(), 401);
    read_until(&mut late, "HTTP/1.1 503").await;

    crowd.pop();
    read_until(&mut announce(&program).await, "100 Continue").await;
    drop(crowd);
    program.stop().await;
}
