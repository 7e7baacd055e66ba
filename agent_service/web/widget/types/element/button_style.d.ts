/** @type {string} */
export const BUTTON_STYLE: string;
