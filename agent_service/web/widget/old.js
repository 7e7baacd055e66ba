// What the page shows where the browser is too old to read the widget, or could not load it: a button all the same, and
// behind it a sentence and another way. A line of its own on the page, written so that every browser can read it.

(function () {
  /** @type {Record<string, [open: string, sentence: string]>} */
  var TEXTS = {
    en: ["Talk to us", "Support could not be loaded. Please try again, or use a newer browser."],
    de: ["Sprechen Sie mit uns", "Der Support konnte nicht geladen werden. Bitte versuchen Sie es noch einmal, oder nehmen Sie einen neueren Browser."],
    fr: ["Parlez-nous", "L’assistance n’a pas pu être chargée. Veuillez réessayer ou utiliser un navigateur plus récent."],
    es: ["Hable con nosotros", "No se pudo cargar la ayuda. Inténtelo de nuevo o utilice un navegador más reciente."],
    it: ["Parla con noi", "Non è stato possibile caricare l’assistenza. Riprova o usa un browser più recente."],
    pt: ["Fale connosco", "Não foi possível carregar o apoio. Tente novamente ou use um navegador mais recente."],
    nl: ["Praat met ons", "De hulp kon niet worden geladen. Probeer het opnieuw of gebruik een nieuwere browser."],
    ar: ["تحدّث معنا", "تعذّر تحميل الدعم. يُرجى المحاولة مرة أخرى أو استخدام متصفّح أحدث."],
    ja: ["お問い合わせ", "サポートを読み込めませんでした。もう一度お試しになるか、新しいブラウザをお使いください。"],
    zh: ["联系我们", "无法加载客服。请重试，或使用较新的浏览器。"]
  };
  var tags = [document.getElementsByTagName("script"), document.getElementsByTagName("support-conversation")];

  /** @param {string} name as it is set on the line with the script, or on the page's own element */
  function set(name) {
    for (var i = 0; i < tags.length; i++) {
      for (var j = 0; j < tags[i].length; j++) {
        var value = tags[i][j].getAttribute(i ? name : "data-" + name);
        if (value && (i || /\/(widget|old)\.js$/.test(tags[i][j].getAttribute("src") || ""))) {
          return value;
        }
      }
    }
    return "";
  }

  /**
   * @param {string} name
   * @param {string} text
   * @param {string} look
   */
  function make(name, text, look) {
    var made = document.createElement(name);
    if (text) {
      made.appendChild(document.createTextNode(text));
    }
    made.style.cssText = look;
    return made;
  }

  function show() {
    var language = (set("language") || document.documentElement.lang || document.body.lang || navigator.language || "").slice(0, 2).toLowerCase();
    var texts = TEXTS[language] || TEXTS.en;
    var contact = set("contact");
    var box = make("div", "", "position:fixed;right:20px;bottom:20px;max-width:18em;z-index:2147483000;font:16px/1.5 sans-serif;text-align:right");
    var told = make("p", "", "margin:0 0 8px;padding:12px 16px;border:1px solid #dbe2e0;border-radius:14px;background:#fff;color:#16211f;text-align:start");
    var button = make("button", set("label") || texts[0], "padding:14px 22px;border:0;border-radius:30px;background:#0b6b63;color:#fff;font:inherit;font-weight:bold;cursor:pointer");
    box.lang = TEXTS[language] ? language : "en";
    box.dir = language === "ar" ? "rtl" : "ltr";
    told.setAttribute("role", "alert");
    told.style.display = "none";
    button.onclick = function () {
      var isShown = told.style.display === "none";
      told.style.display = isShown ? "block" : "none";
      if (isShown && !told.hasChildNodes()) {
        told.appendChild(document.createTextNode(texts[1] + " "));
        if (/^(mailto:|tel:|https?:)/i.test(contact)) {
          var link = make("a", contact.replace(/^(mailto|tel):/i, ""), "color:#0b6b63");
          link.setAttribute("href", contact);
          told.appendChild(link);
        }
      }
    };
    box.appendChild(told);
    box.appendChild(button);
    document.body.appendChild(box);
  }

  window.addEventListener("load", function () {
    if (!window.customElements || !window.customElements.get("support-conversation")) {
      show();
    }
  });
})();
