/** The bundled script of pages as text. */
export function bundlePage(): Promise<string>
/** A plugin of vite that gives the module `page-script.js`. */
export function pageScriptPlugin(): { name: string; enforce: 'pre' }
