// <div data-preview="/notices/87/renderings" data-source="writing">: the form with that id is posted there when its
// author rests, and the HTML of the answer replaces what the element holds (a fit list, a rendering); one that holds
// nothing yet is filled at once. An
// <iframe src=… data-preview data-source=…> is loaded again once the form has been saved.
const REST = 800;

export function comfort(element) {
  const form = document.getElementById(element.dataset.source);
  if (!form) return;
  if (element.tagName === "IFRAME") {
    form.addEventListener("autosaved", () => { element.src = element.src; });
    return;
  }
  let timer = 0;
  let asked = 0;

  async function show() {
    const mine = (asked += 1);
    const fields = [...new FormData(form)].filter(([, value]) => typeof value === "string");
    try {
      const response = await fetch(element.dataset.preview, { method: "POST", body: new URLSearchParams(fields) });
      const html = await response.text();
      if (response.ok && !response.redirected && mine === asked) element.innerHTML = html;
    } catch {
      // Without an answer the last preview stays; autosave is the one that says so.
    }
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, REST);
  });
  if (!element.firstElementChild) show();
}
