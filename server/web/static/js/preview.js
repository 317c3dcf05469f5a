// <div data-preview="/notices/87/renderings" data-source="writing">: the form with that id is posted there when its
// author rests, and the answer's HTML takes the place of what is inside; what is empty is filled at once.
import { fields } from "./tools.js";

const REST = 800;

export function comfort(element) {
  const form = document.getElementById(element.dataset.source);
  if (!form) return;
  let timer = 0;
  let asked = 0;

  async function show() {
    const mine = (asked += 1);
    try {
      const response = await fetch(element.dataset.preview, { method: "POST", body: new URLSearchParams(fields(form)) });
      const html = await response.text();
      if (response.ok && !response.redirected && mine === asked) element.innerHTML = html;
    } catch {
      // The last preview stays; autosave says so.
    }
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, REST);
  });
  if (!element.firstElementChild) show();
}
