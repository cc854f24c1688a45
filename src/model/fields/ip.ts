/**
 * IP addresses and networks as numbers, and their canonical texts (RFC 5952 for v6). Knows no field.
 */
import { isIPv4, isIPv6 } from 'node:net'

/** `bits` is 32 or 128 wide. */
export interface Ip {
  readonly version: 4 | 6
  readonly bits: bigint
}

export interface Network {
  readonly address: Ip
  readonly prefix: number
}

export const ipWidth = (version: 4 | 6): number => (version === 4 ? 32 : 128)

/** null for what is no address; a zone (`fe80::1%eth0`) is a name on one machine, not an address. */
export function readIp(text: string): Ip | null {
  if (isIPv4(text)) return { version: 4, bits: v4Bits(text) }
  if (!isIPv6(text) || text.includes('%')) return null
  return { version: 6, bits: v6Bits(text) }
}

/** `10.0.0.0/8`; null when there is no prefix, or bits are set to the right of it. */
export function readNetwork(text: string): Network | null {
  const slash = text.indexOf('/')
  if (slash < 0) return null
  const [host, length] = [text.slice(0, slash), text.slice(slash + 1)]
  const address = /^(?:0|[1-9]\d{0,2})$/.test(length) ? readIp(host) : null
  if (address === null) return null
  const prefix = Number(length)
  const free = ipWidth(address.version) - prefix
  if (free < 0) return null
  return BigInt.asUintN(free, address.bits) === 0n ? { address, prefix } : null
}

/** The one text of an address. */
export function ipText({ version, bits }: Ip): string {
  if (version === 4) return v4Text(bits)
  // IPv4-mapped addresses are shown as such (RFC 5952 section 5)
  if (bits >> 32n === 0xffffn) return `::ffff:${v4Text(bits & 0xffffffffn)}`
  const groups = Array.from({ length: 8 }, (_, at) => (bits >> BigInt(112 - 16 * at)) & 0xffffn)
  const { start, length } = longestZeros(groups)
  const hex = groups.map((group) => group.toString(16))
  if (length < 2) return hex.join(':')
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`
}

const v4Text = (bits: bigint): string =>
  [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 0xffn).join('.')

const v4Bits = (text: string): bigint =>
  text.split('.').reduce((bits, part) => (bits << 8n) | BigInt(part), 0n)

function v6Bits(text: string): bigint {
  const [head = '', tail] = text.split('::')
  const left = v6Groups(head)
  if (tail === undefined) return join(left)
  const right = v6Groups(tail)
  return join([...left, ...Array<bigint>(8 - left.length - right.length).fill(0n), ...right])
}

function v6Groups(text: string): bigint[] {
  if (text === '') return []
  return text.split(':').flatMap((part) => {
    if (!part.includes('.')) return [BigInt(`0x${part}`)]
    const bits = v4Bits(part)
    return [bits >> 16n, bits & 0xffffn]
  })
}

const join = (groups: readonly bigint[]): bigint =>
  groups.reduce((bits, group) => (bits << 16n) | group, 0n)

function longestZeros(groups: readonly bigint[]): { start: number; length: number } {
  let best = { start: 0, length: 0 }
  for (let start = 0; start < groups.length; start++) {
    let length = 0
    while (groups[start + length] === 0n) length++
    // only a longer run wins: of equal ones the first is shortened
    if (length > best.length) best = { start, length }
  }
  return best
}
