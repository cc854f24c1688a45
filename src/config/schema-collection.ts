/**
 * The parts of the schema about collections: rights, events, indexes, views, actions, selections. Knows no field type.
 */
import {
  flag,
  formerNames,
  integer,
  list,
  map,
  NAME,
  object,
  oneOrList,
  ref,
  text,
  type JsonSchema,
} from './schema-parts.ts'

const EVENTS: Readonly<Record<string, string>> = {
  loaded: 'After an item was read for a change or by a hook',
  before_save: 'Before it is checked and written (create and modify)',
  created: 'After it was first written',
  saved: 'After it was written',
  before_delete: 'Before it is deleted',
}

export const VIEW_MARK = '^!?[A-Za-z][A-Za-z0-9_-]*$'

export function collectionDefinitions(): Record<string, JsonSchema> {
  return {
    collection: collection(),
    action: action(),
    selection: selection(),
    expression: text('An expression (Common Expression Language)', {
      title: 'expression',
      minLength: 1,
    }),
    hookName: text('Name of an export of the hooks module', {
      title: 'name of a hook',
      minLength: 1,
    }),
    useExpression: object({ expr: ref('expression') }, { required: ['expr'] }),
    useHook: object({ hook: ref('hookName') }, { required: ['hook'] }),
    right: right(),
    events: events(EVENTS),
    fieldEvents: events({ ...EVENTS, change: "The field's value changed" }),
    computed: {
      type: ['string', 'number', 'boolean', 'null'],
      minLength: 1,
      title: 'expression',
      description: 'An expression; a number, true, false or null stands for itself',
    },
  }
}

/** `{ hook }` and `{ expr }` are told apart by what is written, so that a mistake is about that one. */
function right(): JsonSchema {
  return {
    anyOf: [
      { type: 'boolean' },
      ref('expression'),
      object(
        { hook: ref('hookName'), expr: ref('expression') },
        { minProperties: 1, maxProperties: 1 },
      ),
    ],
    description: 'true, false, an expression, or { hook: name }',
  }
}

function events(known: Readonly<Record<string, string>>): JsonSchema {
  const rows = Object.entries(known)
  return object(
    Object.fromEntries(
      rows.map(([name, description]) => [name, oneOrList(ref('hookName'), { description })]),
    ),
    { description: 'Hooks by event' },
  )
}

function collection(): JsonSchema {
  return object(
    {
      description: text('What the items are, shown in _meta and in the documentation'),
      storage: text('Name of the storage', { minLength: 1, default: 'default' }),
      source: text('Name of the table, folder or collection there, when it is not this one', {
        title: 'name',
        pattern: '^[A-Za-z][A-Za-z0-9_.-]*$',
      }),
      renamed_from: formerNames(NAME, {
        description:
          'Former name(s) of the collection: what is stored under one of them is served, and moved by `backo migrate`',
        examples: ['people'],
      }),
      id: {
        anyOf: [{ type: 'string', enum: ['uuidv7', 'objectid'] }, ref('useExpression')],
        description: 'How an _id is made: uuidv7, objectid or { expr: ... }',
        default: 'uuidv7',
      },
      fields: ref('fields', 'The fields by name; _id and _meta are added by the program'),
      can_read: ref(
        'right',
        'Who may read an item; with `item`, lists are filtered in the database',
      ),
      can_create: ref('right', 'Who may create an item (`item`: as it would be created)'),
      can_modify: ref(
        'right',
        'Who may modify an item (`item`: as it is, `next`: as it would become)',
      ),
      can_delete: ref('right', 'Who may delete an item'),
      on: ref('events', 'Hooks by event'),
      indexes: list(index(), { description: 'Indexes of more than one field, or of a direction' }),
      views: map(list(text('A selector', { minLength: 1 })), {
        title: 'views',
        pattern: VIEW_MARK,
        names: 'a view',
        description:
          'Selectors of the fields in a view; under `!name`, of those that it leaves out',
        examples: [{ short: ['$.title', '$.pages'] }],
      }),
      actions: map(ref('action'), {
        title: 'actions',
        pattern: NAME,
        names: 'an action',
        description: 'What can be done with an item besides changing it',
      }),
      selections: map(ref('selection'), {
        title: 'selections',
        pattern: NAME,
        names: 'a selection',
        description: 'Named lists of the collection',
      }),
      max_page: integer('Highest _page a client may ask for', { minimum: 1, default: 1000 }),
      history: flag('Keep every version of every item', false),
      soft_delete: flag('Keep deleted items apart, so that they can be restored', false),
    },
    { title: 'collection', required: ['fields'] },
  )
}

function index(): JsonSchema {
  return object(
    {
      fields: list(text('A field; with `-` before it, the highest first', { minLength: 1 }), {
        minItems: 1,
        description: 'The fields in order',
        examples: [['author', '-year']],
      }),
      unique: flag('No two items may have the same values', false),
    },
    { required: ['fields'] },
  )
}

function action(): JsonSchema {
  return object(
    {
      description: text('What it does'),
      schema: ref('fields', 'Its arguments, as fields'),
      exists: ref(
        'right',
        'Whether the item has the action: 403 and not offered where it is false',
      ),
      can_see: ref('right', 'Same as `exists`'),
      can_execute: ref('right', 'Who may run it'),
      set: {
        type: 'object',
        propertyNames: { minLength: 1 },
        additionalProperties: ref('computed'),
        description: 'Selector -> expression; applied together, then the item is saved',
        examples: [{ '$.borrow.date': 'now()' }],
      },
      hook: ref('hookName', 'Hook that does it'),
    },
    { allOf: [{ not: { required: ['exists', 'can_see'] } }] },
  )
}

function selection(): JsonSchema {
  return object({
    description: text('What it shows'),
    selectors: list(text('A selector', { minLength: 1, examples: ['$.title'] }), {
      description:
        'The columns; $._id is put first by itself. Without them it gives items, as a list does',
    }),
    filter: {
      type: 'object',
      description: 'Which items: a filter as in requests, or { expr: ... }',
      examples: [{ borrowed: true }],
    },
    sort: oneOrList(text('A field; with `-` before it, the highest first', { minLength: 1 }), {
      description: 'The order',
      examples: [['-borrow.return_date']],
    }),
    can_read: ref('right', 'Who may run it'),
  })
}
