/** @type {string} */
export const PANEL_STYLE: string;
