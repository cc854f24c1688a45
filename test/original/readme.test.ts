/** The examples of the original's and of stricto's documentation, as applications of ours. */
import { scenario } from '../http/scenario.ts'

const model = (collections: string): string => `
backo: 1
name: app
collections:
${collections}
`

scenario('a cat: conditional fields', {
  yaml: model(`
  cats:
    fields:
      name: { type: String, required: true, default: Felix, transform: value.trim() }
      gender: { type: String, default: Male, in: [ Male, Female ] }
      female_infos:
        type: Dict
        exists: item.gender != "Male"
        fields: { number_of_litter: { type: Int, default: 0, required: true } }
`),
  rows: [
    {
      send: 'POST /app/cats',
      body: {},
      status: 201,
      keep: 'c',
      expect: { name: 'Felix', gender: 'Male', female_infos: undefined },
    },
    { send: 'PUT /app/cats/{c}', body: { female_infos: { number_of_litter: 2 } }, status: 400 },
    {
      send: 'PUT /app/cats/{c}',
      body: { gender: 'Female' },
      status: 200,
      expect: { female_infos: { number_of_litter: 0 } },
    },
    {
      send: 'PUT /app/cats/{c}',
      body: { female_infos: { number_of_litter: 2 } },
      status: 200,
      expect: { female_infos: { number_of_litter: 2 } },
    },
    {
      send: 'PATCH /app/cats/{c}',
      body: { op: 'replace', path: '$.female_infos.number_of_litter', value: 3 },
      status: 200,
      expect: { female_infos: { number_of_litter: 3 } },
    },
    { send: 'PUT /app/cats/{c}', body: { gender: 'Other' }, status: 400 },
    {
      send: 'POST /app/cats',
      body: { name: ' Lucy ', gender: 'Female', female_infos: { number_of_litter: 1 } },
      status: 201,
      expect: { name: 'Lucy', female_infos: { number_of_litter: 1 } },
    },
  ],
})

scenario('a country: views', {
  yaml: model(`
  countries:
    fields:
      name: { type: String, views: [ short ] }
      a2: { type: String, views: [ short ] }
      a3: String
      num: String
      flag_url: { type: String, set: "'https://flagcdn.com/256x192/' + item.a2 + '.png'", views: [ "!save", short ] }
`),
  rows: [
    {
      send: 'POST /app/countries',
      body: { name: 'Ukraine', a2: 'UA', a3: 'UKR', num: '804' },
      status: 201,
      keep: 'c',
      expect: { flag_url: 'https://flagcdn.com/256x192/UA.png' },
    },
    {
      send: 'GET /app/countries/{c}?_view=%2Bshort',
      status: 200,
      expect: {
        name: 'Ukraine',
        a2: 'UA',
        a3: undefined,
        num: undefined,
        flag_url: 'https://flagcdn.com/256x192/UA.png',
      },
    },
    {
      send: 'GET /app/countries/{c}?_view=short',
      restart: true,
      status: 200,
      expect: { a3: 'UKR', num: '804', flag_url: 'https://flagcdn.com/256x192/UA.png' },
    },
    {
      send: 'GET /app/countries/{c}?_view=save',
      status: 200,
      expect: { name: 'Ukraine', a3: 'UKR', flag_url: undefined },
    },
    { send: 'GET /app/countries?flag_url.$re=UA', status: 200, expect: { total: 1 } },
  ],
})

scenario('selections', {
  yaml: model(`
  books:
    fields:
      name: String
      borrowed: { type: Bool, set: item.borrow.date != null }
      borrow: { type: Dict, fields: { date: Datetime } }
      tags: { type: Dict, fields: { l: { type: List, items: { type: Dict, fields: { i: String } } } } }
    selections:
      out: { selectors: [ $.name ], filter: { $.borrowed.$eq: true }, sort: [ -$.borrow.date, $.name ] }
      soon: { selectors: [ $.name ], filter: { expr: item.borrow.date > now() } }
      wild: { selectors: [ "$.*.l.i", "$.tags.*" ], filter: { name: c } }
`),
  rows: [
    {
      send: 'POST /app/books',
      body: [
        { name: 'a' },
        { name: 'b', borrow: { date: '2020-01-01' } },
        { name: 'c', borrow: { date: '2999-01-01' }, tags: { l: [{ i: 'fir' }, { i: 'sec' }] } },
        { name: 'd', borrow: { date: '2020-01-01' } },
      ],
      status: 201,
    },
    {
      send: 'GET /app/books/_selections/out',
      status: 200,
      expect: {
        result: [
          [String, 'c'],
          [String, 'b'],
          [String, 'd'],
        ],
      },
    },
    {
      send: 'GET /app/books/_selections/out?_sort=$.name&_page=2',
      status: 200,
      expect: {
        result: [
          [String, 'b'],
          [String, 'c'],
        ],
        total: 3,
      },
    },
    {
      send: 'GET /app/books/_selections/soon',
      restart: true,
      status: 200,
      expect: { result: [[String, 'c']] },
    },
    {
      send: 'GET /app/books/_selections/wild',
      status: 200,
      expect: { result: [[String, ['fir', 'sec'], [[{ i: 'fir' }, { i: 'sec' }]]]] },
    },
  ],
})

scenario('_check of the whole', {
  yaml: model(`
  users: { fields: { name: { type: String, required: true }, surname: String, l: { type: List, items: { type: Dict, fields: { i: String } } } } }
`),
  rows: [
    {
      send: 'POST /app/users/_check',
      body: { item: { name: 23, surname: 'x' }, path: '$' },
      status: 200,
      expect: { error: '$.name: Must be a string (value="23")' },
    },
    {
      send: 'POST /app/users/_check',
      body: { item: { name: 'x' }, path: '$' },
      status: 200,
      expect: { error: null },
    },
    {
      send: 'POST /app/users/_check',
      body: { item: { surname: 'x' }, path: '$.name' },
      status: 200,
      expect: { error: /^\$\.name: Cannot be empty/ },
    },
    {
      send: 'POST /app/users/_check',
      body: { item: { l: [{ i: 'a' }, { i: 3 }] }, path: '$.l' },
      status: 200,
      expect: { error: '$.l[1].i: Must be a string (value="3")' },
    },
    {
      send: 'POST /app/users/_check',
      body: { item: { l: [{ i: 'a' }, { i: 3 }] }, path: '$.l[0].i' },
      status: 200,
      expect: { error: null },
    },
    {
      send: 'POST /app/users/_check',
      body: { item: { l: [{ i: 'a' }, { i: 3 }] }, path: '$.l[1].i' },
      status: 200,
      expect: { error: '$.l[1].i: Must be a string (value="3")' },
    },
    {
      send: 'POST /app/users/_check',
      body: { item: {}, path: '$.nope' },
      status: 200,
      expect: { error: '$.nope: Unknown field' },
    },
    { send: 'POST /app/users/_check', body: { item: 12, path: '$.name' }, status: 400 },
  ],
})
