// Loads the comforts a page asks for. Every page works without them.
const comforts = {
  "form[data-alike]": "./alike.js",
  "form[data-autosave]": "./autosave.js",
  "[data-complete]": "./complete.js",
  "[data-marks]": "./marks.js",
  "[data-preview]": "./preview.js",
  "[data-refresh]": "./progress.js",
  "[data-reorder]": "./reorder.js",
};

for (const [selector, module] of Object.entries(comforts)) {
  const found = document.querySelectorAll(selector);
  if (found.length) import(module).then(({ comfort }) => found.forEach((element) => comfort(element)));
}

// In the list of what is wrong each sentence begins with the name of its field.
for (const link of document.querySelectorAll(".summary a")) {
  const field = document.getElementById(link.hash.slice(1));
  const name = (field?.closest("fieldset:not(.group)")?.querySelector("legend") ?? field?.labels?.[0])?.firstChild;
  if (name) link.prepend(`${name.textContent.trim()} – `);
}

// After a refused form, the keyboard and the screen reader start at the list of what is wrong.
document.querySelector("[data-focus]")?.focus();
