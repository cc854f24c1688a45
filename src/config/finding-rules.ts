/**
 * The table of findings: what each code says, in a sentence that holds wherever it is found. SARIF and the README are
 * made of it. What is wrong at one place is said where it is found.
 */

export interface FindingRule {
  readonly says: string
  /** of the lint: it can be told to be silent where it is meant so; see `x-lint-ignore` */
  readonly lint?: true
}

export const FINDING_RULES: Readonly<Record<string, FindingRule>> = {
  BACKO_CONFIG_ACTION_EMPTY: { says: 'An action does nothing: it has neither `set` nor `hook`.' },
  BACKO_CONFIG_ALIAS: { says: 'A YAML alias can not be followed, or expands to too much.' },
  BACKO_CONFIG_CASCADE: {
    says: 'A deletion takes items of several collections, or items that others refer to.',
    lint: true,
  },
  BACKO_CONFIG_CASCADE_CYCLE: { says: 'Deletions go on in a circle.', lint: true },
  BACKO_CONFIG_CIRCLE: { says: 'Computed fields need one another.' },
  BACKO_CONFIG_CONSTANT: { says: 'A rule is always true, or always false.', lint: true },
  BACKO_CONFIG_DEFAULT: { says: 'A default breaks the rules of its own field.' },
  BACKO_CONFIG_DUPLICATE: { says: 'A key is there twice.' },
  BACKO_CONFIG_ENUM: { says: 'A value of `enum` is not of the type of its field.' },
  BACKO_CONFIG_EXPRESSION: { says: 'An expression can not be read, or does not fit the model.' },
  BACKO_CONFIG_FILE: { says: 'A file of the configuration can not be read.' },
  BACKO_CONFIG_FILTER: { says: 'The filter of a selection does not fit the model.' },
  BACKO_CONFIG_HOOKS_BROKEN: { says: 'A hooks module can not be loaded.' },
  BACKO_CONFIG_HOOKS_MISSING: { says: 'A hooks module is not there.' },
  BACKO_CONFIG_HOOKS_TWICE: { says: 'Two hooks modules export the same name.' },
  BACKO_CONFIG_HOOK_MISSING: { says: 'A hook that is named is exported by no module.' },
  BACKO_CONFIG_HOOK_READ: {
    says: 'A hook decides who may read: lists are filtered item by item, not in the database.',
    lint: true,
  },
  BACKO_CONFIG_INCLUDE: { says: 'A file to include is not there, or is not one.' },
  BACKO_CONFIG_INDEX: { says: 'An index names what can not be indexed.' },
  BACKO_CONFIG_INVALID: { says: 'Something does not fit the format.' },
  BACKO_CONFIG_JWKS_HTTP: {
    says: 'Keys of tokens are fetched over a connection that is not secured.',
    lint: true,
  },
  BACKO_CONFIG_LEAK: {
    says: 'What a field hides can be seen, or found out, another way.',
    lint: true,
  },
  BACKO_CONFIG_LOGIN: { says: '`auth.login` names a field that can not be used for it.' },
  BACKO_CONFIG_MISSING: { says: 'A key that is required is missing.' },
  BACKO_CONFIG_NAME: { says: 'A name has characters that names do not have.' },
  BACKO_CONFIG_NO_INDEX: {
    says: 'No index serves a filter or a right: the whole collection is read.',
    lint: true,
  },
  BACKO_CONFIG_OPEN_ACTION: { says: 'Anyone, logged in or not, may run an action.', lint: true },
  BACKO_CONFIG_OPEN_WRITE: { says: 'Anyone, logged in or not, may write.', lint: true },
  BACKO_CONFIG_OPTION: { says: 'An option of a type is wrong.' },
  BACKO_CONFIG_REFERENCE_PLACE: { says: 'A reference stands where none can be kept.' },
  BACKO_CONFIG_RENAMED_FROM: { says: 'A former name is in use, or can not have been one.' },
  BACKO_CONFIG_REQUIRED_BOTH: {
    says: 'Two items require each other: neither can be made first.',
    lint: true,
  },
  BACKO_CONFIG_RESERVED_NAME: { says: 'A name is taken by the program.' },
  BACKO_CONFIG_REVERSE: { says: 'The two sides of a reference do not name each other.' },
  BACKO_CONFIG_SELECTOR: { says: 'A selector does not fit the model.' },
  BACKO_CONFIG_SET: { says: '`set` can not be where it is, or sets what can not be set.' },
  BACKO_CONFIG_SORT: { says: 'A sort names what can not be sorted by.' },
  BACKO_CONFIG_SOURCE: { says: 'Two collections would be kept in the same place.' },
  BACKO_CONFIG_SYNTAX: { says: 'The file is not YAML.' },
  BACKO_CONFIG_TEST: { says: 'A test of rights does not fit the model.' },
  BACKO_CONFIG_TOO_MANY: { says: 'There is more than can be shown.' },
  BACKO_CONFIG_TWO_STORAGES: {
    says: 'A reference leads into another storage: a change of both is not atomic.',
    lint: true,
  },
  BACKO_CONFIG_TYPE: { says: 'A value is of another type than is expected there.' },
  BACKO_CONFIG_TYPE_CYCLE: { says: 'A named type contains itself.' },
  BACKO_CONFIG_UNKNOWN_CHOICE: { says: 'A word is none of those that are possible there.' },
  BACKO_CONFIG_UNKNOWN_COLLECTION: { says: 'There is no such collection.' },
  BACKO_CONFIG_UNKNOWN_EVENT: { says: 'There is no such event.' },
  BACKO_CONFIG_UNKNOWN_FIELD: { says: 'There is no such field.' },
  BACKO_CONFIG_UNKNOWN_KEY: { says: 'There is no such key.' },
  BACKO_CONFIG_UNKNOWN_STORAGE: { says: 'There is no such storage.' },
  BACKO_CONFIG_UNKNOWN_TYPE: { says: 'There is no such type.' },
  BACKO_CONFIG_VALUE: { says: 'A value breaks the rules of its place.' },
  BACKO_CONFIG_VARIABLE: { says: 'An environment variable is not set, or is not written as one.' },
  BACKO_CONFIG_VIEW: { says: 'A view is named that can not be one, or leaves nothing.' },
  BACKO_CONFIG_WEBHOOK: { says: 'A webhook names an event or a URL that can not be one.' },
  BACKO_CONFIG_WEBHOOK_HTTP: {
    says: 'A webhook sends items over a connection that is not secured.',
    lint: true,
  },
}
