/** @param {string} language one that there are texts for */
export function textsIn(language: string): Promise<Record<string, string>>;
