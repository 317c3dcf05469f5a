// <input data-complete="/desk/addresses/completions">: what a typed address may go on with; the postcode comes along.
import { make } from "./tools.js";

const TOWN = ["postcode", "post_town"];

export function comfort(input) {
  const ariaLabel = input.labels[0]?.textContent ?? "";
  const list = make("ul", { id: `${input.id}-list`, className: "options", role: "listbox", hidden: true, ariaLabel });
  input.after(list);
  Object.assign(input, { role: "combobox", ariaAutoComplete: "list", ariaExpanded: false });
  input.setAttribute("aria-controls", list.id);
  let found = [];
  let at = -1;
  let chosen = "";

  function show(next, place = -1) {
    [found, at] = [next, place];
    list.replaceChildren(...found.map(option));
    list.hidden = !found.length;
    input.ariaExpanded = !list.hidden;
    input.setAttribute("aria-activedescendant", at < 0 ? "" : `${list.id}-${at}`);
  }

  function option(one, place) {
    const ariaSelected = place === at;
    const shown = make("li", { id: `${list.id}-${place}`, role: "option", textContent: one.line, ariaSelected });
    shown.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      choose(one);
    });
    return shown;
  }

  function choose(one) {
    chosen = input.value = one.line;
    for (const name of TOWN) if (input.form.elements[name]) input.form.elements[name].value = one[name];
    show([]);
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  input.addEventListener("input", async () => {
    const typed = input.value;
    if (typed === chosen) return;
    show(found);
    const answer = await fetch(`${input.dataset.complete}?${new URLSearchParams({ q: typed })}`).catch(() => null);
    const completions = answer?.ok ? (await answer.json()).completions : [];
    if (typed === input.value && at < 0) show(completions);
  });

  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) {
      event.preventDefault();
      show(found, at < 0 && step < 0 ? found.length - 1 : (at + step + found.length) % found.length);
    } else if ((event.key === "Enter" || event.key === "Tab") && at >= 0) {
      if (event.key === "Enter") event.preventDefault();
      choose(found[at]);
    } else if (event.key === "Escape") show([]);
  });

  input.addEventListener("blur", () => show([]));
}
