/**
 * Type `IpNetwork`: a network in CIDR (`10.0.0.0/8`), canonical; bits set right of the prefix are refused.
 */
import { STRING } from '../../expression/expr.ts'
import type { Field } from '../backoffice.ts'
import type { FieldType, Parsed } from './field-type.ts'
import { compileIpOptions, IP_OPTIONS, ipVersion } from './ip-types.ts'
import { ipText, readNetwork } from './ip.ts'
import { kept, NOTHING_WRONG, orNull, refused } from './parsed.ts'

const NOT_A_NETWORK = refused('Must be an IP network')
const NOT_OF_VERSION = {
  4: refused('Must be an IPv4 network'),
  6: refused('Must be an IPv6 network'),
}

function parseNetwork(field: Field, raw: unknown): Parsed {
  const version = ipVersion(field)
  const network = typeof raw === 'string' ? readNetwork(raw) : null
  if (network !== null && (version === null || network.address.version === version)) {
    return kept(`${ipText(network.address)}/${network.prefix}`)
  }
  return version === null ? NOT_A_NETWORK : NOT_OF_VERSION[version]
}

export const ipNetworkType: FieldType = Object.freeze<FieldType>({
  name: 'IpNetwork',
  description: 'An IP network in CIDR, v4 or v6',
  options: IP_OPTIONS,
  compile: compileIpOptions,
  valueType: () => STRING,
  parse: parseNetwork,
  fromText: orNull((text, field) => parseNetwork(field, text)),
  check: () => NOTHING_WRONG,
  schema: () => ({ type: 'string', examples: ['10.0.0.0/8'] }),
  meta: (field) => ({ version: ipVersion(field) }),
})
