// <input data-complete="/desk/addresses/completions">: its list holds what a typed address may go on with; a chosen one brings its town along.
const TOWN = ["postcode", "post_town"];

export function comfort(input) {
  const list = input.insertAdjacentElement("afterend", document.createElement("datalist"));
  list.id = `${input.id}-list`;
  input.setAttribute("list", list.id);
  let found = [];

  input.addEventListener("input", async () => {
    const typed = input.value;
    const chosen = found.find((one) => one.line === typed);
    if (chosen) for (const name of TOWN) input.form.elements[name].value = chosen[name];
    const answer = await fetch(`${input.dataset.complete}?${new URLSearchParams({ q: typed })}`).catch(() => null);
    if (!answer?.ok || typed !== input.value) return;
    found = (await answer.json()).completions;
    list.replaceChildren(...found.filter((one) => one.line !== typed).map((one) => new Option(one.line, one.line)));
  });
}
