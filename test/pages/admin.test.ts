/** The administration page, used as people use it: log in, look, create, change, delete. */
import type { Page } from 'playwright-core'
import { shot, withBrowser } from './browser.ts'
import { library, logIn, PASSWORD } from './library.ts'

const rows = (page: Page) => page.locator('tbody tr')
const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name })
const told = (page: Page, text: string | RegExp) =>
  page.locator('.notice').filter({ hasText: text }).first()

await withBrowser(async (test) => {
  await test('log in, wrongly first; only what one may read is offered', async (t, open) => {
    const { url } = await library(t)
    const page = await open(url)
    await page.getByLabel('Login').fill('anna')
    await page.getByLabel('Password').fill('wrong')
    await shot(page, 'login')
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByText('The login or the password is wrong.').waitFor()
    await logIn(page)
    await page.getByText('anna').waitFor()
    const names = await page
      .getByRole('navigation', { name: 'Collections' })
      .getByRole('link')
      .allTextContents()
    t.same(names, ['Books', 'Authors', 'Notices', 'Users'])
    await page.getByRole('button', { name: 'Log out' }).click()
    await page.getByRole('button', { name: 'Look around without logging in' }).click()
    await page.getByRole('link', { name: 'Authors' }).first().waitFor()
    t.same(
      await page
        .getByRole('navigation', { name: 'Collections' })
        .getByRole('link')
        .allTextContents(),
      ['Books', 'Authors'],
    )
    await page
      .getByRole('navigation', { name: 'Collections' })
      .getByRole('link', { name: 'Books' })
      .click()
    await rows(page).first().waitFor()
    t.equal(await page.getByRole('link', { name: 'New item' }).count(), 0, 'nobody creates unknown')
  })

  await test('list: search, filter, sort, pages, addresses', async (t, open) => {
    const { url, app } = await library(t)
    for (let i = 10; i < 40; i += 1)
      await app.backoffice['books']?.create({ title: `Volume ${i}`, pages: i })
    const page = await open(`${url}/books?size=10&sort=-pages`)
    await logIn(page)
    await page.getByText('1–10 of 36').waitFor()
    t.equal(await rows(page).first().locator('td').first().textContent(), 'Dune')
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByText('11–20 of 36').waitFor()
    t.match(page.url(), /page=2&after=/)
    await page.reload()
    await page.getByText('11–20 of 36').waitFor()
    await page.getByRole('button', { name: 'Previous' }).click()
    await page.getByText('1–10 of 36').waitFor()
    await page.goBack()
    await page.getByText('11–20 of 36').waitFor()
    await page.getByRole('button', { name: 'Title' }).click()
    await page.locator('th[aria-sort=ascending]').waitFor()
    await page.getByLabel('Search').fill('LUME 3')
    await page.getByText('1–10 of 10').waitFor()
    await page.getByRole('button', { name: '+ Filter' }).click()
    await page.getByLabel('Field').selectOption('pages')
    await page.getByLabel('Operator').selectOption('gte')
    await page.getByLabel('Value').fill('37')
    await page.keyboard.press('Enter')
    await page.getByText('1–3 of 3').waitFor()
    t.equal(
      await page.evaluate('document.activeElement.textContent'),
      '+ Filter',
      'the focus is kept',
    )
    t.match(new URL(page.url()).searchParams.getAll('where'), ['pages:gte:37'])
    await page.reload()
    await page.getByText('1–3 of 3').waitFor()
    await page.getByRole('button', { name: 'Remove the filter on pages' }).click()
    await page.getByText('1–10 of 10').waitFor()
    await page.getByLabel('Search').fill('no such book')
    await page.getByText('Nothing matches these filters.').waitFor()
    await page.getByRole('button', { name: 'Take the filters away' }).click()
    await page.getByText('of 36').waitFor()
  })

  await test('create: an error at its field, mended; a reference picked', async (t, open) => {
    const { url, app, ids } = await library(t)
    const page = await open(`${url}/books/new`)
    await logIn(page)
    await heading(page, 'New item').waitFor()
    await page.getByLabel('Pages').fill('many')
    await page.getByText('Must be an int').waitFor()
    await page.getByRole('button', { name: 'Create' }).click()
    const summary = page.locator('.refused')
    await summary.waitFor()
    t.match(
      await summary.textContent(),
      /Title: Cannot be empty.*Pages: Must be an int|Pages: Must be an int.*Title: Cannot be empty/,
    )
    t.equal(await page.evaluate('document.activeElement.className'), 'refused', 'and is read out')
    t.equal(await page.getByLabel('Title').getAttribute('aria-invalid'), 'true')
    await shot(page, 'form-errors')
    await summary.getByRole('link', { name: 'Title' }).click()
    await page.keyboard.type('Mansfield Park')
    await page.getByLabel('Pages').fill('507')
    await page.locator('.errors', { hasText: 'Must be an int' }).waitFor({ state: 'detached' })
    await page.getByRole('combobox', { name: 'Author' }).fill('aust')
    await page.getByRole('option', { name: /Jane Austen/ }).waitFor()
    await page.keyboard.press('Enter')
    await page.locator('.chip', { hasText: 'Jane Austen' }).waitFor()
    t.equal(await page.getByLabel('Why not').count(), 0, 'it does not exist yet')
    await page
      .getByRole('radiogroup', { name: 'Available' })
      .getByLabel('No', { exact: true })
      .check()
    await page.getByLabel('Why not').fill('at the binder')
    await page.getByRole('button', { name: '+ Add to tags' }).click()
    await page.keyboard.type('classic')
    await page.getByLabel('Published').fill('1814-07-04T12:00')
    await page.getByLabel('Number').fill('7')
    await page.getByLabel('Notes').fill('{ "bought": { "where": "Bath" } }')
    await page.getByLabel('Genre').selectOption('novel')
    await page.keyboard.press('Control+s')
    await heading(page, 'Mansfield Park').waitFor()
    const kept = await app.backoffice['books']?.selectOne({ title: 'Mansfield Park' })
    t.match(JSON.parse(JSON.stringify(kept)), {
      pages: 507,
      author: ids['Jane Austen'],
      available: false,
      why_not: 'at the binder',
      tags: ['classic'],
      genre: 'novel',
      shelf: { number: 7 },
      notes: { bought: { where: 'Bath' } },
    })
    await page.goBack()
    await page.waitForURL((at) => !at.pathname.endsWith('/new'))
  })

  await test('change: what was not saved is asked for, what somebody else changed is told', async (t, open) => {
    const { url, app, ids } = await library(t)
    const page = await open(`${url}/books/items/${ids['Dune']}`)
    await logIn(page)
    await page.getByLabel('Title').fill('Dune Messiah')
    await page.getByRole('link', { name: 'Authors' }).click()
    await page.getByRole('heading', { name: 'Leave without saving?' }).waitFor()
    await page.keyboard.press('Escape')
    t.equal(await page.getByLabel('Title').inputValue(), 'Dune Messiah')
    const puts: string[] = []
    page.on('request', (request) => {
      if (request.method() === 'PUT') puts.push(request.postData() ?? '')
    })
    await (await app.backoffice['books']?.load(ids['Dune'] ?? ''))?.set({ pages: 256 }).save()
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByRole('heading', { name: 'Somebody changed this item' }).waitFor()
    t.match(await page.locator('.compare').textContent(), /Pages.*256.*Not changed/)
    await shot(page, 'conflict')
    await page.getByRole('button', { name: 'Save my changes' }).click()
    await told(page, 'Saved').waitFor()
    t.same(puts, ['{"title":"Dune Messiah"}', '{"title":"Dune Messiah"}'], 'changed keys alone')
    const now = await app.backoffice['books']?.load(ids['Dune'] ?? '')
    t.match([now?.['title'], now?.['pages']], ['Dune Messiah', 256])
    await page.getByLabel('Pages').fill('300')
    await page.getByRole('button', { name: 'Discard changes' }).click()
    t.equal(await page.getByLabel('Pages').inputValue(), '256')
  })

  await test('a session that ends does not lose what was typed', async (t, open) => {
    const { url, app, ids } = await library(t)
    const page = await open(`${url}/books/items/${ids['Emma']}`)
    await logIn(page)
    await page.getByLabel('Title').fill('Emma!')
    await page.getByText('Not saved yet').waitFor()
    await page.context().clearCookies()
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    const dialog = page.getByRole('dialog', { name: 'Log in' })
    await dialog.getByLabel('Login').fill('ed')
    await dialog.getByLabel('Password').fill(PASSWORD)
    await page.keyboard.press('Enter')
    await told(page, 'Saved').waitFor()
    t.equal((await app.backoffice['books']?.load(ids['Emma'] ?? ''))?.['title'], 'Emma!')
    await page.locator('.who', { hasText: 'ed' }).waitFor()
    t.equal(
      await page.getByRole('group', { name: 'Rating' }).locator('input').count(),
      0,
      'not his to change',
    )
  })

  await test('actions by their rights, with arguments; a selection; the history', async (t, open) => {
    const { url, app, ids } = await library(t)
    const page = await open(`${url}/books/items/${ids['Ubik']}`)
    await logIn(page)
    t.equal(
      await page.getByRole('button', { name: 'Take back' }).count(),
      0,
      'it does not exist for it',
    )
    await shot(page, 'item')
    await page.getByRole('button', { name: 'Lend' }).click()
    const dialog = page.getByRole('dialog', { name: 'Lend' })
    await dialog.getByRole('button', { name: 'Lend' }).click()
    await dialog.locator('.refused').waitFor()
    t.equal(await dialog.locator('.field.wrong').count(), 2)
    await dialog.getByRole('combobox', { name: 'Borrower' }).fill('ed')
    await page.getByRole('option', { name: /^ed/ }).click()
    await dialog.getByLabel('Due').fill('2030-01-02T10:00')
    await shot(page, 'action')
    await dialog.getByRole('button', { name: 'Lend' }).click()
    await told(page, 'Lend: done').waitFor()
    await page.getByRole('button', { name: 'Take back' }).waitFor()
    const lent = await app.backoffice['books']?.load(ids['Ubik'] ?? '')
    t.equal(
      JSON.parse(JSON.stringify(lent?.['due'])),
      '2030-01-02T09:00:00.000Z',
      'Paris is an hour ahead',
    )

    await page.getByRole('link', { name: 'Books' }).first().click()
    await page.getByRole('link', { name: 'Lent' }).click()
    await rows(page).first().waitFor()
    t.match(await rows(page).allTextContents(), [/Ubik.*ed.*2030/])
    await shot(page, 'selection')
    await page.getByLabel('Search').fill('dune')
    await page.getByText('Nothing matches').waitFor()
    await page.getByLabel('Search').fill('')
    await page.getByRole('link', { name: 'Ubik' }).click()

    await page.getByRole('link', { name: 'History' }).click()
    await page.getByText('Version 2').waitFor()
    await shot(page, 'history')
    await page.getByRole('button', { name: 'Restore version 1' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click()
    await told(page, 'Version 1 is restored').waitFor()
    await page.getByText('Version 3').waitFor()
    t.equal((await app.backoffice['books']?.load(ids['Ubik'] ?? ''))?.['borrower'], null)
  })

  await test('a file is sent, shown, fetched and taken away', async (t, open) => {
    const { url, ids } = await library(t)
    const page = await open(`${url}/books/items/${ids['Dune']}`)
    await logIn(page)
    const name = '<img src=x onerror="alert(1)">.txt'
    const chooser = page.getByLabel('Cover')
    await chooser.setInputFiles({
      name: 'a.zip',
      mimeType: 'application/zip',
      buffer: Buffer.from('504b03040a0000000000', 'hex'),
    })
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.locator('.refused').waitFor()
    await chooser.setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from('sand') })
    await page.getByText(', not saved yet)').waitFor()
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await told(page, 'Saved').waitFor()
    const link = page
      .getByRole('group', { name: 'Cover' })
      .or(page.locator('.file'))
      .getByRole('link')
    const href = await link.getAttribute('href')
    t.match(href, /\/library\/books\/[\w-]+\/cover$/)
    const kept = await page.request.get(new URL(href ?? '', url).href)
    t.same([kept.status(), await kept.text()], [200, 'sand'])
    t.equal(await page.locator('#page img').count(), 0)
    await page.getByRole('button', { name: 'Remove the file' }).click()
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.locator('.file a').waitFor({ state: 'detached' })
    await page.getByText('Not saved yet', { exact: true }).waitFor({ state: 'detached' })
    t.equal((await page.request.get(new URL(href ?? '', url).href)).status(), 404)
  })

  await test('delete: refused in words, asked for, and brought back', async (t, open) => {
    const { url, app, ids } = await library(t)
    const made = await app.backoffice['notices']?.create({ text: 'Closed on Monday' })
    const page = await open(`${url}/authors/items/${ids['Jane Austen']}`)
    await logIn(page)
    await page.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('heading', { name: 'It can not be deleted yet' }).waitFor()
    t.match(await page.getByRole('dialog').textContent(), /Books/)
    await shot(page, 'refused')
    await page.keyboard.press('Escape')
    await page.goto(`${url}/notices/items/${made?._id}`)
    await page.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByText('Nothing is here yet.').waitFor()
    await page.getByRole('link', { name: 'Deleted' }).click()
    await page.getByRole('button', { name: /^Restore/ }).click()
    await told(page, 'is back').waitFor()
    await page.getByText('Nothing was deleted.').waitFor()
    await page.getByRole('link', { name: 'All' }).click()
    await page.getByRole('link', { name: 'Closed on Monday' }).waitFor()
  })
})
