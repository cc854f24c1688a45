/** Tokens made by hand, good ones and forged ones: nothing here is what the server verifies them with. */
import { createHmac, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'

export const SECRET = 'a secret of at least 32 bytes, no less'

type Claims = Readonly<Record<string, unknown>>

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

export const inAnHour = (): number => Math.floor(Date.now() / 1000) + 3600

/** HS256, with `exp` in an hour unless the claims say otherwise. */
export function hs256(
  claims: Claims,
  options: { key?: string | Buffer; header?: object } = {},
): string {
  const { key = SECRET, header = {} } = options
  const text = `${encode({ alg: 'HS256', typ: 'JWT', ...header })}.${encode({ exp: inAnHour(), ...claims })}`
  return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`
}

/** Three parts, the last as given. */
export const unsigned = (header: object, claims: Claims, signature = ''): string =>
  `${encode(header)}.${encode({ exp: inAnHour(), ...claims })}.${signature}`

export interface Issuer {
  readonly kid: string
  readonly jwk: object
  readonly pem: string
  readonly sign: (claims: Claims, header?: object) => string
}

type Algorithm = 'RS256' | 'PS256' | 'ES256' | 'EdDSA' | 'RS512'

export function issuer(kid: string, alg: Algorithm = 'ES256'): Issuer {
  const { privateKey, publicKey } = keys(alg)
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' }
  return {
    kid,
    jwk,
    pem: createPublicKey(publicKey.export({ format: 'pem', type: 'spki' }))
      .export({ format: 'pem', type: 'spki' })
      .toString(),
    sign: (claims, header = {}) => {
      const text = `${encode({ alg, kid, ...header })}.${encode({ exp: inAnHour(), ...claims })}`
      return `${text}.${signed(alg, text, privateKey).toString('base64url')}`
    },
  }
}

function keys(alg: Algorithm): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
  switch (alg) {
    case 'ES256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' })
    case 'EdDSA':
      return generateKeyPairSync('ed25519')
    case 'RS256':
    case 'RS512':
    case 'PS256':
      return generateKeyPairSync('rsa', { modulusLength: 2048 })
  }
}

function signed(alg: Algorithm, text: string, key: KeyObject): Buffer {
  const bytes = Buffer.from(text)
  switch (alg) {
    case 'ES256':
      return sign('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' })
    case 'EdDSA':
      return sign(null, bytes, key)
    case 'RS256':
      return sign('sha256', bytes, key)
    case 'RS512':
      return sign('sha512', bytes, key)
    case 'PS256':
      return sign('sha256', bytes, { key, padding: 6, saltLength: 32 })
  }
}
