/** The part of the schema about who the user of a request is. Knows no collection. */
import { duration, flag, integer, object, text, type JsonSchema } from './schema-parts.ts'

export function auth(): JsonSchema {
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
          limit: loginLimit(),
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

function loginLimit(): JsonSchema {
  return {
    anyOf: [
      { type: 'boolean', const: false },
      object({
        tries: integer('Failed tries of one login from one address before it has to wait', {
          minimum: 1,
          default: 100,
        }),
        per_address: integer('Failed tries from one address, whatever the logins', {
          minimum: 1,
          default: 1000,
        }),
        window: duration('They are forgotten after this; nobody waits longer', '15m'),
      }),
    ],
    description: 'Who guesses passwords has to wait, longer each time (429); false: nobody does',
    default: {},
  }
}

function needsSecret(when: JsonSchema, why: string): JsonSchema {
  return { if: when, then: { required: ['secret'], properties: { secret: { description: why } } } }
}
