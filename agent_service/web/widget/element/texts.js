// The texts of one language; only that one is fetched.

/** @type {Record<string, () => Promise<{default: Record<string, string>}>>} */
const TEXTS = {
  en: () => import("./texts/en.js"),
  de: () => import("./texts/de.js"),
  fr: () => import("./texts/fr.js"),
  es: () => import("./texts/es.js"),
  it: () => import("./texts/it.js"),
  pt: () => import("./texts/pt.js"),
  nl: () => import("./texts/nl.js"),
  ar: () => import("./texts/ar.js"),
  ja: () => import("./texts/ja.js"),
  zh: () => import("./texts/zh.js"),
};

/** @param {string} language one that there are texts for */
export async function textsIn(language) {
  return (await TEXTS[language]()).default;
}
