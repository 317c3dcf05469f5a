// <form data-alike="/desk/residents/alike"> with a place [data-alike-found]: who looks like what is typed, after a rest.
const REST = 250;
const FIELDS = ["name", "address_street", "address_locality", "email", "phone"];

export function comfort(form) {
  const place = form.querySelector("[data-alike-found]");
  let timer = 0;
  let asked = "";

  async function look() {
    const words = new URLSearchParams(FIELDS.map((name) => [name, form.elements[name]?.value ?? ""])).toString();
    if (words === asked) return;
    asked = words;
    const answer = await fetch(`${form.dataset.alike}?${words}`).catch(() => null);
    if (answer?.ok && words === asked) place.innerHTML = await answer.text();
  }

  // Enter saves, from a list too, where a browser would do nothing.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.tagName !== "SELECT") return;
    event.preventDefault();
    form.requestSubmit();
  });

  form.addEventListener("input", ({ target }) => {
    if (!FIELDS.includes(target.name)) return;
    clearTimeout(timer);
    timer = setTimeout(look, REST);
  });
}
