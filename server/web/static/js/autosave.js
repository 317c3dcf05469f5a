// <form data-autosave="/notices/87/draft"> with a field `revision` and the status line made by the macro autosaved().
// After two seconds of rest the form is sent there. Answers: 200 {revision, saved_at_text}, {url} of what is new; 409
// {message, url}: somebody else saved first. What is not saved is kept in this tab too, and leaving is asked about.
import { fields, make } from "./tools.js";

const REST = 2000;
const RETRY = 10000;

export function comfort(form) {
  const store = `autosave:${form.dataset.autosave}`;
  const status = form.querySelector("[data-saved]");
  let timer = 0;
  let changes = 0; // what is typed during a save is saved next
  let saved = 0;
  let isSaving = false;
  let isRefused = false;

  const revision = () => form.elements.revision?.value ?? "";
  const say = (words) => status?.replaceChildren(words);
  const wait = (time) => {
    clearTimeout(timer);
    timer = setTimeout(save, time);
  };

  function keep(isSubmitted = false) {
    const entries = fields(form).filter(([name]) => name !== "csrf_token");
    sessionStorage.setItem(store, JSON.stringify({ revision: revision(), isSubmitted, entries }));
  }

  async function save() {
    if (isSaving || isRefused) return;
    const sent = changes;
    isSaving = true;
    try {
      const response = await fetch(form.dataset.autosave, {
        method: "POST",
        headers: { accept: "application/json" },
        body: new URLSearchParams(fields(form)),
      });
      const answer = await response.json();
      if (response.ok) accept(answer, sent);
      else refuse(response.status, answer);
    } catch {
      say(status?.dataset.failed ?? "");
      wait(RETRY);
    } finally {
      isSaving = false;
    }
  }

  function accept(answer, sent) {
    if (form.elements.revision) form.elements.revision.value = answer.revision;
    if (answer.url) history.replaceState(null, "", answer.url);
    saved = sent;
    say(answer.saved_at_text);
    if (changes > saved) {
      keep();
      wait(REST);
    } else sessionStorage.removeItem(store);
  }

  // After a conflict nothing more is sent.
  function refuse(code, { message, fields: wrong, title, url }) {
    isRefused = code === 409;
    const words = message ?? Object.values(wrong ?? [title])[0] ?? status?.dataset.failed ?? "";
    say(url ? make("a", { href: url, textContent: words }) : words);
  }

  function putBack({ entries }) {
    for (const field of form.elements) {
      const theirs = entries.filter(([name]) => name === field.name);
      if (["checkbox", "radio"].includes(field.type)) field.checked = theirs.some(([, value]) => value === field.value);
      else if (theirs.length === 1 && field.name !== "revision") [[, field.value]] = theirs;
    }
    form.dispatchEvent(new Event("input"));
  }

  // The same revision: that text was never saved, it comes back. Another one: the reader decides.
  function offer(kept) {
    if (kept.revision === revision()) {
      putBack(kept);
    } else if (kept.isSubmitted) {
      sessionStorage.removeItem(store);
    } else {
      const button = make("button", { type: "button", className: "link", textContent: status?.dataset.putBack ?? "" });
      button.addEventListener("click", () => putBack(kept));
      say(button);
    }
  }

  form.addEventListener("input", () => {
    changes += 1;
    keep();
    wait(REST);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    keep(true);
    saved = changes;
  });
  addEventListener("beforeunload", (event) => {
    if (changes > saved) event.preventDefault();
  });

  const kept = JSON.parse(sessionStorage.getItem(store) ?? "null");
  if (kept) offer(kept);
}
