/**
 * Where connectors say what they do. The logger of the program fits it; nothing else of the program is known.
 */

/** The part of a logger that connectors use. `data` becomes members of the log line. */
export interface Log {
  debug(data: object, message: string): void
  info(data: object, message: string): void
  warn(data: object, message: string): void
}

/** Says nothing. */
export const SILENT: Log = Object.freeze({
  debug() {},
  info() {},
  warn() {},
})
