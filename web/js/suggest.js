// Suggestions while typing: an ARIA combobox over /api/v1/search/suggest, and recent searches of this browser.
import { keep, recent } from "./recent.js";

const PAUSE = 120;
const make = (name, properties = {}, ...inside) => {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...inside);
  return element;
};

for (const form of document.querySelectorAll("form[data-suggest]")) {
  const input = form.querySelector("input[name=q]");
  const words = form.dataset;
  const list = make("ul", { id: `${input.id}-list` });
  const title = make("p", { className: "title", textContent: words.recent });
  const clear = make("button", { type: "button", className: "clear", textContent: words.clear });
  const popup = make("div", { className: "suggest", hidden: true }, title, list, clear);
  const live = make("span", { className: "visually-hidden" });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", words.list);
  live.setAttribute("role", "status");
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
  })) {
    input.setAttribute(name, value);
  }
  form.append(popup, live);

  let options = [];
  let at = -1;
  let waiting = 0;
  let asking;

  const close = () => {
    clearTimeout(waiting);
    asking?.abort();
    popup.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const select = (place) => {
    at = place;
    options.forEach((option, n) => option.element.setAttribute("aria-selected", String(n === at)));
    if (at < 0) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    input.setAttribute("aria-activedescendant", options[at].element.id);
    options[at].element.scrollIntoView({ block: "nearest" });
  };
  const forget = (text) => {
    keep(recent().filter((known) => known !== text));
    showRecent();
  };
  const take = (option) => {
    if (option.text) {
      input.value = option.text;
      form.requestSubmit();
    } else {
      location.assign(option.href);
    }
  };
  const show = (next, ofRecent) => {
    options = next;
    at = -1;
    list.replaceChildren(
      ...options.map((option, n) => {
        const element = make("li", { id: `${list.id}-${n}` }, make("span", { textContent: option.label }));
        element.setAttribute("role", "option");
        element.setAttribute("aria-selected", "false");
        if (option.kind) element.append(make("span", { className: "kind", textContent: option.kind }));
        if (ofRecent) {
          const drop = make("span", { className: "drop", textContent: "✕", title: words.remove });
          drop.setAttribute("aria-hidden", "true");
          drop.addEventListener("click", (event) => {
            event.stopPropagation();
            forget(option.text);
          });
          element.append(drop);
        }
        element.addEventListener("click", () => take(option));
        option.element = element;
        return element;
      }),
    );
    const open = options.length > 0;
    popup.hidden = !open;
    title.hidden = clear.hidden = !ofRecent;
    input.setAttribute("aria-expanded", String(open));
    input.removeAttribute("aria-activedescendant");
    live.textContent = open
      ? `${words.found.replace("{n}", options.length)}${ofRecent ? ` ${words.remove}` : ""}`
      : "";
  };
  const showRecent = () => show(recent().map((text) => ({ label: text, text })), true);
  const ask = async () => {
    const typed = input.value.trim();
    asking?.abort();
    if (typed === "") {
      showRecent();
      return;
    }
    const mine = new AbortController();
    asking = mine;
    try {
      const answer = await fetch(`/api/v1/search/suggest?q=${encodeURIComponent(typed)}`, { signal: mine.signal });
      if (!answer.ok) return;
      const { items } = await answer.json();
      if (asking !== mine || document.activeElement !== input) return;
      const option = (item) => ({
        label: item.label,
        kind: [item.detail, words[item.kind]].filter(Boolean).join(" · "),
        text: item.kind === "query" ? item.value : undefined,
        href: item.href,
      });
      show(items.map(option), false);
    } catch {
      // Typed on, or no connection: the field searches without suggestions.
    }
  };

  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, PAUSE);
  });
  input.addEventListener("focus", () => {
    if (input.value.trim() === "") showRecent();
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const open = !popup.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) {
        ask();
        return;
      }
      // One place beyond the ends is the typed text itself.
      const places = options.length + 1;
      const step = event.key === "ArrowDown" ? 1 : -1;
      select(((at + 1 + step + places) % places) - 1);
    } else if (event.key === "Enter" && open && at >= 0) {
      event.preventDefault();
      take(options[at]);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      close();
    } else if (event.key === "Delete" && open && at >= 0 && !title.hidden) {
      event.preventDefault();
      forget(options[at].text);
    }
  });
  // A press on the popup must not take the focus from the field before the click arrives.
  popup.addEventListener("mousedown", (event) => event.preventDefault());
  clear.addEventListener("click", () => {
    keep([]);
    close();
  });
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) close();
  });
  form.addEventListener("submit", () => {
    const text = input.value.trim();
    if (text !== "") keep([text, ...recent().filter((known) => known !== text)]);
    close();
  });
}
