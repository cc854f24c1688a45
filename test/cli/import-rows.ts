/** Files that a person may give to `backo import`, and what becomes of each. */
import { gzipSync } from 'node:zlib'

export const MODEL = `
hooks: ./hooks.mjs
collections:
  users:
    can_read: false
    on: { before_save: look }
    fields:
      login: { type: String, required: true, unique: true }
      age: { type: Int, min: 0, default: 18 }
      ok: Bool
      at: Datetime
      addr: { type: Dict, fields: { city: String, zip: Int } }
      words: { type: List, items: String }
      password: Password
      boss: { type: Ref, coll: users }
      pets: { type: RefsList, coll: pets, field: $.owner }
      upper: { type: String, set: item.login.upperAscii() }
  pets: { fields: { name: String, owner: { type: Ref, coll: users, field: $.pets, required: true } } }
`
export const HOOKS = `export const look = ({ item }) => { if (item.login === 'boom') throw new Error('no booms'); if (item.login === 'mark') item.age = 99 }`
const HASH =
  '$argon2id$v=19$m=19456,t=2,p=1$Bmqrl2aSGt9rp9tqr0bSEQ$BGMxrwzxwQ6wTvBOTWE3+gt0Xx2H3Gm1uGpRMd1PtbM'

export interface Row {
  readonly name: string
  readonly data: string | Buffer
  /** default: users data.ndjson */
  readonly args?: readonly string[]
  readonly file?: string
  readonly code: 0 | 1 | 2
  readonly out?: string | RegExp
  readonly err?: string | RegExp
  /** logins, and ages */
  readonly kept?: Readonly<Record<string, unknown>>
}

const csv = ['users', 'data.csv']

export const ROWS: readonly Row[] = [
  { name: 'nothing', data: '', code: 0, out: '0 created\n', err: '', kept: {} },
  {
    name: 'one, without a newline',
    data: '{"login":"a"}',
    code: 0,
    out: '1 created\n',
    kept: { a: 18 },
  },
  {
    name: 'CRLF, a byte order mark, blank lines',
    data: '\uFEFF{"login":"a"}\r\n\r\n{"login":"b"}\r\n \n',
    code: 0,
    kept: { a: 18, b: 18 },
  },
  { name: 'null is no default', data: '{"login":"a","age":null}', code: 0, kept: { a: null } },
  {
    name: 'computed fields are passed over',
    data: '{"login":"a","upper":"?"}',
    code: 0,
    kept: { a: 18 },
  },
  {
    name: 'hooks run',
    data: '{"login":"mark"}\n{"login":"boom"}',
    code: 1,
    err: /line 2: hook look failed: no booms/,
    kept: { mark: 99 },
  },
  {
    name: 'every fault of a row, the others kept',
    data: '{"login":"a"}\n{"age":-1,"ok":3,"nope":1}\n{"login":"b"}\n',
    code: 1,
    out: '2 created, 1 refused\n',
    err: /^line 2: .*\$\.login: Cannot be empty.*/,
    kept: { a: 18, b: 18 },
  },
  {
    name: 'a name like another',
    data: '{"lgin":"a","login":"b"}',
    code: 1,
    err: /Unknown field \(value="a"\), did you mean login\?|Unknown field, did you mean login\?/,
    kept: {},
  },
  {
    name: '--stop',
    data: '{"login":"a"}\n{"login":""}\n{"login":"a"}\n{"login":"c"}',
    args: ['users', 'data.ndjson', '--stop', '-b', '1'],
    code: 1,
    out: '2 created, 1 refused\n',
    err: /^line 3: \$\.login: Already taken/,
    kept: { a: 18, '': 18 },
  },
  {
    name: '--dry-run',
    data: '{"_id":"x","login":"a"}\n{"login":"a"}\n{"login":"b","boss":"x"}\n{"login":"c","boss":"y"}\n{"_id":"x","login":"d"}',
    args: ['users', 'data.ndjson', '--dry-run', '-b', '1'],
    code: 1,
    out: '2 created, 3 refused (dry run: nothing was written)\n',
    err: /line 2: \$\.login: Already taken\nline 5: \$\._id: Already taken\nline 4: \$\.boss: No such item in users \(value="y"\)/,
    kept: {},
  },
  {
    name: 'broken JSON',
    data: '{"login":"a"}\n{"login":"b",}\n{"login":"c"}',
    code: 1,
    err: /^line 2: bad JSON at column 14: /,
    kept: { a: 18, c: 18 },
  },
  {
    name: 'cut off',
    data: '{"login":"a"}\n{"login":"b',
    code: 1,
    err: 'line 2: the file ends within this line: it is not all there\n',
    kept: { a: 18 },
  },
  {
    name: 'no object',
    data: '1\n"a"\n{"login":"c"}',
    code: 1,
    err: /line 1: an item is a JSON object[^]*line 2: /,
    kept: { c: 18 },
  },
  {
    name: 'an array',
    data: '[{"login":"a"}]',
    code: 2,
    err: /a JSON array, not NDJSON\n.*jq -c/,
    kept: {},
  },
  {
    name: 'an array in lines',
    data: '[\n{"login":"a"}\n]',
    code: 2,
    err: /a JSON array, not NDJSON/,
    kept: {},
  },
  {
    name: 'deep',
    data: `{"login":${'['.repeat(300)}${']'.repeat(300)}}`,
    code: 1,
    err: /line 1: the line is nested deeper than 200 levels/,
  },
  { name: 'binary', data: Buffer.from([1, 2, 0, 3]), code: 2, err: /this is a binary file/ },
  { name: 'compressed', data: gzipSync('{"login":"a"}'), code: 2, err: /is compressed\n.*gunzip/ },
  { name: 'UTF-16', data: Buffer.from('\uFEFF{"login":"a"}', 'utf16le'), code: 2, err: /UTF-16/ },
  {
    name: 'latin1',
    data: Buffer.from('{"login":"é"}\n{"login":"b"}', 'latin1'),
    code: 1,
    err: 'line 1: the line is not UTF-8\n',
    kept: { b: 18 },
  },
  {
    name: 'a long line',
    data: `{"login":"${'x'.repeat(2 ** 26)}"}\n{"login":"b"}`,
    code: 1,
    err: 'line 1: the line is longer than 64 MiB\n',
    kept: { b: 18 },
  },
  {
    name: 'the same _id twice',
    data: '{"_id":"x","login":"a"}\n{"_id":"x","login":"b"}',
    code: 1,
    err: 'line 2: $._id: Already taken\n',
    kept: { a: 18 },
  },
  {
    name: 'the same _id twice, --upsert',
    data: '{"_id":"x","login":"a"}\n{"_id":"x","age":3}',
    args: ['users', 'data.ndjson', '--upsert'],
    code: 0,
    out: '1 created, 1 updated\n',
    kept: { a: 3 },
  },
  {
    name: 'bad _id',
    data: '{"_id":"_x","login":"a"}\n{"_id":7,"login":"b"}\n{"_id":"..","login":"c"}',
    code: 1,
    out: '0 created, 3 refused\n',
    kept: {},
  },
  {
    name: 'bad _meta',
    data: '{"login":"a","_meta":{"ctime":"soon"}}\n{"login":"b","_meta":3}',
    code: 1,
    err: /line 1: \$\._meta\.ctime: Must be a Datetime \(value="soon"\)\nline 2: \$\._meta: Must be a dict/,
  },
  {
    name: '--no-meta',
    data: '{"login":"a","_meta":{"ctime":"soon"}}',
    args: ['users', 'data.ndjson', '--no-meta'],
    code: 0,
    kept: { a: 18 },
  },
  {
    name: '__proto__',
    data: '{"login":"a","__proto__":{"x":1}}',
    code: 1,
    err: /\$\.__proto__: Unknown field/,
    kept: {},
  },
  {
    name: 'hashes without the flag',
    data: JSON.stringify({ login: 'a', password: HASH }),
    code: 1,
    err: /\$\.password: Must not begin with \$argon2: --password-hashes\?/,
    kept: {},
  },
  {
    name: 'hashes',
    data: JSON.stringify({ login: 'a', password: HASH }),
    args: ['users', 'data.ndjson', '--password-hashes'],
    code: 0,
    kept: { a: 18 },
  },
  {
    name: 'half a hash',
    data: JSON.stringify({ login: 'a', password: '$argon2id$x' }),
    args: ['users', 'data.ndjson', '--password-hashes'],
    code: 1,
    kept: {},
  },
  {
    name: 'references back and forth',
    data: '{"_id":"1","login":"a","boss":"2"}\n{"_id":"2","login":"b","boss":"3"}\n{"_id":"3","login":"c","boss":"1"}',
    args: ['users', 'data.ndjson', '-b', '1'],
    code: 0,
    out: '3 created\n',
    kept: { a: 18, b: 18, c: 18 },
  },
  {
    name: 'a circle with a row that is refused',
    data: '{"_id":"1","login":"a","boss":"2"}\n{"_id":"2","login":"b","boss":"1","age":-1}\n{"login":"c"}',
    args: ['users', 'data.ndjson', '-b', '1'],
    code: 1,
    err: /line 2: \$\.age: Must be >= 0 \(value="-1"\)/,
    kept: { c: 18 },
  },
  {
    name: 'the other side',
    data: '{"_collection":"users","_id":"u","login":"a","pets":["p"]}\n{"_collection":"pets","_id":"p","owner":"u"}',
    args: ['data.ndjson', '-b', '1'],
    code: 0,
    out: '2 created\n',
    kept: { a: 18 },
  },
  {
    name: 'no collection told',
    data: '{"login":"a"}\n{"_collection":"nope"}',
    args: ['data.ndjson'],
    code: 1,
    err: /line 1: \$\._collection: the line does not tell its collection\nline 2: \$\._collection: there is no such collection \(value="nope"\)/,
  },
  {
    name: 'another collection',
    data: '{"_collection":"pets"}',
    code: 1,
    err: /this is an import of users/,
  },
  {
    name: 'a collection that is not there',
    data: '',
    args: ['user', 'data.ndjson'],
    code: 2,
    err: /there is no collection user\n.*did you mean users\?/,
  },
  {
    name: 'a file that is not there',
    data: '',
    args: ['users', 'no.ndjson'],
    code: 2,
    err: /there is no file .*no\.ndjson/,
  },
  { name: 'a folder', data: '', args: ['users', '.'], code: 2, err: /is a folder/ },
  {
    name: '--key without --upsert',
    data: '',
    args: ['users', 'data.ndjson', '--key', 'login'],
    code: 2,
    err: /--key goes with --upsert/,
  },
  {
    name: '--key of what is not unique',
    data: '',
    args: ['users', 'data.ndjson', '--upsert', '--key', 'age'],
    code: 2,
    err: /not a unique field of users\n.*there are login/,
  },
  {
    name: 'CSV',
    file: 'data.csv',
    data: '\uFEFFlogin,age,ok,addr.city,addr.zip,words,at\r\n"a\n1",3,true,"U, lm",5,"[""x""]",2001-02-03\r\nb,,,,,,\r\n"",4,no,,,,\r\n',
    args: csv,
    code: 1,
    out: '2 created, 1 refused\n',
    err: /^line 5: \$\.ok: Must be a bool \(value="no"\)/,
    kept: { 'a\n1': 3, b: null },
  },
  {
    name: 'CSV: a column that is not there',
    file: 'data.csv',
    data: 'login,agge\na,1\n',
    args: csv,
    code: 2,
    err: /line 1: there is no field agge in users\n.*did you mean age\?/,
    kept: {},
  },
  {
    name: 'CSV: a Dict',
    file: 'data.csv',
    data: 'login,addr\na,1\n',
    args: csv,
    code: 2,
    err: /a Dict has a column for each of its fields: addr\.city, addr\.zip/,
  },
  {
    name: 'CSV: twice',
    file: 'data.csv',
    data: 'login,login\na,1\n',
    args: csv,
    code: 2,
    err: /column login is there twice/,
  },
  {
    name: 'CSV: nothing',
    file: 'data.csv',
    data: '',
    args: csv,
    code: 2,
    err: /the file is empty/,
  },
  {
    name: 'CSV: cells',
    file: 'data.csv',
    data: 'login,age\na\nb,1,2\nc,3\n',
    args: csv,
    code: 1,
    err: /line 2: the line has 1 cells[^]*line 3: the line has 3 cells/,
    kept: { c: 3 },
  },
  {
    name: 'CSV: another delimiter',
    file: 'data.csv',
    data: 'login;age\na;1\n',
    args: csv,
    code: 2,
    err: /--delimiter ';'/,
  },
  {
    name: 'CSV: that delimiter',
    file: 'data.csv',
    data: 'login;age\na;1\n',
    args: [...csv, '--delimiter', ';'],
    code: 0,
    kept: { a: 1 },
  },
  {
    name: 'CSV: an open quote',
    file: 'data.csv',
    data: 'login,age\n"a,1\n',
    args: csv,
    code: 2,
    err: /line 2: Quote Not Closed/,
  },
  {
    name: 'CSV: no JSON in a list',
    file: 'data.csv',
    data: 'login,words\na,x\n',
    args: csv,
    code: 1,
    err: /line 2: \$\.words: Must be JSON \(value="x"\)/,
  },
  {
    name: 'CSV: latin1',
    file: 'data.csv',
    data: Buffer.from('login\né\n', 'latin1'),
    args: csv,
    code: 2,
    err: /is not UTF-8/,
  },
  {
    name: 'CSV without a collection',
    file: 'data.csv',
    data: 'login\na\n',
    args: ['data.csv'],
    code: 2,
    err: /CSV has the items of one collection/,
  },
]
