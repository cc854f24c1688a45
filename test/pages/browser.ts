/**
 * A Chromium without a window, one for a test file. Where none can be had the tests are skipped, loudly. A page
 * that breaks its policy, logs an error or throws fails the test that it was opened in.
 */
import { existsSync, mkdirSync } from 'node:fs'
import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from 'playwright-core'
import t, { type Test } from 'tap'

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** A page in a session of its own. */
export type Open = (url: string, options?: BrowserContextOptions) => Promise<Page>

/** A test that opens pages; when it ends nothing may have been wrong in any of them. */
export type PageTest = (
  name: string,
  run: (t: Test, open: Open) => Promise<void>,
) => Promise<unknown>

/** Runs tests that need a browser, one after the other. */
export async function withBrowser(run: (test: PageTest) => Promise<void>): Promise<void> {
  const path = process.env['CHROMIUM'] ?? PLACES.find((each) => existsSync(each))
  if (path === undefined) {
    const why = `no Chromium at ${PLACES.join(', ')}: install it (apt-get install chromium), or name it in CHROMIUM`
    process.stderr.write(`\n*** NO BROWSER: the tests of pages are SKIPPED: ${why}\n\n`)
    t.pass('SKIPPED, NO BROWSER', { skip: why })
    return
  }
  t.setTimeout(120_000)
  const browser = await chromium.launch({
    executablePath: path,
    // a container's root has no sandbox of its own
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
  })
  try {
    await run((name, body) =>
      t.test(name, async (t) => {
        const opened: Opened[] = []
        try {
          await body(t, async (url, options) => openPage(browser, { opened, url, options }))
          t.same(
            opened.flatMap(({ faults }) => faults),
            [],
            'nothing was wrong in the page',
          )
        } finally {
          await Promise.all(opened.map(({ context }) => context.close()))
        }
      }),
    )
  } finally {
    await browser.close()
  }
}

interface Opened {
  readonly context: BrowserContext
  readonly faults: readonly string[]
}

interface Opening {
  readonly opened: Opened[]
  readonly url: string
  readonly options: BrowserContextOptions | undefined
}

/** A refusal that the page asked for is logged by the browser too. */
const EXPECTED = /^Failed to load resource: the server responded with a status of 4\d\d/

async function openPage(browser: Browser, { opened, url, options }: Opening): Promise<Page> {
  const context = await browser.newContext({
    timezoneId: 'Europe/Paris',
    locale: 'en-GB',
    ...options,
  })
  const faults: string[] = []
  opened.push({ context, faults })
  context.setDefaultTimeout(10_000)
  const page = await context.newPage()
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return
    if (!EXPECTED.test(message.text())) faults.push(message.text())
  })
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? ''
    if (why !== 'net::ERR_ABORTED') faults.push(`${request.url()}: ${why}`)
  })
  await page.goto(url)
  return page
}

/** Does nothing wider than the screen make it scroll sideways? */
export const fits = (page: Page): Promise<boolean> =>
  page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth')

/** Pictures for people, in the folder that BACKO_SHOTS names. */
export async function shot(page: Page, name: string): Promise<void> {
  const folder = process.env['BACKO_SHOTS']
  if (folder === undefined || folder === '') return
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: `${folder}/${name}.png`, animations: 'disabled' })
}
