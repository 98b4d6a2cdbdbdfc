// 长辈模式: larger type. The choice is a cookie, and a public page stays the same bytes for everyone.
import { cookie } from "./cookies.js";

const root = document.documentElement;
const chosen = cookie("large") === "1";
root.toggleAttribute("data-large", chosen);
for (const button of document.querySelectorAll("[data-larger]")) {
  button.hidden = false;
  button.setAttribute("aria-pressed", String(chosen));
  button.addEventListener("click", () => {
    const large = root.toggleAttribute("data-large");
    button.setAttribute("aria-pressed", String(large));
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `large=${large ? 1 : 0}; Path=/; SameSite=Lax; Max-Age=31536000${secure}`;
  });
}
