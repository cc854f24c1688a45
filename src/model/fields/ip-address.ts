/**
 * Type `IpAddress`: an IPv4 or IPv6 address in its canonical form.
 */
import { STRING } from '../../expression/expr.ts'
import type { Field } from '../backoffice.ts'
import type { FieldType, Parsed } from './field-type.ts'
import { compileIpOptions, IP_OPTIONS, ipVersion } from './ip-types.ts'
import { ipText, readIp } from './ip.ts'
import { kept, NOTHING_WRONG, orNull, refused } from './parsed.ts'

const NOT_AN_ADDRESS = refused('Must be an IP address')
const NOT_OF_VERSION = {
  4: refused('Must be an IPv4 address'),
  6: refused('Must be an IPv6 address'),
}

function parseIp(field: Field, raw: unknown): Parsed {
  const version = ipVersion(field)
  const ip = typeof raw === 'string' ? readIp(raw) : null
  if (ip !== null && (version === null || ip.version === version)) return kept(ipText(ip))
  return version === null ? NOT_AN_ADDRESS : NOT_OF_VERSION[version]
}

export const ipAddressType: FieldType = Object.freeze<FieldType>({
  name: 'IpAddress',
  description: 'An IP address, v4 or v6',
  options: IP_OPTIONS,
  compile: compileIpOptions,
  valueType: () => STRING,
  parse: parseIp,
  fromText: orNull((text, field) => parseIp(field, text)),
  check: () => NOTHING_WRONG,
  schema: (field) => {
    const version = ipVersion(field)
    if (version !== null) return { type: 'string', format: `ipv${version}` }
    return { type: 'string', anyOf: [{ format: 'ipv4' }, { format: 'ipv6' }] }
  },
  meta: (field) => ({ version: ipVersion(field) }),
})
