//! The program's throttles, as they are set from outside.

use serde_json::json;

use super::Setting;
use crate::support::PASSWORD;
use crate::support::cluster::cluster;
use crate::support::program::{Program, client};

#[tokio::test]
async fn wrong_passwords_are_slowed_down_for_the_client_that_tries_them() {
    let setting = Setting::new().await;
    let email = &cluster().world.ours.manager.email;
    let mut command = setting.command(&["--trusted-proxies", "127.0.0.0/8"]);
    command.env("COURTESY_LOG", "warn");
    let program = Program::serve(command).await;
    let log_in = async |password: &str, from: &str| {
        let request = client().post(format!("{}/api/v1/sessions", program.url));
        let body = json!({ "email": email, "password": password });
        request.header("x-forwarded-for", from).json(&body).send().await.unwrap().status().as_u16()
    };
    let mut tries = 0;
    while log_in("wrong", "192.0.2.1").await == 401 {
        tries += 1;
        assert!(tries < 100, "it goes on for ever");
    }
    assert!(tries >= 10, "somebody who mistypes is not slowed down: {tries}");
    assert_eq!(log_in(PASSWORD, "192.0.2.1, 198.51.100.7").await, 201, "elsewhere it goes on");
    program.stop().await;
}

#[tokio::test]
async fn limits_can_be_lifted_on_loopback() {
    let setting = Setting::new().await;
    let program = Program::serve(setting.command(&["--limits", "off"])).await;
    let wrong = json!({ "email": "nobody@nowhere.example", "password": "wrong" });
    for _ in 0..15 {
        assert_eq!(program.post("/api/v1/sessions", &wrong).await.status(), 401);
    }
    program.stop().await;
}
