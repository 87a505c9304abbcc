//! The lines of one list beside each other, and beside what happens in the shop meanwhile.

use serde_json::json;

use super::{counts, import, preview};
use crate::support::{Answer, TestApp};

/// What is told of each line that is left out: which one, and why.
fn left_out(page: &Answer) -> Vec<(String, String)> {
    let cells = page.texts("[aria-labelledby=wrong] td");
    cells.chunks(3).map(|row| (row[0].clone(), row[2].clone())).collect()
}

fn told<const N: usize>(lines: [(&str, String); N]) -> Vec<(String, String)> {
    lines.into_iter().map(|(line, why)| (line.to_owned(), why)).collect()
}

#[tokio::test]
async fn customers_of_one_list_are_matched_to_each_other_as_to_the_shop() {
    let (app, world) = TestApp::start().await;
    let (boss, ruth) = (&world.ours.manager, &world.ours.customer);
    let list = format!(
        "ID,First name,Last name,Phone,Email\n\
         ,Ida,Brandt,415 555 2671,\n\
         ,ida,,(415) 555-2671,ida@brandt.example\n\
         ,Otto,,,otto@brandt.example\n\
         ,,Brandt,,Otto@Brandt.example\n\
         ,Ben,,415 555 2671,\n\
         ,,,+14155552671,\n\
         {ruth},,,415 555 2672,\n\
         ,Ruth,,415 555 2672,\n\
         ,Nora,,12,\n\
         ,Nora,,415 555 2673,nora@brandt.example\n\
         ,Ana,,,\n\
         ,Ana,,,\n"
    );
    let (_, page) = preview(&app, boss, "customers", &list).await;
    assert_eq!(counts(&page), ["5", "1", "0", "6"]);
    let same = |first| format!("It is the same customer as in line {first}, which is taken instead.");
    let mut left = left_out(&page);
    let (line, why) = left.remove(4);
    assert!(line == "10" && why.starts_with("phone "), "{why}");
    let several = "It may be the customer of line 2 or that of line 6: say which by the name.";
    let expected = [("3", same(2)), ("5", same(4)), ("7", several.to_owned()), ("9", same(8)), ("13", same(12))];
    assert_eq!(left, told(expected));
    assert_eq!(import(&app, boss, "customers", &list).await, "5 customers added, 1 changed");
    let (_, again) = preview(&app, boss, "customers", "Phone\n415 555 2671\n415 555 2673\n").await;
    assert_eq!(counts(&again), ["0", "0", "1", "1"], "Ida and Ben share the first one");
}

#[tokio::test]
async fn vehicles_of_one_list_are_matched_to_each_other_as_to_the_shop() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let list = "Customer phone,VIN,Plate,Make\n\
                (415) 555-0142,1HGCM82633A004352,NEW 1,Honda\n\
                (415) 555-0142,1hgcm82633a004352,,Honda\n\
                (415) 555-0142,,new-1,Honda\n\
                (415) 555-0142,5GZCZ43D13S812715,NEW 1,Saturn\n\
                (415) 555-0142,,NEW.1,Saturn\n\
                (415) 555-0142,,,Mazda\n\
                (415) 555-0142,,,Mazda\n\
                (415) 555-0142,1M8GDM9AXKP042788,7ABC 123,\n\
                (415) 555-0142,1M8GDM9AXKP042788,,Honda\n";
    let (_, page) = preview(&app, boss, "vehicles", list).await;
    assert_eq!(counts(&page), ["4", "1", "0", "4"]);
    let same = |first| format!("It is the same vehicle as in line {first}, which is taken instead.");
    let several = "It may be the vehicle of line 2 or that of line 5: say which by the VIN.";
    let expected = [("3", same(2)), ("4", same(2)), ("6", several.to_owned()), ("10", same(9))];
    assert_eq!(left_out(&page), told(expected));
    assert_eq!(import(&app, boss, "vehicles", list).await, "4 vehicles added, 1 changed");
}

#[tokio::test]
async fn a_car_is_not_added_to_somebody_who_is_deleted_at_that_moment() {
    let (app, world) = TestApp::start().await;
    let (owner, boss, ruth) = (app.owner().await, &world.ours.manager, &world.ours.customer);
    // The id comes before hers, and the row behind it: owners are held in the order of their ids, as everywhere.
    let sam = "00000000-0000-7000-8000-000000000001";
    app.post("/customers", boss, &json!({ "id": sam, "first_name": "Sam" })).await.created();
    let list = format!("Customer ID,Make\n{ruth},Saab\n{sam},Saab\n");
    let (address, _) = preview(&app, boss, "vehicles", list).await;
    let take = format!("BEGIN; SELECT FROM customers WHERE id = '{sam}' FOR NO KEY UPDATE");
    owner.batch_execute(&take).await.unwrap();
    let delete = format!(
        "UPDATE customers SET deleted_at = now() WHERE id = '{ruth}';
         UPDATE vehicles SET deleted_at = now() WHERE customer_id = '{ruth}'"
    );
    let done = app.amid(&owner, &delete, app.submit(&address, boss, &[])).await;
    assert_eq!(app.open(done.leads_to(), boss).await.texts("h1"), ["1 vehicle added, 0 changed"]);
    let whose = "SELECT customer_id::text FROM vehicles WHERE shop_id::text = $1 AND deleted_at IS NULL";
    let cars = owner.query(whose, &[&world.ours.id]).await.unwrap();
    assert_eq!(cars.iter().map(|row| row.get(0)).collect::<Vec<String>>(), [sam]);
}
