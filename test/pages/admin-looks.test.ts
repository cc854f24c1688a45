/** The administration page for everybody: by keyboard alone, on a phone, in the dark; and whatever the data holds. */
import type { Page } from 'playwright-core'
import { fits, shot, withBrowser } from './browser.ts'
import { faintTexts } from './contrast.ts'
import { library, logIn, PASSWORD } from './library.ts'

const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true }
const focused = (page: Page): Promise<string> =>
  page.evaluate(
    'document.activeElement.labels?.[0]?.textContent ?? document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent',
  )
/** Tab, until something of that name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  const seen: string[] = []
  for (let i = 0; i < 60; i += 1) {
    await page.keyboard.press('Tab')
    const now = (await focused(page)).trim()
    if (now === name) return
    seen.push(now.slice(0, 30))
  }
  throw new Error(`no way to ${name}: ${seen.join(' | ')}`)
}

await withBrowser(async (test) => {
  await test('by keyboard alone: log in, create, find, delete', async (t, open) => {
    const { url } = await library(t)
    const page = await open(url)
    await page.getByLabel('Login').waitFor()
    await page.keyboard.type('anna')
    await page.keyboard.press('Tab')
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Log out' }).waitFor()
    await page.keyboard.press('Tab')
    t.equal(await focused(page), 'Skip to the content', 'it comes first')
    await page.keyboard.press('Enter')
    t.equal(await page.evaluate('document.activeElement.id'), 'main')
    await tabTo(page, 'Authors')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Authors' }).waitFor()
    t.equal(await focused(page), 'Authors', 'the name of the new place has the focus')
    await tabTo(page, 'New item')
    await page.keyboard.press('Enter')
    await page.getByLabel('Name').waitFor()
    await tabTo(page, 'Name *')
    await page.keyboard.type('Ursula')
    await tabTo(page, 'Books')
    await page.keyboard.type('ubik')
    await page.getByRole('option', { name: /Ubik/ }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('option').waitFor({ state: 'hidden' })
    t.equal(
      await page.getByLabel('Name').inputValue(),
      'Ursula',
      'Escape closes what was found, no more',
    )
    await page.keyboard.press('Control+s')
    await page.getByRole('heading', { level: 1, name: 'Ursula' }).waitFor()
    await page.getByRole('button', { name: 'Delete' }).waitFor()
    await tabTo(page, 'Delete')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    t.equal(await focused(page), 'Delete', 'the focus is back where it was')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    t.equal(await focused(page), 'Delete', 'in the dialog')
    await page.keyboard.press('Enter')
    await page.getByText('“Ursula” is deleted').waitFor()
    await page.getByRole('heading', { level: 1, name: 'Authors' }).waitFor()
    t.equal(await focused(page), 'Authors')
  })

  await test('what the data holds is text, and no more', async (t, open) => {
    const bad = '<img src=x onerror="hacked=1"><script>hacked=1</script>'
    const { url, app } = await library(t, { description: bad })
    const author = await app.backoffice['authors']?.create({ name: bad })
    const book = await app.backoffice['books']?.create({
      title: bad,
      site: 'javascript:hacked=1',
      tags: [bad],
      genre: 'novel',
      notes: { [bad]: bad },
      author: author?.['_id'],
      shelf: { room: bad },
    })
    const page = await open(url)
    await logIn(page)
    await page.getByText(bad).waitFor()
    for (const place of [
      '/books?sort=-_id',
      `/books?where=title:has:${encodeURIComponent(bad)}&q=${encodeURIComponent('<img')}`,
      `/books/items/${book?.['_id']}`,
      `/books/items/${book?.['_id']}/history`,
      `/authors/items/${author?.['_id']}`,
      `/authors/items/${encodeURIComponent(bad)}`,
      `/${encodeURIComponent(bad)}`,
      '/books/selections/__proto__',
      '/constructor',
    ]) {
      await page.goto(url + place)
      await page.locator('h1').first().waitFor()
      await page.locator('.state[role=status]').first().waitFor({ state: 'detached' })
      t.equal(await page.locator('#page img, #page script').count(), 0, place)
      t.equal(await page.locator('a[href^="javascript:" i]').count(), 0, place)
      t.equal(await page.evaluate('window.hacked'), undefined, place)
    }
    await page.goto(`${url}/authors/items/${author?.['_id']}`)
    await page.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('dialog').getByText(bad).waitFor()
    t.equal(await page.locator('#page img').count(), 0)
    t.same(await page.evaluate('Object.keys(sessionStorage).concat(Object.keys(localStorage))'), [])
  })

  for (const colorScheme of ['light', 'dark'] as const) {
    await test(`on a phone and wide, ${colorScheme}`, async (t, open) => {
      const { url, app, ids } = await library(t)
      await app.backoffice['books']?.create({
        title: 'W'.repeat(300),
        notes: { a: 'x'.repeat(300) },
      })
      const page = await open(`${url}/books/items/${ids['Ubik']}`, { ...PHONE, colorScheme })
      await shot(page, `small-${colorScheme}-login`)
      const look = async (name: string): Promise<void> => {
        t.ok(await fits(page), `${name} fits`)
        t.same(await faintTexts(page), [], `${name} can be read`)
        await shot(page, `small-${colorScheme}-${name}`)
        await page.setViewportSize({ width: 1280, height: 800 })
        t.same(await faintTexts(page), [], `${name} can be read, wide`)
        await shot(page, `wide-${colorScheme}-${name}`)
        await page.setViewportSize(PHONE.viewport)
      }
      await page.getByLabel('Login').waitFor()
      await look('login')
      await logIn(page)
      await page.getByRole('button', { name: 'Lend' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Lend' }).click()
      await page.locator('dialog .refused').waitFor()
      await look('action')
      await page.keyboard.press('Escape')
      await page.getByLabel('Pages').fill('none')
      await page.getByLabel('Title').fill('')
      await page.getByRole('button', { name: 'Save', exact: true }).click()
      await page.locator('.refused').waitFor()
      await look('item')
      await page.getByRole('button', { name: 'Discard changes' }).click()
      await page.getByRole('link', { name: 'History' }).click()
      await page.getByText('Version 1').waitFor()
      await look('history')
      await page.goto(`${url}/books?where=pages:gt:10&sort=-pages`)
      await page.locator('tbody tr').first().waitFor()
      await page.getByRole('button', { name: '+ Filter' }).click()
      await page.getByRole('link', { name: 'Jane Austen' }).first().waitFor()
      await look('list')
      await page.goto(`${url}/books?q=WWWW`)
      await page.locator('tbody tr').first().waitFor()
      await look('long')
      await page.goto(url)
      await page.locator('.cards').waitFor()
      await look('home')
    })
  }

  await test('without auth: nobody is asked to log in', async (t, open) => {
    const { url } = await library(t, { auth: undefined, default_rights: true })
    const page = await open(`${url}/authors`)
    await page.getByRole('link', { name: 'Jane Austen' }).click()
    await page.getByLabel('Name').fill('J. Austen')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.locator('.notice', { hasText: 'Saved' }).waitFor()
    t.equal(await page.getByRole('button', { name: /Log/ }).count(), 0)
  })
})
