// An element with properties.
export const make = (tag, properties) => Object.assign(document.createElement(tag), properties);

// What a form sends, without files.
export const fields = (form) => [...new FormData(form)].filter(([, value]) => typeof value === "string");
