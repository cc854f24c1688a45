/** Can the application answer now? */
import type { Running } from './context.ts'

/** Rejects with what the first store that is away says. */
export async function checkHealth(running: Running): Promise<void> {
  await Promise.all([...running.connectors.values()].map((connector) => connector.health()))
}
