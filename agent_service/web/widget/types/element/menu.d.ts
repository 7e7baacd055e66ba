export class Menu {
    /** @param {import("./panel.js").Panel} panel */
    constructor(panel: import("./panel.js").Panel);
    panel: import("./panel.js").Panel;
    get isOpen(): boolean;
    toggle(): void;
    close(): void;
    #private;
}
