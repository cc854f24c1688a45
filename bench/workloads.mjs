/** The six requests of the benchmark: what is asked, and what the answer must be. */
import { addrId, random, userId, users } from './data.mjs'

/** Writes last: the reads see the data as made. */
export const ORDER = ['W1', 'W2', 'W3', 'W6', 'CURSOR', 'W5', 'W4']

const UNIQUE = '@@@@@@@@'
const replace = (value) => ({ op: 'replace', path: '$.surname', value })
const below = (next, max) => Math.floor(next() * max)

const makers = {
  W1: (next, n) => ['GET', `/myApp/users/${userId(below(next, n))}`],
  W2: (next, n) => ['GET', `/myApp/users?name=name${below(next, n / 10)}&_page=10`],
  W3: (next) => {
    const from = below(next, 90)
    return ['GET', `/myApp/users?age.$gte=${from}&age.$lt=${from + 10}&_sort=surname&_page=10`]
  },
  W4: (next, n) => [
    'POST',
    '/myApp/users',
    {
      name: `new${below(next, 1000)}`,
      surname: `fresh${UNIQUE}`,
      age: below(next, 100),
      male: next() < 0.5,
      addr: addrId(below(next, n / 10)),
    },
  ],
  W5: (next, n) => ['PATCH', `/myApp/users/${userId(below(next, n))}`, replace(`new${UNIQUE}`)],
  W6: (next, n) => ['GET', `/myApp/users?_page=10&_skip=${n / 2 + 10 * below(next, 10)}`],
}

/** The requests of a slice, as load.lua reads them. */
export function requests(server, workload, { n, count }) {
  const next = random(workload.length * 7 + n)
  const headers = Object.entries(server.headers ?? {}).map(([name, value]) => `\t${name}: ${value}`)
  const make = makers[workload] ?? cursorMaker(server) ?? makers.W2
  return Array.from({ length: count }, () => {
    const [method, path, body] = server.path ? ['GET', server.path] : make(next, n)
    return `${method}\t${path}\t${body ? JSON.stringify(body) : ''}${headers.join('')}\n`
  }).join('')
}

/** Pages of 10 far inside the collection, by the cursors that the server gave; a bare server has none. */
const cursorMaker = (server) =>
  server.cursors && ((next) => ['GET', server.cursors[below(next, server.cursors.length)]])

async function ask(server, [method, path, body]) {
  const type = body ? { 'content-type': 'application/json' } : {}
  const headers = { ...server.headers, ...type, connection: 'close' }
  const sent = body ? { body: JSON.stringify(body) } : {}
  const answer = await fetch(server.base + path, { method, headers, ...sent })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${server.name} ${method} ${path}: ${answer.status} ${text}`)
  return JSON.parse(text)
}

/** @returns what is wrong with the answer of a workload, or undefined */
export async function answerIsRight(server, workload, n) {
  if (server.path) return undefined
  const index = Math.floor(n / 3)
  const all = [...users(n)]
  const user = all[index]
  const same = (row) => ['name', 'surname', 'age', 'male', 'addr'].every((k) => row[k] === user[k])
  if (workload === 'W1') {
    const got = await ask(server, ['GET', `/myApp/users/${userId(index)}`])
    return same(got) ? undefined : `not the user asked for: ${JSON.stringify(got)}`
  }
  if (workload === 'W2') {
    const { result } = await ask(server, ['GET', `/myApp/users?name=${user.name}&_page=10`])
    const fits = result.length === 10 && result.every(({ name }) => name === user.name)
    return fits ? undefined : 'rows that do not match'
  }
  if (workload === 'W3') {
    const path = '/myApp/users?age.$gte=30&age.$lt=40&_sort=surname&_page=10'
    const { result, total } = await ask(server, ['GET', path])
    const want = all.filter(({ age }) => age >= 30 && age < 40).map(({ surname }) => surname)
    if (total !== want.length) return `total ${total}, not ${want.length}`
    const got = result.map(({ surname }) => surname).join()
    return got === want.sort().slice(0, 10).join() ? undefined : 'not in order'
  }
  if (workload === 'W6') {
    const { result } = await ask(server, ['GET', `/myApp/users?_page=10&_skip=${n / 2}`])
    return result[0]._id === userId(n / 2) && result.length === 10 ? undefined : 'another page'
  }
  if (workload === 'CURSOR') return findCursors(server, n)
  const made = workload === 'W4' ? { ...user, _id: undefined, surname: 'made' } : replace('changed')
  const path = workload === 'W4' ? '/myApp/users' : `/myApp/users/${userId(index)}`
  const { _id } = await ask(server, [workload === 'W4' ? 'POST' : 'PATCH', path, made])
  const { surname } = await ask(server, ['GET', `/myApp/users/${_id}`])
  return surname === (workload === 'W4' ? 'made' : 'changed') ? undefined : 'does not read back'
}

/** Cursors from the middle on; for bare servers the equality list is the mark. */
async function findCursors(server, n) {
  if (!server.name.startsWith('ours')) {
    server.cursors = undefined
    return undefined
  }
  server.cursors = []
  let page = await ask(server, ['GET', `/myApp/users?_page=10&_skip=${n / 2}&_total=false`])
  for (let count = 0; count < 30 && page._next; count++) {
    const path = `/myApp/users?_page=10&_total=false&_after=${encodeURIComponent(page._next)}`
    server.cursors.push(path)
    page = await ask(server, ['GET', path])
  }
  return server.cursors.length === 30 ? undefined : 'too few pages'
}
