/** A logger that puts the request's id on every line, made without work until a line is written. */
import type { OperationLog } from '../operations/context.ts'

export class RequestLog implements OperationLog {
  readonly #log: OperationLog
  readonly #id: string

  constructor(log: OperationLog, id: string) {
    this.#log = log
    this.#id = id
  }

  debug(fields: object, message: string): void {
    this.#log.debug({ request_id: this.#id, ...fields }, message)
  }

  info(fields: object, message: string): void {
    this.#log.info({ request_id: this.#id, ...fields }, message)
  }

  warn(fields: object, message: string): void {
    this.#log.warn({ request_id: this.#id, ...fields }, message)
  }
}
