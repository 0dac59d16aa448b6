/**
 * One self-contained page: a strict policy, the style, the content, the data of its charts and the script that makes them
 * live. Nothing is fetched: the policy forbids it, and allows this very script and this very style by their hashes.
 *
 * Source: Content Security Policy Level 3, sections 2.3.1 (hash sources) and 3.3 (the meta element).
 */
import { sha256Base64 } from '../../base/digest.js'
import { type Content, html, type Markup, scriptJson, trustedHtml } from './html-text.js'
import { PAGE_SCRIPT } from './page-script.js'
import { PAGE_STYLE } from './page-style.js'

/** What a page holds. */
export interface PageContent {
  readonly title: string
  readonly description: string
  readonly body: Content
  /** For the script, see `client/page-data.ts`. */
  readonly data: unknown
}

/** Of half a million characters: made once. */
const SCRIPT_HASH = sha256Base64(PAGE_SCRIPT)
const STYLE_HASH = sha256Base64(PAGE_STYLE)

/** The page as text. */
export function pageText({ title, description, body, data }: PageContent): string {
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${SCRIPT_HASH}'`,
    `style-src 'sha256-${STYLE_HASH}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  const page: Markup = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trustedHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="description" content="${description}">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${trustedHtml(PAGE_STYLE)}</style>
</head>
<body>
${body}
<script type="application/json" id="charts">${scriptJson(data)}</script>
<script>${trustedHtml(PAGE_SCRIPT)}</script>
</body>
</html>
`
  return page.text
}
