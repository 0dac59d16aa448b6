/**
 * The script of pages: `client/` with as much of echarts as it uses, made by `bundle-page.mjs` at `npm run build` (and by
 * a plugin of the same code in tests).
 */
export const PAGE_SCRIPT: string
