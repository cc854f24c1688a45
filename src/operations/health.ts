/** Can the application answer now? */
import type { Connector } from '../connectors/connector.ts'
import { backoError, BackoError } from '../errors.ts'
import type { Running } from './context.ts'

const RETRY_AFTER = '5'

/** Rejects with 503 for the first store that can't be used. */
export async function checkHealth(running: Running): Promise<void> {
  await Promise.all([...running.connectors].map(([name, connector]) => ask(name, connector)))
}

async function ask(name: string, connector: Connector): Promise<void> {
  try {
    await connector.health()
  } catch (cause) {
    if (cause instanceof BackoError) throw cause
    throw backoError('BACKO_STORE_AWAY', `storage ${name} does not answer`, {
      headers: { 'retry-after': RETRY_AFTER },
      cause,
    })
  }
}
