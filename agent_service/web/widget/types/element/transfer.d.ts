/**
 * @param {string} url
 * @param {Record<string, string>} texts
 * @param {() => void} close
 */
export function transferCard(url: string, texts: Record<string, string>, close: () => void): any;
