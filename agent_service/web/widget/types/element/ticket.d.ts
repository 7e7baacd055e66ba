/**
 * @param {(() => Promise<string> | string) | string} source a function, or a URL that is posted to
 * @param {string | null} agent
 * @returns {Promise<string>}
 */
export function ticketFrom(source: (() => Promise<string> | string) | string, agent: string | null): Promise<string>;
