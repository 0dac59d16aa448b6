/**
 * Bundles the script of pages: `src/report/page/client/` with what it uses of echarts, in one piece without imports.
 * `npm run build` writes it as a module that holds it as text; tests load the same module through a plugin of vite.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const ROOT = new URL('../../../', import.meta.url)

/** Licences ask that notices stay where the code goes. */
const versionOf = (name) =>
  JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, ROOT))).version
const NOTICE = [
  `/*! With parts of Apache ECharts ${versionOf('echarts')}, Copyright 2017-2026 The Apache Software Foundation,`,
  'licensed under the Apache License 2.0 (https://www.apache.org/licenses/LICENSE-2.0);',
  `ZRender ${versionOf('zrender')}, Copyright (c) 2017 Baidu Inc., BSD 3-Clause; tslib, Copyright (c) Microsoft, 0BSD. */`,
].join(' ')

/** The bundled script as text. The same packages give the same bytes. */
export async function bundlePage() {
  const { outputFiles } = await build({
    absWorkingDir: fileURLToPath(ROOT),
    entryPoints: ['src/report/page/client/main.ts'],
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    charset: 'ascii',
    legalComments: 'none',
    define: { 'process.env.NODE_ENV': '"production"' },
    banner: { js: NOTICE },
    tsconfigRaw: { compilerOptions: { target: 'ES2022' } },
    write: false,
  })
  const text = outputFiles[0].text.trim()
  // esbuild escapes what would end the element that the script stands in; make sure of it.
  if (/<\/script|<!--/i.test(text)) throw new Error('the script of pages can not stand in a page')
  return text
}

/** The module that `page-script.d.ts` declares. */
async function moduleText() {
  return `export const PAGE_SCRIPT = ${JSON.stringify(await bundlePage())}\n`
}

/** For vitest: gives the module where sources ask for it. */
export function pageScriptPlugin() {
  let text
  return {
    name: 'page-script',
    enforce: 'pre',
    resolveId: (id, importer) =>
      id.endsWith('/page-script.js') && importer?.includes('/report/page/') ? '\0page-script' : undefined,
    load: (id) => {
      if (id !== '\0page-script') return undefined
      text ??= moduleText()
      return text
    },
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = new URL('.build/report/page/page-script.js', ROOT)
  mkdirSync(new URL('./', file), { recursive: true })
  const text = await moduleText()
  writeFileSync(file, text)
  console.log(`page script: ${text.length} bytes`)
}
