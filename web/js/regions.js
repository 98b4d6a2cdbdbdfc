// Region pickers fill their cities and districts as one chooses.
const below = async (parent) => {
  const answer = await fetch(`/api/v1/regions?parent=${encodeURIComponent(parent)}`);
  return answer.ok ? (await answer.json()).items : [];
};
const fill = (select, items, first) => {
  select.replaceChildren(...(first ? [first] : []), ...items.map((item) => new Option(item.name, item.code)));
};
for (const picker of document.querySelectorAll("[data-regions]")) {
  const [province, city, district] = picker.querySelectorAll("select");
  const none = () => new Option(district.dataset.none, "");
  district.dataset.none = district.options[0].text;
  const choose = async (code) => {
    const [p, c, d] = [code.slice(0, 2), code.slice(0, 4), code.slice(0, 6)];
    province.value = p;
    fill(city, await below(p));
    if (c.length === 4) city.value = c;
    fill(district, await below(city.value), none());
    district.value = d.length === 6 ? d : "";
    district.dispatchEvent(new Event("change", { bubbles: true }));
  };
  province.addEventListener("change", () => choose(province.value));
  city.addEventListener("change", () => choose(city.value));
  picker.addEventListener("region", (event) => choose(event.detail));
}
