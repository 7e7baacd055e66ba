export class Log {
    /**
     * @param {Record<string, string>} texts
     * @param {(number: number) => Promise<string>} pictureUrl
     */
    constructor(texts: Record<string, string>, pictureUrl: (number: number) => Promise<string>);
    texts: Record<string, string>;
    pictureUrl: (number: number) => Promise<string>;
    list: any;
    /** @type {Map<string, {item: HTMLElement, shown: string}>} */
    items: Map<string, {
        item: HTMLElement;
        shown: string;
    }>;
    /**
     * Bring the list in line with the entries; what has not changed is not touched.
     * @param {import("./story.js").Entry[]} entries
     */
    render(entries: import("./story.js").Entry[]): void;
    #private;
}
