/**
 * Logs in JSON lines (pino), by named loggers with levels of their own. The only file that knows pino;
 * what is logged is said where it happens.
 */
import pino from 'pino'
import type { DestinationStream, Logger } from 'pino'

export type { Logger } from 'pino'
/** Takes whole lines, each one JSON. */
export type LogStream = DestinationStream

export const LOGGERS = [
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

export type LoggerName = (typeof LOGGERS)[number]

/** `server.log` of backo.yaml. Levels: trace, debug, info, warn, error, fatal, silent. */
export interface LogOptions {
  readonly level: string
  readonly loggers: Readonly<Record<string, string>>
}

export interface Logs {
  readonly get: (name: LoggerName) => Logger
  /** other levels, from now on */
  readonly setLevels: (options: LogOptions) => void
}

/** All loggers at once; without `stream` they write to stderr. */
export function createLogs(options: LogOptions, stream?: LogStream): Logs {
  const root = pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
    },
    stream ?? stderrStream(),
  )
  const loggers = new Map(
    LOGGERS.map((name) => [
      name,
      root.child({ logger: name }, { level: options.loggers[name] ?? options.level }),
    ]),
  )
  return {
    get: (name) => loggers.get(name) ?? root,
    setLevels: ({ level, loggers: levels }) => {
      root.level = level
      for (const [name, logger] of loggers) logger.level = levels[name] ?? level
    },
  }
}

/**
 * Lines go out together, soon: a system call for each costs as much as a read from the store. Warnings and errors go
 * at once, with all before them; so does what is left at the exit.
 */
function stderrStream(): LogStream {
  const file = pino.destination({ dest: 2, sync: false, minLength: 4096, periodicFlush: 100 })
  return {
    write: (line) => {
      file.write(line)
      if (!ROUTINE.test(line)) file.flushSync()
    },
  }
}

const ROUTINE = /^\{"level":"(?:info|debug|trace)"/
