// What the button is called, in each language: all that is read before the rest is fetched.

/** @type {Record<string, [open: string, goesOn: string, failed: string]>} */
export const NAMES = {
  en: ["Talk to us", "Back to the conversation", "Support could not be loaded. Please try again, or use a newer browser."],
  de: ["Sprechen Sie mit uns", "Zurück zum Gespräch", "Der Support konnte nicht geladen werden. Bitte versuchen Sie es noch einmal, oder nehmen Sie einen neueren Browser."],
  fr: ["Parlez-nous", "Revenir à la conversation", "L’assistance n’a pas pu être chargée. Veuillez réessayer ou utiliser un navigateur plus récent."],
  es: ["Hable con nosotros", "Volver a la conversación", "No se pudo cargar la ayuda. Inténtelo de nuevo o utilice un navegador más reciente."],
  it: ["Parla con noi", "Torna alla conversazione", "Non è stato possibile caricare l’assistenza. Riprova o usa un browser più recente."],
  pt: ["Fale connosco", "Voltar à conversa", "Não foi possível carregar o apoio. Tente novamente ou use um navegador mais recente."],
  nl: ["Praat met ons", "Terug naar het gesprek", "De hulp kon niet worden geladen. Probeer het opnieuw of gebruik een nieuwere browser."],
  ar: ["تحدّث معنا", "العودة إلى المحادثة", "تعذّر تحميل الدعم. يُرجى المحاولة مرة أخرى أو استخدام متصفّح أحدث."],
  ja: ["お問い合わせ", "会話に戻る", "サポートを読み込めませんでした。もう一度お試しになるか、新しいブラウザをお使いください。"],
  zh: ["联系我们", "返回对话", "无法加载客服。请重试，或使用较新的浏览器。"],
};

/**
 * The first of the wishes that there are texts for; a region does not matter.
 * @param {(string | null | undefined)[]} wishes language tags, the most wanted first
 * @returns {string}
 */
export function languageOf(wishes) {
  const known = wishes.map((wish) => (wish ?? "").toLowerCase().split(/[-_]/)[0]);
  return known.find((language) => Object.keys(NAMES).includes(language)) ?? "en";
}
