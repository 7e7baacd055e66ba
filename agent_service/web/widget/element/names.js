// What the button is called, in each language: all that is read before the rest is fetched.

/** @type {Record<string, [open: string, goesOn: string, failed: string]>} */
export const NAMES = {
  en: ["Talk to us", "Back to the conversation", "Support could not be loaded. Please try again."],
  de: ["Sprechen Sie mit uns", "Zurück zum Gespräch", "Der Support konnte nicht geladen werden. Bitte versuchen Sie es noch einmal."],
  fr: ["Parlez-nous", "Revenir à la conversation", "L’assistance n’a pas pu être chargée. Veuillez réessayer."],
  es: ["Hable con nosotros", "Volver a la conversación", "No se pudo cargar la ayuda. Inténtelo de nuevo."],
  it: ["Parla con noi", "Torna alla conversazione", "Non è stato possibile caricare l’assistenza. Riprova."],
  pt: ["Fale connosco", "Voltar à conversa", "Não foi possível carregar o apoio. Tente novamente."],
  nl: ["Praat met ons", "Terug naar het gesprek", "De hulp kon niet worden geladen. Probeer het opnieuw."],
  ar: ["تحدّث معنا", "العودة إلى المحادثة", "تعذّر تحميل الدعم. يُرجى المحاولة مرة أخرى."],
  ja: ["お問い合わせ", "会話に戻る", "サポートを読み込めませんでした。もう一度お試しください。"],
  zh: ["联系我们", "返回对话", "无法加载客服，请重试。"],
};

/**
 * The first of the wishes that there are texts for; a region does not matter.
 * @param {(string | null | undefined)[]} wishes language tags, the most wanted first
 * @returns {string}
 */
export function languageOf(wishes) {
  const known = wishes.map((wish) => (wish ?? "").toLowerCase().split(/[-_]/)[0]);
  return known.find((language) => Object.hasOwn(NAMES, language)) ?? "en";
}
