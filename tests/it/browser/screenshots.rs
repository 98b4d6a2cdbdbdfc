//! The pictures of docs/screenshots: made where `YANXI_TEST_SCREENSHOTS` names a folder.

use super::{DESK, PHONE, Window, pages::signed_in, story};
use crate::support::{
    Api,
    api::{place_body, quote_body},
    variable,
};

/// Highest picture.
const HIGHEST: u32 = 2200;

#[test]
fn pictures_of_the_pages_are_made_where_a_folder_is_named() {
    let Some(folder) = variable("YANXI_TEST_SCREENSHOTS") else { return };
    std::fs::create_dir_all(&folder).unwrap();
    story(|market| async move {
        let api = Api::of(&market.url);
        for (width, height) in [PHONE, DESK] {
            let window = Window::open(&market.url, (width, height), true).await;
            let picture = async |name: &str| {
                let bytes = window.picture(width, HIGHEST).await;
                std::fs::write(format!("{folder}/{name}-{width}.webp"), bytes).unwrap();
            };
            for (name, page) in [("home", "/"), ("list", "/products"), ("counter", "/counter")] {
                window.go(page).await;
                picture(name).await;
            }
            for code in ["P19", "P01"] {
                let product = api.get(&format!("/products/{code}")).await.body;
                window.go(&format!("/p/{}", product["slug"].as_str().unwrap())).await;
                if code == "P01" {
                    picture("product").await;
                }
                window.press("form.buy button[value=cart]").await;
                window.arrives("/cart").await;
            }
            picture("cart").await;
            window.go("/checkout").await;
            picture("checkout").await;
            let quote = api.post("/quotes", quote_body(&[("P01-1", 1), ("P19-1", 2)])).await.body;
            let placed = api.post("/orders", place_body(quote["quote_id"].as_str().unwrap())).await.body;
            let (number, token) = (placed["number"].as_str().unwrap(), placed["token"].as_str().unwrap());
            api.with_order(token).pay(number).await;
            window.go(&format!("/orders/{number}?token={token}")).await;
            picture("order").await;
            signed_in(&window, "bureau", "/bureau").await;
            picture("bureau").await;
            window.close().await;
            let window = Window::open(&market.url, (width, height), true).await;
            signed_in(&window, "coop03", "/coop").await;
            let bytes = window.picture(width, HIGHEST).await;
            std::fs::write(format!("{folder}/coop-{width}.webp"), bytes).unwrap();
            window.close().await;
        }
    });
}
