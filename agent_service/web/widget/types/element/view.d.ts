export class View {
    /** @param {import("./panel.js").Panel} panel */
    constructor(panel: import("./panel.js").Panel);
    panel: import("./panel.js").Panel;
    texts: Record<string, string>;
    log: Log;
    head: any;
    stage: any;
    banner: any;
    body: any;
    cards: any;
    foot: any;
    drop: any;
    told: any;
    dialog: any;
    orb: any;
    name: any;
    line: any;
    recording: any;
    badge: any;
    more: any;
    end: any;
    menu: any;
    closing: any;
    now: any;
    turn: any;
    mute: any;
    hold: any;
    stop: any;
    quiet: any;
    bannerText: any;
    talk: any;
    welcome: any;
    stuck: any;
    final: any;
    latest: any;
    text: any;
    send: any;
    file: any;
    attach: any;
    composer: any;
    small: any;
    fitText(): void;
    render(): void;
    /** @param {boolean} toEnd */
    scroll(toEnd: boolean): void;
    #private;
}
import { Log } from "./log.js";
