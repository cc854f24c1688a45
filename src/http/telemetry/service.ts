/** Who spans are of, as OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say, else as the application is called. */
import type { NodeTracerConfig } from '@opentelemetry/sdk-trace-node'

type Resource = NonNullable<NodeTracerConfig['resource']>

export function serviceOf(name: string, version: string, env: NodeJS.ProcessEnv): Resource {
  const attributes: Record<string, string> = {
    'service.name': name,
    'service.version': version,
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.name': 'opentelemetry',
    'process.pid': String(process.pid),
    ...attributesOf(env['OTEL_RESOURCE_ATTRIBUTES'] ?? ''),
  }
  const service = env['OTEL_SERVICE_NAME']
  if (service !== undefined && service !== '') attributes['service.name'] = service
  const resource: Resource = {
    attributes,
    getRawAttributes: () => Object.entries(attributes),
    merge: () => resource,
  }
  return resource
}

/** `a=1,b=2`, values percent-encoded (W3C Baggage). */
function attributesOf(text: string): Record<string, string> {
  const pairs = text.split(',').map((pair) => /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/.exec(pair))
  return Object.fromEntries(
    pairs.flatMap((match) => (match ? [[match[1] ?? '', decoded(match[2] ?? '')]] : [])),
  )
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
