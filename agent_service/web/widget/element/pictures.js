// Pictures that the customer drags, pastes, chooses or takes.

const MOST_BYTES = 10 * 1024 * 1024;

export class Pictures {
  /** @type {Map<string, string>} what was sent, or asked for again, by conversation and number */
  #urls = new Map();

  /**
   * @param {import("./panel.js").Panel} panel
   * @param {import("./view.js").View} view
   */
  constructor(panel, view) {
    this.panel = panel;
    this.view = view;
    const over = (/** @type {DragEvent} */ event) => this.#drag(event, true);
    view.dialog.addEventListener("dragenter", over);
    view.dialog.addEventListener("dragover", over);
    view.dialog.addEventListener("dragleave", (/** @type {DragEvent} */ event) => this.#drag(event, false));
    view.dialog.addEventListener("drop", (/** @type {DragEvent} */ event) => {
      this.#drag(event, false);
      this.#take(event.dataTransfer?.files);
    });
    view.text.addEventListener("paste", (/** @type {ClipboardEvent} */ event) => this.#take(event.clipboardData?.files));
    view.file.addEventListener("change", () => this.#take(view.file.files));
  }

  /** The client can send pictures, and the service takes them. */
  get isPossible() {
    return this.panel.conversation?.canAttach === true;
  }

  /**
   * Get an address of a picture, to show it.
   * @param {number} number
   */
  async urlOf(number) {
    const { conversation } = this.panel;
    const key = `${conversation?.conversationId} ${number}`;
    const known = this.#urls.get(key);
    if (known) {
      return known;
    }
    const url = URL.createObjectURL(await /** @type {any} */ (conversation).picture(number));
    this.#urls.set(key, url);
    return url;
  }

  /**
   * @param {DragEvent} event
   * @param {boolean} isOver
   */
  #drag(event, isOver) {
    const { dataTransfer } = event;
    if (dataTransfer?.types.includes("Files")) {
      event.preventDefault(); // else the browser leaves the page for the file
      this.view.drop.hidden = !isOver || !this.panel.canAttach;
      dataTransfer.dropEffect = this.panel.canAttach ? "copy" : "none";
    }
  }

  /** @param {FileList | null | undefined} files */
  #take(files) {
    // Where the line is lost, it is said that it cannot be sent.
    if (this.panel.canAttach || this.panel.state.connection === "lost") {
      for (const file of files ?? []) {
        void this.#send(file);
      }
    }
  }

  /** @param {File} file */
  async #send(file) {
    const { panel } = this;
    panel.acted();
    try {
      if (!file.type.startsWith("image/") || file.size > MOST_BYTES) {
        throw new Error(`a file of type ${file.type} and ${file.size} bytes`);
      }
      const number = await panel.conversation?.attach(file);
      this.#urls.set(`${panel.conversation?.conversationId} ${number}`, URL.createObjectURL(file));
    } catch (/** @type {any} */ error) {
      panel.say(error.isRetryable ? "notSent" : error.code === "too_many_pictures" ? "picturesFull" : "pictureRefused");
    }
    this.view.file.value = "";
  }
}
