/**
 * backo.yaml after loading: shorthands spelled out, includes merged, variables filled in. Types only.
 * Knows the file format (config.md), and no collection in particular.
 */

/** Place in the configuration: `['collections', 'users', 'fields', 'addr', 'coll']`. */
export type ConfigPath = readonly (string | number)[]

export interface Location {
  readonly file: string
  /** from 1 */
  readonly line: number
  /** from 1 */
  readonly column: number
  /** characters to underline */
  readonly length: number
}

export interface Finding {
  readonly severity: 'error' | 'warning'
  /** `BACKO_CONFIG_UNKNOWN_KEY`, ... stable */
  readonly code: string
  readonly path: ConfigPath
  readonly message: string
  readonly hint?: string
  /** filled in from `path` when absent */
  readonly location?: Location
}

/** Where a place of the configuration stands in the files it was read from. */
export interface ConfigSource {
  /** of the main file, absolute */
  readonly file: string
  readonly directory: string
  /** file name -> its text, for carets */
  readonly texts: ReadonlyMap<string, string>
  /** patterns of `include`, as written: what matches them later is part of the configuration too */
  readonly includes: readonly string[]
  /** does an `x-lint-ignore` at the place or above it name the code of a warning? */
  readonly ignores: (path: ConfigPath, code: string) => boolean
  /** the nearest place that exists; `at: 'key'` for the key itself; `range` = characters within the (string) value */
  readonly locate: (
    path: ConfigPath,
    options?: {
      readonly at?: 'key' | 'value'
      readonly range?: { readonly start: number; readonly end: number }
    },
  ) => Location
}

export interface LoadedConfig {
  /** absent when the file can't be used at all */
  readonly config?: Config
  readonly source: ConfigSource
  /** located and in order of file, line, column */
  readonly findings: readonly Finding[]
  /** sha256 (hex, 12 characters) over the texts of all files read */
  readonly hash: string
}

export type YesNo = boolean | string | { readonly hook: string } | { readonly expr: string }

export interface Config {
  readonly backo: 1
  readonly name: string
  readonly description?: string
  readonly server: ServerConfig
  /** `default` is always there */
  readonly storage: Readonly<Record<string, StorageConfig>>
  /** absolute paths */
  readonly hooks: readonly string[]
  readonly auth?: AuthConfig
  readonly current_user: { readonly fields: Readonly<Record<string, FieldConfig>> }
  readonly types: Readonly<Record<string, FieldConfig>>
  readonly default_rights: YesNo
  readonly collections: Readonly<Record<string, CollectionConfig>>
  readonly tests: readonly TestConfig[]
  readonly webhooks: Readonly<Record<string, WebhookConfig>>
}

/** An address that is told of changes; durations in milliseconds. */
export interface WebhookConfig {
  readonly url: string
  readonly secret: string
  /** absent: all */
  readonly collections?: readonly string[]
  readonly events: readonly string[]
  /** CEL, or the language of filters */
  readonly filter?: unknown
  readonly headers: Readonly<Record<string, string>>
  readonly view: string
  readonly timeout: number
  readonly retries: number
  readonly backoff: number
}

/** Who may do what, as an example: `backo test` runs it. */
export interface TestConfig {
  readonly name?: string
  /** absent: the anonymous user */
  readonly as?: Readonly<Record<string, unknown>>
  /** items by collection */
  readonly given: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>
  readonly on: string
  readonly can: readonly StepConfig[]
  readonly cannot: readonly StepConfig[]
  readonly sees?: readonly string[]
  readonly hides: readonly string[]
}

export interface StepConfig {
  /** the keys written: one, or it is a mistake */
  readonly what: readonly string[]
  /** absent: only the name was written */
  readonly body?: unknown
  /** of a refusal: its status, or a part of its words */
  readonly because?: string | number
}

export interface ServerConfig {
  readonly host: string
  readonly port: number
  readonly prefix: string
  readonly trust_proxy: boolean | string | number
  /** bytes */
  readonly body_limit: number
  /** all times in milliseconds */
  readonly hook_timeout: number
  readonly request_timeout: number
  readonly handler_timeout?: number
  readonly keep_alive_timeout: number
  /** bytes */
  readonly header_limit: number
  readonly max_connections?: number
  readonly drain: number
  readonly shutdown_timeout: number
  readonly tls?: TlsConfig
  readonly compression: boolean
  readonly cors?: { readonly origin: readonly string[] }
  readonly rate_limit?: { readonly max: number; readonly window: number }
  readonly docs: boolean
  readonly admin: boolean
  /** `when_asked`: the file does not say; from the first time that somebody asks */
  readonly metrics: boolean | 'when_asked'
  readonly metrics_token?: string
  /** absent: as the environment says */
  readonly telemetry?: boolean
  readonly log: {
    readonly level: string
    readonly access: boolean
    readonly loggers: Readonly<Record<string, string>>
  }
}

export interface TlsConfig {
  /** files, absolute */
  readonly cert: string
  readonly key: string
  readonly ca?: string
  readonly passphrase?: string
}

/** Failed tries to log in; times in milliseconds. */
export interface LoginLimit {
  readonly tries: number
  readonly per_address: number
  readonly window: number
}

export type StorageConfig =
  | {
      readonly type: 'sqlite'
      /** absolute, or `:memory:` */ readonly path: string
      readonly durability: 'full' | 'normal'
    }
  | { readonly type: 'yaml'; /** absolute */ readonly path: string }
  | {
      readonly type: 'mongodb'
      readonly url: string
      readonly database?: string
      readonly options: Readonly<Record<string, unknown>>
    }
  | { readonly type: 'memory' }

export interface AuthConfig {
  readonly secret?: string
  readonly jwks?: string
  readonly issuer?: string
  readonly audience?: string
  readonly cookie: string
  /** milliseconds */
  readonly expires: number
  readonly required: boolean
  readonly login?: {
    readonly collection: string
    readonly login: string
    readonly password: string
    readonly roles?: string
    /** null: nobody has to wait */
    readonly limit: LoginLimit | null
  }
  readonly hook?: string
}

export interface CollectionConfig {
  readonly description?: string
  readonly storage: string
  readonly source?: string
  /** former names, the latest first */
  readonly renamed_from?: readonly string[]
  readonly id: 'uuidv7' | 'objectid' | { readonly expr: string }
  readonly fields: Readonly<Record<string, FieldConfig>>
  readonly can_read?: YesNo
  readonly can_create?: YesNo
  readonly can_modify?: YesNo
  readonly can_delete?: YesNo
  /** event -> names of hooks */
  readonly on: Readonly<Record<string, readonly string[]>>
  readonly indexes: readonly { readonly fields: readonly string[]; readonly unique: boolean }[]
  /** as written: `short: [ $.title ]`, `!short: [ ... ]` */
  readonly views: Readonly<Record<string, readonly string[]>>
  readonly actions: Readonly<Record<string, ActionConfig>>
  readonly selections: Readonly<Record<string, SelectionConfig>>
  readonly max_page: number
  readonly history: boolean
  readonly soft_delete: boolean
}

/**
 * A field: `type` and the options as written, aliases replaced (`minimum` -> `min`, `in`, `union` -> `enum`,
 * `regexp`, `pattern` -> `patterns`, `constraint` -> `constraints`, always lists), sub-fields spelled out.
 * A type's own options are left to its row.
 */
export interface FieldConfig {
  readonly type: string
  readonly required?: boolean
  readonly description?: string
  readonly example?: unknown
  readonly default?: unknown
  readonly enum?: readonly unknown[] | { readonly expr: string }
  readonly transform?: string
  readonly constraints?: readonly (string | { readonly expr: string; readonly message?: string })[]
  readonly set?: string
  readonly onchange?: string
  readonly exists?: YesNo
  readonly can_read?: YesNo
  readonly can_modify?: YesNo
  readonly on?: Readonly<Record<string, readonly string[]>>
  readonly views?: readonly string[]
  /** former names in the same Dict, the latest first */
  readonly renamed_from?: readonly string[]
  readonly index?: boolean
  readonly unique?: boolean
  readonly fields?: Readonly<Record<string, FieldConfig>>
  /** List: one type; Tuple: a list of types */
  readonly items?: FieldConfig | readonly FieldConfig[]
  readonly types?: readonly FieldConfig[]
  readonly coll?: string
  readonly field?: string
  readonly ods?: string
  readonly ofs?: string
  /** the type's own options (`min`, `max`, `min_length`, `patterns`, `version`, ...) */
  readonly [option: string]: unknown
}

export interface ActionConfig {
  readonly description?: string
  readonly schema: Readonly<Record<string, FieldConfig>>
  readonly exists?: YesNo
  readonly can_execute?: YesNo
  readonly set?: Readonly<Record<string, string>>
  readonly hook?: string
}

export interface SelectionConfig {
  readonly description?: string
  readonly selectors: readonly string[]
  readonly filter?: unknown
  readonly sort: readonly string[]
  readonly can_read?: YesNo
}
