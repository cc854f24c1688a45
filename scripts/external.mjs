/** Libraries that are not in the bundle: compiled for the machine, or large with files of their own, and not needed by most. */
export const EXTERNAL = [
  'better-sqlite3',
  '@node-rs/argon2',
  'mongodb',
  'jiti',
  // who sends traces installs them
  '@opentelemetry/sdk-trace-node',
  '@opentelemetry/exporter-trace-otlp-http',
]
