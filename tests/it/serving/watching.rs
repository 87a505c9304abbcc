//! What an operator can watch: metrics and the log.

use serde_json::{Value, json};

use super::Setting;
use crate::support::cluster::cluster;
use crate::support::program::{Program, client};

#[tokio::test]
async fn prometheus_asks_on_a_listener_of_its_own() {
    let setting = Setting::new().await;
    // The program picks the port and says it in the log alone.
    let program = Program::serve(setting.command(&["--metrics-listen", "127.0.0.1:0"])).await;
    let log = program.logged("metrics on ").await;
    let metrics = log.split("metrics on ").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let world = &cluster().world;
    let car = format!("/api/v1/vehicles/{}", world.ours.vehicle);
    assert_eq!(program.get(&car, &world.ours.manager.token).await.status(), 200);
    assert_eq!(program.get("/nowhere?of=somebody", "").await.status(), 404);
    assert_eq!(program.ask("BREW".parse().unwrap(), "/healthz", "", None).await.status(), 405);
    let wrong = json!({ "email": "nobody@nowhere.example", "password": "wrong" });
    assert_eq!(program.post("/api/v1/sessions", &wrong).await.status(), 401);
    let text = client().get(&metrics).send().await.unwrap().text().await.unwrap();
    for line in [
        r#"courtesy_http_requests_total{route="/api/v1/vehicles/{id}",method="GET",status="2xx"} 1"#,
        r#"courtesy_http_requests_total{route="none",method="GET",status="4xx"} 1"#,
        r#"courtesy_http_requests_total{route="/healthz",method="other",status="4xx"} 1"#,
        r#"courtesy_http_request_duration_seconds_count{route="/api/v1/vehicles/{id}",method="GET",status="2xx"} 1"#,
        "courtesy_password_hashes_total 1",
        "courtesy_requests_connections_in_use 0",
        "courtesy_work_connections_awaited 0",
        "courtesy_texts_waiting 0",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    assert_eq!(program.get("/metrics", "").await.status(), 404, "not among the other addresses");
    program.stop().await;
}

#[tokio::test]
async fn every_request_leaves_one_line_without_anybodys_data() {
    let setting = Setting::new().await;
    let program = Program::serve(setting.command(&[])).await;
    let token = &cluster().world.ours.manager.token;
    let request = client().get(format!("{}/api/v1/customers?q=ruth", program.url));
    let answer = request.bearer_auth(token).header("x-request-id", "from-the-proxy.1").send().await.unwrap();
    assert_eq!(answer.headers()["x-request-id"], "from-the-proxy.1");
    for (name, value) in
        [("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer"), ("cache-control", "no-store")]
    {
        assert_eq!(answer.headers()[name], value);
    }
    assert!(answer.headers()["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
    program.get("/r/0123456789abcdefghijkl", "").await;
    let log = program.logged("/r/{token}").await;
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let answered: Vec<&Value> = lines.iter().filter(|line| line["message"] == "answered").collect();
    assert_eq!(answered.len(), 2, "{log}");
    assert_eq!(answered[0]["route"], "/api/v1/customers");
    assert_eq!(answered[0]["method"], "GET");
    assert_eq!(answered[0]["status"], 200);
    assert!(answered[0]["milliseconds"].is_number());
    assert_eq!(answered[0]["span"]["request_id"], "from-the-proxy.1");
    assert!(!log.contains("ruth") && !log.contains("0123456789abcdef") && !log.contains(token.as_str()), "{log}");
    program.stop().await;
}
