//! Many strangers who send much and slowly: they wait for each other, and stand in nobody else's way.

use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::Setting;
use super::patience::read_until;
use crate::support::program::Program;
use crate::support::twilio::{SID, TOKEN};

/// What may be received of strangers at once, and what a sign-up and a text may have at most, in KiB.
const ROOM: usize = 32 * 1024;
const SIGN_UP: usize = 192;
const TEXT: usize = 64;

/// Announces a body of so many KiB, and says no more.
async fn announce(program: &Program, path: &str, kind: &str, kib: usize) -> TcpStream {
    let mut stranger = TcpStream::connect(program.url.strip_prefix("http://").unwrap()).await.unwrap();
    let length = kib * 1024;
    let header = format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\
         X-Twilio-Signature: forged\r\nExpect: 100-continue\r\n\r\n"
    );
    stranger.write_all(header.as_bytes()).await.unwrap();
    stranger
}

async fn sign_up(program: &Program) -> TcpStream {
    announce(program, "/api/v1/shops", "application/json", SIGN_UP).await
}

/// Says in the name of the provider that a text came in.
async fn forge(program: &Program, kib: usize) -> TcpStream {
    announce(program, "/webhooks/twilio/sms", "application/x-www-form-urlencoded", kib).await
}

#[tokio::test]
async fn whoever_sends_much_waits_for_room_and_whoever_sends_little_does_not() {
    let setting = Setting::new().await;
    let mut command = setting.command(&[]);
    command.env("COURTESY_LIMITS", "off");
    command.env("COURTESY_SMS", "twilio").env("COURTESY_PUBLIC_URL", "https://inspect.example");
    // A provider that is not there to be asked.
    command
        .env("TWILIO_ACCOUNT_SID", SID)
        .env("TWILIO_AUTH_TOKEN", TOKEN)
        .env("TWILIO_API_URL", "http://127.0.0.1:1");
    let program = Program::serve(command).await;
    let mut crowd = Vec::new();
    for _ in 0..ROOM / SIGN_UP {
        let mut stranger = sign_up(&program).await;
        read_until(&mut stranger, "100 Continue").await;
        crowd.push(stranger);
    }
    for _ in 0..ROOM % SIGN_UP / TEXT {
        let mut stranger = forge(&program, TEXT).await;
        read_until(&mut stranger, "100 Continue").await;
        crowd.push(stranger);
    }
    let mut late = [sign_up(&program).await, forge(&program, TEXT).await];
    let nobody = json!({ "email": "nobody@elsewhere.example", "password": "something long" });
    assert_eq!(program.post("/api/v1/sessions", &nobody).await.status(), 401);
    read_until(&mut forge(&program, 32).await, "100 Continue").await;
    for stranger in &mut late {
        read_until(stranger, "HTTP/1.1 503").await;
    }

    crowd.remove(0);
    read_until(&mut sign_up(&program).await, "100 Continue").await;
    crowd.pop();
    read_until(&mut forge(&program, TEXT).await, "100 Continue").await;
    drop(crowd);
    program.stop().await;
}
