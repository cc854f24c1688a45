/**
 * The parts of the schema about the machine: server, storage, auth. Knows no collection.
 */
import {
  duration,
  flag,
  integer,
  oneOrList,
  object,
  size,
  text,
  type JsonSchema,
} from './schema-parts.ts'

export const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

const LOGGERS = [
  'backoffice',
  'item',
  'ref',
  'transaction',
  'yaml',
  'sqlite',
  'mongo',
  'select',
  'migration',
  'http',
] as const

export function serverDefinitions(): Record<string, JsonSchema> {
  return { server: server(), storage: storage(), ...storageTypes(), auth: auth() }
}

function server(): JsonSchema {
  return object({
    host: text('Address to listen on', { default: '127.0.0.1' }),
    port: integer('Port to listen on; 0 takes a free one', {
      minimum: 0,
      maximum: 65535,
      default: 8080,
    }),
    prefix: text('What comes before every path', {
      title: 'prefix',
      pattern: '^(/?[A-Za-z0-9._~-]+)*/?$',
      default: '',
      examples: ['/api'],
    }),
    trust_proxy: {
      anyOf: [
        { type: 'boolean' },
        { type: 'integer', minimum: 0 },
        { type: 'string', minLength: 1 },
      ],
      description: 'Believe X-Forwarded-*: true, a number of proxies, or their addresses',
      default: false,
    },
    body_limit: size('Largest body of a request', '1MiB'),
    hook_timeout: duration('A hook that takes longer ends with 503 and a rollback', '5s'),
    request_timeout: duration('A request must have come in whole by then', '30s'),
    cors: object(
      {
        origin: oneOrList(text('An origin, or *', { minLength: 1 }), {
          description: 'Origins whose pages may call',
        }),
      },
      { required: ['origin'], description: 'Cross-origin requests' },
    ),
    rate_limit: object(
      {
        max: integer('Requests in a window', { minimum: 1 }),
        window: duration('Length of a window'),
      },
      { required: ['max', 'window'], description: 'Limit by user, else by address' },
    ),
    docs: flag('Serve the OpenAPI page', true),
    admin: flag('Serve the web page', true),
    metrics: flag('Serve /_metrics', false),
    log: object(
      {
        level: level('Level of every logger that has none of its own', 'info'),
        loggers: object(
          Object.fromEntries(LOGGERS.map((name) => [name, level(`Level of the logger ${name}`)])),
          { description: 'Levels by logger', examples: [{ mongo: 'debug' }] },
        ),
      },
      { description: 'What is logged' },
    ),
  })
}

const level = (description: string, byDefault?: string): JsonSchema => ({
  type: 'string',
  enum: LEVELS,
  description,
  ...(byDefault === undefined ? {} : { default: byDefault }),
})

const STORAGE_TYPES = {
  sqlite: 'Embedded, one file',
  yaml: 'One readable YAML file an item; hand edits are picked up',
  mongodb: 'A replica set or a sharded cluster; for more than one machine',
  memory: 'Nothing kept; for tests and demos',
} as const

/** By `type`, with if and then: an editor offers the keys of the type, and an error is about that type. */
function storage(): JsonSchema {
  const names = Object.keys(STORAGE_TYPES)
  return {
    type: 'object',
    required: ['type'],
    properties: {
      type: {
        type: 'string',
        enum: names,
        enumDescriptions: Object.values(STORAGE_TYPES),
        description: 'What keeps the items',
      },
    },
    allOf: names.map((name) => ({
      if: { type: 'object', properties: { type: { const: name } }, required: ['type'] },
      then: { $ref: `#/definitions/storage_${name}` },
    })),
  }
}

function storageTypes(): Record<string, JsonSchema> {
  const of = (
    name: keyof typeof STORAGE_TYPES,
    properties: Readonly<Record<string, JsonSchema>>,
    required: readonly string[] = [],
  ): Record<string, JsonSchema> => ({
    [`storage_${name}`]: object(
      { type: true, ...properties },
      { title: name, description: STORAGE_TYPES[name], $comment: 'storage type', required },
    ),
  })
  return {
    ...of('sqlite', {
      path: text('The database file, relative to this file, or :memory:', {
        minLength: 1,
        examples: ['./data/media_library.db', ':memory:'],
      }),
      durability: {
        type: 'string',
        enum: ['full', 'normal'],
        default: 'full',
        description:
          'full: what was answered is on the disk; normal: the last moments may be lost with the power',
      },
    }),
    ...of(
      'yaml',
      {
        path: text('The folder, relative to this file: <path>/<collection>/<_id>.yml', {
          minLength: 1,
        }),
      },
      ['path'],
    ),
    ...of(
      'mongodb',
      {
        url: text('Connection string', {
          title: 'mongodb url',
          pattern: '^mongodb(\\+srv)?://',
          examples: ['mongodb://localhost:27017/app'],
        }),
        database: text('Name of the database; else the one in the url', { minLength: 1 }),
        options: { type: 'object', description: 'Options of the driver' },
      },
      ['url'],
    ),
    ...of('memory', {}),
  }
}

function auth(): JsonSchema {
  const selector = (description: string, byDefault: string): JsonSchema =>
    text(description, { minLength: 1, default: byDefault })
  return object(
    {
      secret: text('HS256 key of the tokens, at least 32 bytes', {
        minLength: 32,
        examples: ['${JWT_SECRET}'],
      }),
      jwks: text('URL of the keys of whoever issues the tokens', {
        title: 'url',
        pattern: '^https?://',
        examples: ['https://login.example.com/.well-known/jwks.json'],
      }),
      issuer: text('The `iss` that tokens must have', { minLength: 1 }),
      audience: text('The `aud` that tokens must have', { minLength: 1 }),
      cookie: text('Name of the cookie; `Authorization: Bearer` works too', {
        title: 'name',
        pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$",
        default: 'jwt_token',
      }),
      expires: duration('How long a login lasts', '1h'),
      required: flag('401 for every anonymous request', false),
      login: object(
        {
          collection: text('The collection of the users', { minLength: 1 }),
          login: selector('Selector of the login', '$.login'),
          password: selector('Selector of the password, a Password field', '$.password'),
          roles: text('Selector of the roles', { minLength: 1, examples: ['$.roles'] }),
        },
        {
          required: ['collection'],
          description:
            'Gives POST /login and POST /logout; leave out when tokens come from elsewhere',
        },
      ),
      hook: text('Hook that turns verified claims into current_user', { minLength: 1 }),
    },
    {
      allOf: [
        needsSecret({ not: { required: ['jwks'] } }, 'a secret, or `jwks`'),
        needsSecret({ required: ['login'] }, 'the tokens of /login are signed with it'),
      ],
    },
  )
}

function needsSecret(when: JsonSchema, why: string): JsonSchema {
  return { if: when, then: { required: ['secret'], properties: { secret: { description: why } } } }
}
