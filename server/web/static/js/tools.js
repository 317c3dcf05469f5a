// An element with its properties set.
export const make = (tag, properties) => Object.assign(document.createElement(tag), properties);

// What a form would send, without files.
export const fields = (form) => [...new FormData(form)].filter(([, value]) => typeof value === "string");
