/** A form with a field of every type: what is typed is what is kept; where the server stands; ways back. */
import { createApp } from '../../src/app.ts'
import { fits, shot, withBrowser } from './browser.ts'
import { library, PASSWORD } from './library.ts'

const TYPES = {
  backo: 1,
  name: 'types',
  server: { prefix: '/api' },
  storage: { default: { type: 'memory' } },
  default_rights: true,
  collections: {
    things: {
      fields: {
        text: 'String',
        whole: { type: 'Int', required: true },
        part: 'Float',
        yes: 'Bool',
        when: 'Datetime',
        bytes: 'Bytes',
        free: 'FreeDict',
        complex: 'Complex',
        ip: 'IpAddress',
        net: 'IpNetwork',
        url: 'Url',
        email: 'Email',
        secret: { type: 'Password', min_length: 3 },
        level: { type: 'Int', enum: [1, 2, 3] },
        pair: { type: 'Tuple', items: ['Int', 'String'] },
        either: { type: 'In', types: ['Int', 'String', 'Bool'] },
        lines: {
          type: 'List',
          max: 3,
          items: {
            type: 'Dict',
            fields: { what: { type: 'String', required: true }, price: 'Float' },
          },
        },
        deep: { type: 'Dict', fields: { down: { type: 'Dict', fields: { here: 'Int' } } } },
        friends: { type: 'RefsList', coll: 'things', field: '$.friends' },
        twice: { type: 'Float', set: 'item.part * 2.0' },
      },
    },
  },
}

await withBrowser(async (test) => {
  await test('every type', async (t, open) => {
    const app = await createApp(
      { directory: '/nowhere', text: TYPES },
      { logStream: { write: () => undefined } },
    )
    t.teardown(() => app.close())
    const at = await app.listen({ port: 0, host: '127.0.0.1' })
    const { things } = app.backoffice
    const friend = await things?.create({ text: 'Friend', whole: 1 })
    const page = await open(`${at}/api/types/_admin/things/new`)
    await page.getByLabel('Text', { exact: true }).fill('Something')
    await page.getByLabel('Whole').fill('12')
    await page.getByLabel('Part').fill('1.50')
    await page.getByRole('radiogroup', { name: 'Yes' }).getByLabel('No', { exact: true }).check()
    await page.getByLabel('When').fill('2026-01-02T03:04')
    await page.getByLabel('Bytes', { exact: true }).fill('aGk=')
    await page.getByLabel('Free').fill('{"a": [1, {"b": null}]}')
    await page.getByLabel('Real').fill('1')
    await page.getByLabel('Imaginary').fill('-2')
    await page.getByLabel('Ip', { exact: true }).fill('10.0.0.1')
    await page.getByLabel('Net').fill('10.0.0.0/8')
    await page.getByLabel('Url').fill('https://example.org/a?b=c')
    await page.getByLabel('Email').fill('a@example.org')
    await page.getByLabel('Secret').fill('hush')
    await page.getByLabel('Level').selectOption('2')
    await page.getByLabel('Pair 1').fill('7')
    await page.getByLabel('Pair 2').fill('seven')
    await page.getByLabel('Either: type').selectOption('String')
    await page.getByRole('group', { name: 'Either' }).getByRole('textbox').fill('or')
    for (const name of ['one', 'two', 'three']) {
      await page.getByRole('button', { name: '+ Add to lines' }).click()
      await page.getByLabel('What').last().fill(name)
    }
    await page.getByRole('button', { name: 'Move Lines 3 up' }).click()
    await page.getByRole('button', { name: 'Remove Lines 1' }).click()
    await page.getByLabel('Price').last().fill('cheap')
    await page.getByLabel('Here').fill('4')
    await page.getByRole('combobox', { name: 'Friends' }).fill('fri')
    await page.getByRole('option', { name: /Friend/ }).click()
    t.equal(await page.getByLabel('Twice').count(), 0, 'computed: nothing to type')
    await page.getByRole('button', { name: 'Create' }).click()
    await page.locator('.refused', { hasText: 'Lines 2 · Price: Must be a float' }).waitFor()
    await shot(page, 'types')
    await page.getByLabel('Price').last().fill('2.5')
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('heading', { level: 1, name: 'Something' }).waitFor()
    t.equal(await page.getByRole('group', { name: 'Twice' }).locator('.fixed').textContent(), '3')
    const made = await things?.selectOne({ text: 'Something' })
    t.match(JSON.parse(JSON.stringify(made)), {
      whole: 12,
      part: 1.5,
      yes: false,
      when: '2026-01-02T02:04:00.000Z',
      bytes: 'aGk=',
      free: { a: [1, { b: null }] },
      complex: { real: 1, imag: -2 },
      ip: '10.0.0.1',
      net: '10.0.0.0/8',
      url: 'https://example.org/a?b=c',
      email: 'a@example.org',
      level: 2,
      pair: [7, 'seven'],
      either: 'or',
      lines: [
        { what: 'three', price: null },
        { what: 'two', price: 2.5 },
      ],
      deep: { down: { here: 4 } },
      friends: [friend?.['_id']],
    })
    t.ok(await fits(page))
    await page.setViewportSize({ width: 360, height: 740 })
    t.ok(await fits(page), 'on a phone too')
    const puts: string[] = []
    page.on('request', (request) => {
      if (request.method() === 'PUT') puts.push(request.postData() ?? '')
    })
    await page.getByLabel('Here').fill('')
    await page.getByLabel('Secret').fill('another')
    await page.getByRole('button', { name: 'Remove Friend from Friends' }).click()
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.locator('.notice', { hasText: 'Saved' }).waitFor()
    t.same(
      puts.map((body) => JSON.parse(body) as unknown),
      [{ secret: 'another', deep: { down: { here: null } }, friends: [] }],
    )
    t.equal(await page.getByLabel('Secret').inputValue(), '', 'it is not kept in sight')
  })

  await test('back asks before it loses what was typed; login where nobody may see anything', async (t, open) => {
    const { url, ids } = await library(t, {
      auth: {
        secret: 'a secret of at least thirty-two bytes',
        required: true,
        login: { collection: 'users', login: '$.login', password: '$.password', roles: '$.roles' },
      },
    })
    const page = await open(`${url}/books`)
    await page.getByLabel('Login').fill('ed')
    t.equal(await page.getByRole('button', { name: /Look around/ }).count(), 0)
    await page.getByLabel('Password').fill(PASSWORD)
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'Emma' }).click()
    await page.getByLabel('Title').fill('Emma?')
    await page.getByText('Not saved yet').waitFor()
    await page.evaluate('history.back()')
    const question = page.getByRole('dialog', { name: 'Leave without saving?' })
    await question.waitFor()
    t.match(page.url(), ids['Emma'], 'the address is that of what is shown')
    await question.getByRole('button', { name: 'Cancel' }).click()
    t.equal(await page.getByLabel('Title').inputValue(), 'Emma?')
    await page.evaluate('history.back()')
    await question.getByRole('button', { name: 'Leave' }).click()
    await page.getByRole('heading', { level: 1, name: 'Books' }).waitFor()
    await page.evaluate('history.forward()')
    await page.getByRole('heading', { level: 1, name: 'Emma' }).waitFor()
    t.equal(await page.getByLabel('Title').inputValue(), 'Emma')
    await page.goto(`${url}/books/items/none`)
    await page.getByText('It may have been deleted, or you may not read it.').waitFor()
    await page.getByRole('link', { name: 'Books' }).first().click()
    await page.getByRole('link', { name: 'Emma' }).waitFor()
  })
})
