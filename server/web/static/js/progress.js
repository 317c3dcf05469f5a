// <div data-refresh="/mailings/12/progress">: the fragment at that address takes this one's place every two seconds,
// until one comes without data-refresh. With data-reload the page is then loaded again, so that its buttons are right.
const EVERY = 2000;
const AFTER_A_FAULT = 10000;

export function comfort(element) {
  setTimeout(() => refresh(element), EVERY);
}

async function refresh(element) {
  if (document.hidden) {
    document.addEventListener("visibilitychange", () => refresh(element), { once: true });
    return;
  }
  try {
    const response = await fetch(element.dataset.refresh, { headers: { accept: "text/html" } });
    if (!response.ok || response.redirected) throw new Error(response.status);
    const fragment = new DOMParser().parseFromString(await response.text(), "text/html").body.firstElementChild;
    element.replaceWith(fragment);
    if (fragment.dataset.refresh) comfort(fragment);
    else if ("reload" in fragment.dataset) location.reload();
  } catch {
    setTimeout(() => refresh(element), AFTER_A_FAULT);
  }
}
