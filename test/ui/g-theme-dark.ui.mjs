// The same documents and views in the theme "Default Dark Modern".
import { themeTests } from './themes.mjs';

export const theme = 'Default Dark Modern';
export { prepare } from './c-cache.ui.mjs';
export const tests = themeTests('dark');
