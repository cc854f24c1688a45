/** What a command ends with; the same for all, and documented in README.md. */
export const EXIT = {
  ok: 0,
  /** the configuration (or the data) has findings */
  findings: 1,
  /** wrong usage, or the command could not do its work: a port in use, a file that is not there */
  failed: 2,
} as const
