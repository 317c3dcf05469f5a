// The macro ordering(): a list put in order by typed numbers, or by two buttons, or by dragging.
// The hidden numbers are always 1, 2, 3 …
import { make } from "./tools.js";

export function comfort(list) {
  const { up, down, moved } = list.dataset;
  const status = make("p", { className: "unseen", role: "status" });
  list.after(status);

  const title = (item) => item.querySelector(".what").textContent.trim();
  const place = (item) => [...list.children].indexOf(item) + 1;

  function settle(item) {
    for (const each of list.children) {
      each.querySelector("input").value = place(each);
      const [first, last] = each.querySelectorAll("button");
      first.ariaDisabled = each === list.firstElementChild;
      last.ariaDisabled = each === list.lastElementChild;
    }
    if (!item) return;
    const words = { title: title(item), place: place(item), total: list.children.length };
    status.textContent = moved.replace(/\{(\w+)\}/g, (_, name) => words[name]);
    list.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function button(item, words, move) {
    const made = make("button", { type: "button", className: "link", textContent: words });
    made.append(make("span", { className: "unseen", textContent: ` ${title(item)}` }));
    made.addEventListener("click", () => {
      move();
      made.focus();
      settle(item);
    });
    return made;
  }

  let carried = null;
  for (const item of list.children) {
    const label = item.querySelector("label");
    const input = label.querySelector("input");
    input.type = "hidden";
    label.replaceWith(
      input,
      button(item, up, () => item.previousElementSibling?.before(item)),
      button(item, down, () => item.nextElementSibling?.after(item)),
    );
    item.draggable = true;
    item.addEventListener("dragstart", (event) => {
      carried = item;
      item.classList.add("moving");
    });
    item.addEventListener("dragover", (event) => {
      if (!carried) return;
      event.preventDefault();
      const { top, height } = item.getBoundingClientRect();
      if (event.clientY < top + height / 2) item.before(carried);
      else item.after(carried);
    });
    item.addEventListener("drop", (event) => event.preventDefault());
    item.addEventListener("dragend", () => {
      carried = null;
      item.classList.remove("moving");
      settle(item);
    });
  }
  settle();
}
