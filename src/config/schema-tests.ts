/**
 * The part of the schema about `tests`: who may do what, as examples that `backo test` runs. Knows no collection.
 */
import { list, map, NAME, object, oneOrList, text, type JsonSchema } from './schema-parts.ts'

/** What a step may say beside the one thing that is tried. */
export const BECAUSE = 'because'

export function testDefinitions(): Record<string, JsonSchema> {
  return { test: test(), step: step() }
}

const steps = (description: string, examples: readonly unknown[]): JsonSchema =>
  oneOrList({ $ref: '#/definitions/step' }, { description, examples })

function test(): JsonSchema {
  return object(
    {
      name: text('What it shows, for people', { minLength: 1 }),
      as: {
        type: ['object', 'null'],
        description:
          'current_user: `_id`, `login`, `roles` and the fields that the file adds; without it: anonymous',
        examples: [{ roles: ['EMPLOYEE'] }, { _id: 'u1' }],
      },
      given: map(
        list(
          { type: 'object' },
          { description: 'Items, with their `_id`, by the rules of the model' },
        ),
        {
          title: 'given',
          pattern: NAME,
          names: 'a collection',
          description:
            'What is there: items by collection, put into an empty store in memory; no rights are asked, no hooks run',
          examples: [{ books: [{ _id: '1', title: 'Dune' }] }],
        },
      ),
      on: text(
        'What it is about: an item, a collection, a selection or an action; a query may follow',
        {
          minLength: 1,
          examples: [
            'books/1',
            'books',
            'books?title.$re=a',
            'books/_selections/out',
            'books/1/_actions/borrow',
          ],
        },
      ),
      can: steps('What must succeed, each alone', [['read', { modify: { title: 'x' } }, 'borrow']]),
      cannot: steps('What must be refused, each alone', [['delete', { modify: { price: 1 } }]]),
      sees: oneOrList(text('A field, or the _id of an item of a list', { minLength: 1 }), {
        description:
          'On an item: fields that are shown, at least. On a collection or a selection: the ids of all that is shown',
        examples: [['title', 'borrow.user']],
      }),
      hides: oneOrList(text('A field, or the _id of an item of a list', { minLength: 1 }), {
        description: 'On an item: fields that are not shown. On a list: ids that are not in it',
        examples: [['price']],
      }),
    },
    { title: 'test', required: ['on'] },
  )
}

function step(): JsonSchema {
  return {
    anyOf: [
      text('read, create, modify, delete, an action or a selection', { minLength: 1 }),
      {
        type: 'object',
        minProperties: 1,
        description: 'The same with a body: `modify: { title: x }`',
        properties: {
          [BECAUSE]: {
            type: ['string', 'integer'],
            description: 'Of `cannot`: the status of the refusal, or a part of its words',
            examples: [403, 'Must be in the future'],
          },
        },
      },
    ],
    title: 'step',
  }
}
