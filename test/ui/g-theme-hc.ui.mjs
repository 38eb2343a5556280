// The same documents and views in the theme "Default High Contrast".
import { themeTests } from './themes.mjs';

export const theme = 'Default High Contrast';
export { prepare } from './c-cache.ui.mjs';
export const tests = themeTests('hc');
