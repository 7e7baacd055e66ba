export class Pictures {
    /**
     * @param {import("./panel.js").Panel} panel
     * @param {import("./view.js").View} view
     */
    constructor(panel: import("./panel.js").Panel, view: import("./view.js").View);
    panel: import("./panel.js").Panel;
    view: import("./view.js").View;
    /** The client can send pictures, and the service takes them. */
    get isPossible(): boolean;
    /**
     * Get an address of a picture, to show it.
     * @param {number} number
     */
    urlOf(number: number): Promise<string>;
    #private;
}
