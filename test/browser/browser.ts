/** One Chromium for a file of tests, and pages in it that note every message and every request. */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking']

/** @throws if /usr/bin/chromium does not start: Debian's package chromium is missing */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS })
}

/** A page that is open, and all that it has said and asked for besides itself. */
export interface Opened {
  readonly page: Page
  readonly messages: readonly string[]
  readonly requests: readonly string[]
}

/** Opens a page from a file of its own and waits until every chart has been drawn live. */
export async function openPage(
  browser: Browser,
  text: string,
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'svcsim-page-')), 'index.html')
  writeFileSync(file, text)
  const context = await browser.newContext({ viewport: { width: 1100, height: 900 }, ...options })
  const page = await context.newPage()
  const messages: string[] = []
  const requests: string[] = []
  page.on('console', (message) => messages.push(message.text()))
  page.on('pageerror', (error) => messages.push(String(error)))
  page.on('request', (request) => {
    if (request.url() !== `file://${file}` && !request.url().startsWith('data:')) requests.push(request.url())
  })
  await page.goto(`file://${file}`)
  if (options.javaScriptEnabled !== false) await drawAll(page)
  return { page, messages, requests }
}

/** Charts are drawn when they come into sight. */
async function drawAll(page: Page): Promise<void> {
  for (const figure of await page.locator('figure[data-chart]').all()) {
    await figure.scrollIntoViewIfNeeded()
    await figure.locator('.live svg').waitFor()
  }
}
