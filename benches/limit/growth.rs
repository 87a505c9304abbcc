//! What becomes slower as a shop ages, or as shops become more: the same requests to the small and to the grown side, in
//! turns.

use crate::arguments::Arguments;
use crate::cluster::Cluster;
use crate::data::{Data, LONG_HISTORY, ORDINARY, SHORT_HISTORY};
use crate::load::Round;
use crate::operations::{self, Operation, Texts};
use crate::outbox::Outbox;
use crate::seats::Seat;
use crate::stand::Stand;
use crate::statistics::{median, verdict};

/// How many times as long a request may take on the grown side.
const MOST: f64 = 1.2;
/// How many connections ask.
const CONNECTIONS: usize = 16;

/// One of the sides.
struct Side<'a> {
    stand: &'a Stand,
    seats: Vec<Seat>,
}

/// The newest inspections of a shop with a long history beside those of one with a short one.
pub(crate) async fn measure_history(cluster: &Cluster, data: &Data, arguments: &Arguments) {
    const DATABASE: &str = "measured";
    data.copy(cluster, DATABASE).await;
    let stand = Stand::set_up(cluster, DATABASE).await;
    let side = async |kind| Side { stand: &stand, seats: stand.seats(kind).await };
    let sides = [side(SHORT_HISTORY).await, side(LONG_HISTORY).await];
    println!("A shop's history, {} inspections beside 100", data.history());
    for operation in operations::ALL.iter().filter(|operation| operation.name == "newest") {
        compare(operation, &sides, arguments).await;
    }
    println!();
}

/// The operations on single rows among ten times as many shops.
pub(crate) async fn measure_shops(cluster: &Cluster, data: &Data, arguments: &Arguments) {
    data.copy(cluster, "measured").await;
    data.copy_grown(cluster, "measured_grown").await;
    let stands = [Stand::set_up(cluster, "measured").await, Stand::set_up(cluster, "measured_grown").await];
    let side = async |stand| Side { stand, seats: Stand::seats(stand, ORDINARY).await };
    let sides = [side(&stands[0]).await, side(&stands[1]).await];
    println!("Ten times as many shops, {}", data.describe());
    for operation in operations::ALL.iter().filter(|operation| operation.is_single && arguments.wants(operation)) {
        compare(operation, &sides, arguments).await;
    }
    println!();
}

async fn compare(operation: &Operation, sides: &[Side<'_>; 2], arguments: &Arguments) {
    let mut rates = [Vec::new(), Vec::new()];
    for round in 0..arguments.rounds {
        for turn in 0..2 {
            let place = (round + turn) % 2;
            rates[place].push(sides[place].rate(operation, arguments).await);
        }
    }
    let [small, grown] = rates.map(median);
    let ratio = small / grown;
    let verdict = verdict(ratio <= MOST);
    println!(
        "{:<14} {CONNECTIONS:>5} {small:>9.0} {grown:>9.0} answers/s, takes {ratio:.2} times as long; demanded <= {MOST}: {verdict}",
        operation.name
    );
}

impl Side<'_> {
    async fn rate(&self, operation: &Operation, arguments: &Arguments) -> f64 {
        if operation.texts != Texts::None {
            Outbox::of(&self.stand.superuser).await.rest().await;
        }
        let offset = rand::random_range(0..self.seats.len());
        let seats = &self.seats;
        let round = Round { operation, seats, connections: CONNECTIONS, offset, length: arguments.seconds };
        round.drive(&self.stand.program).await.rate
    }
}
