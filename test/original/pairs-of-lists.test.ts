/**
 * What the original's tests of references hold of many to many (every pair of strategies) and of one to one,
 * with and without `required`. A NOT_FILL list is not in the item: the links are seen from the other side.
 */
import type { Row } from '../http/scenario.ts'
import { scenario } from '../http/scenario.ts'

type Fill = 'FILL' | 'NOT_FILL'
type Ods = 'MUST_BE_EMPTY' | 'DELETE_REFERENCED_ITEMS' | 'UNLINK_REFERENCED_ITEMS'
const FILLS: readonly Fill[] = ['FILL', 'NOT_FILL']
const ODS: readonly Ods[] = ['MUST_BE_EMPTY', 'DELETE_REFERENCED_ITEMS', 'UNLINK_REFERENCED_ITEMS']

const manyToMany = (human: readonly [Fill, Ods], animal: readonly [Fill, Ods]): string => `
backo: 1
name: app
collections:
  humans:
    id: { expr: "'Human_' + item.name" }
    fields:
      name: String
      totems: { type: RefsList, coll: animals, field: $.humans, ofs: ${human[0]}, ods: ${human[1]} }
  animals:
    id: { expr: "'Animal_' + item.desc" }
    fields:
      desc: String
      humans: { type: RefsList, coll: humans, field: $.totems, ofs: ${animal[0]}, ods: ${animal[1]} }
`

const made = (path: string, body: Readonly<Record<string, unknown>>): Row => ({
  send: `POST /app/${path}`,
  body,
  status: 201,
})

for (const humanFill of FILLS)
  for (const humanOds of ODS)
    for (const animalFill of FILLS)
      for (const animalOds of ODS) {
        const name = `${humanFill} ${humanOds}, ${animalFill} ${animalOds}`
        scenario(`many to many, ${name}`, {
          // the strategy of links is the same code on every store: all pairs on memory, the rest below
          stores:
            humanFill === 'FILL' && animalFill === 'FILL'
              ? ['sqlite', 'yaml', 'memory']
              : ['memory'],
          yaml: manyToMany([humanFill, humanOds], [animalFill, animalOds]),
          rows: pairRows(humanFill, animalFill, animalOds),
        })
      }

function pairRows(humanFill: Fill, animalFill: Fill, animalOds: Ods): Row[] {
  const totems = (name: string, ...ids: string[]): Row => ({
    send: `GET /app/humans/Human_${name}`,
    status: 200,
    expect: { totems: humanFill === 'FILL' ? ids.map((id) => `Animal_${id}`) : undefined },
  })
  const humans = (desc: string, ...names: string[]): Row => ({
    send: `GET /app/animals/Animal_${desc}`,
    status: 200,
    expect: { humans: animalFill === 'FILL' ? names.map((id) => `Human_${id}`) : undefined },
  })
  const linked = (desc: string, ...names: string[]): Row => ({
    send: `GET /app/humans?totems=Animal_${desc}`,
    status: 200,
    names,
  })
  return [
    made('animals', { desc: 'ant' }),
    made('animals', { desc: 'spider' }),
    made('humans', { name: 'parker', totems: ['Animal_ant'] }),
    made('humans', { name: 'pym', totems: ['Animal_spider'] }),
    humans('ant', 'parker'),
    linked('ant', 'parker'),
    humans('spider', 'pym'),
    {
      send: 'PUT /app/humans/Human_parker',
      body: { totems: ['Animal_ant', 'Animal_spider'] },
      status: 200,
    },
    totems('parker', 'ant', 'spider'),
    humans('ant', 'parker'),
    linked('spider', 'parker', 'pym'),
    { send: 'PUT /app/animals/Animal_ant', body: { humans: [] }, status: 200 },
    totems('parker', 'spider'),
    totems('pym', 'spider'),
    linked('ant'),
    { send: 'DELETE /app/animals/Animal_ant', status: 204, why: 'no link is left' },
    totems('parker', 'spider'),
    ...deletedAnimal(humanFill, animalOds),
  ]
}

/** Animal_spider is deleted: its own side's `ods` says what becomes of parker and pym. */
function deletedAnimal(humanFill: Fill, ods: Ods): Row[] {
  switch (ods) {
    case 'MUST_BE_EMPTY':
      return [{ send: 'DELETE /app/animals/Animal_spider', status: 409 }]
    case 'UNLINK_REFERENCED_ITEMS':
      return [
        { send: 'DELETE /app/animals/Animal_spider', status: 204 },
        {
          send: 'GET /app/humans/Human_parker',
          restart: true,
          status: 200,
          expect: { totems: humanFill === 'FILL' ? [] : undefined },
        },
      ]
    case 'DELETE_REFERENCED_ITEMS':
      return [
        {
          send: 'DELETE /app/animals/Animal_spider',
          status: 204,
          why: 'the link that would stop the humans goes with the animal',
        },
        { send: 'GET /app/humans/Human_parker', restart: true, status: 404 },
        { send: 'GET /app/humans/Human_pym', status: 404 },
      ]
  }
}

const oneToOne = (human: boolean, animal: boolean): string => `
backo: 1
name: app
collections:
  humans:
    id: { expr: "'Human_' + item.name" }
    fields: { name: String, totem: { type: Ref, coll: animals, field: $.human, required: ${human} } }
  animals:
    id: { expr: "'Animal_' + item.desc" }
    fields: { desc: String, human: { type: Ref, coll: humans, field: $.totem, required: ${animal} } }
`

for (const required of [false, true]) {
  scenario(`one to one${required ? ', required' : ''}`, {
    yaml: oneToOne(false, required),
    rows: [
      made('humans', { name: 'parker' }),
      made('humans', { name: 'pym' }),
      made('humans', { name: 'parker2' }),
      made('animals', { desc: 'spider', human: 'Human_parker' }),
      made('animals', { desc: 'ant', human: 'Human_pym' }),
      { send: 'GET /app/humans/Human_parker', status: 200, expect: { totem: 'Animal_spider' } },
      { send: 'GET /app/humans/Human_pym', status: 200, expect: { totem: 'Animal_ant' } },
      { send: 'PUT /app/animals/Animal_spider', body: { human: 'Human_parker2' }, status: 200 },
      { send: 'GET /app/humans/Human_parker2', status: 200, expect: { totem: 'Animal_spider' } },
      { send: 'GET /app/humans/Human_parker', restart: true, status: 200, expect: { totem: null } },
    ],
  })
}

scenario('one to one, taken over and deleted', {
  yaml: oneToOne(false, false),
  rows: [
    made('humans', { name: 'parker' }),
    made('humans', { name: 'pym' }),
    made('animals', { desc: 'spider', human: 'Human_parker' }),
    made('animals', { desc: 'ant', human: 'Human_pym' }),
    { send: 'PUT /app/humans/Human_parker', body: { totem: 'Animal_ant' }, status: 200 },
    { send: 'GET /app/animals/Animal_ant', status: 200, expect: { human: 'Human_parker' } },
    { send: 'GET /app/animals/Animal_spider', status: 200, expect: { human: null } },
    { send: 'GET /app/humans/Human_pym', status: 200, expect: { totem: null } },
    { send: 'DELETE /app/animals/Animal_ant', status: 204 },
    { send: 'GET /app/humans/Human_parker', restart: true, status: 200, expect: { totem: null } },
  ],
})

scenario('one to one, required: what another one needs can not be taken', {
  yaml: oneToOne(true, false),
  rows: [
    made('animals', { desc: 'spider' }),
    made('animals', { desc: 'ant' }),
    made('humans', { name: 'parker', totem: 'Animal_spider' }),
    made('humans', { name: 'pym', totem: 'Animal_ant' }),
    { send: 'GET /app/humans/Human_pym', status: 200, expect: { totem: 'Animal_ant' } },
    { send: 'PUT /app/humans/Human_parker', body: { totem: 'Animal_ant' }, status: 400 },
    { send: 'GET /app/humans/Human_pym', status: 200, expect: { totem: 'Animal_ant' } },
    { send: 'GET /app/humans/Human_parker', status: 200, expect: { totem: 'Animal_spider' } },
    { send: 'DELETE /app/animals/Animal_ant', status: 409, why: 'pym needs it' },
  ],
})
