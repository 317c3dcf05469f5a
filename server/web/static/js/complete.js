// <input data-complete="/desk/residents/streets" list="streets">: the list holds what the typed address may go on with.
export function comfort(input) {
  const list = input.list ?? input.insertAdjacentElement("afterend", document.createElement("datalist"));
  list.id ||= `${input.id}-list`;
  input.setAttribute("list", list.id);
  list.replaceChildren();

  input.addEventListener("input", async () => {
    const typed = input.value;
    const answer = await fetch(`${input.dataset.complete}?${new URLSearchParams({ q: typed })}`).catch(() => null);
    if (!answer?.ok || typed !== input.value) return;
    const found = await answer.json();
    list.replaceChildren(...found.filter((one) => one !== typed).map((one) => new Option(one, one)));
  });
}
