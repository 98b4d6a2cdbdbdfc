// The cart's count comes from its cookie: a public page is the same for everyone.
import { cookie } from "./cookies.js";

const units = cookie("cart")
  .split("~")
  .reduce((sum, item) => sum + (Number.parseInt(item.split(":")[1], 10) || 0), 0);
for (const badge of document.querySelectorAll("[data-cart-count]")) {
  badge.textContent = units > 99 ? "99+" : String(units);
  badge.hidden = units === 0;
}
