// What the pages make their elements of. Text is shown as text, never as markup.

export const at = (id) => document.getElementById(id);

export function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

export function moment(text) {
  return new Date(text).toLocaleString();
}
