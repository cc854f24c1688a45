/**
 * `server.tls`: certificate and key from files, read again when they change, so that a renewed certificate needs no
 * restart. HTTP/1.1 alone. What is wrong with the files is told in words at the start, and logged later.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { unwatchFile, watchFile } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Server as HttpsServer } from 'node:https'
import { setTimeout as pause } from 'node:timers/promises'
import { createSecureContext } from 'node:tls'
import type { FastifyInstance } from 'fastify'
import { StartError } from '../start-errors.ts'

export interface TlsOptions {
  /** paths */
  readonly cert: string
  readonly key: string
  readonly ca?: string
  readonly passphrase?: string
}

/** As Node takes them. */
export interface TlsFiles {
  readonly cert: Buffer
  readonly key: Buffer
  readonly passphrase?: string
  readonly ca?: Buffer
  readonly requestCert?: boolean
  readonly minVersion: 'TLSv1.2'
}

/** @throws StartError that names the key of backo.yaml and the file */
export async function readTls(options: TlsOptions): Promise<TlsFiles> {
  const { passphrase } = options
  const [cert, key, ca] = await Promise.all([
    readNamed('cert', options.cert),
    readNamed('key', options.key),
    options.ca === undefined ? undefined : readNamed('ca', options.ca),
  ])
  expectPair({ cert, key, passphrase }, options)
  const files: TlsFiles = {
    cert,
    key,
    minVersion: 'TLSv1.2',
    ...(passphrase !== undefined && { passphrase }),
    ...(ca && { ca, requestCert: true }),
  }
  try {
    createSecureContext(files)
  } catch (cause) {
    throw fault('cert', options.cert, `can't be used (${messageOf(cause)})`, cause)
  }
  return files
}

async function readNamed(name: 'cert' | 'key' | 'ca', file: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    const why = { ENOENT: 'is not there', EACCES: 'may not be read', EISDIR: 'is a folder' }[code]
    throw fault(name, file, why ?? messageOf(cause), cause)
  }
}

interface Pair {
  readonly cert: Buffer
  readonly key: Buffer
  readonly passphrase: string | undefined
}

function expectPair({ cert, key, passphrase }: Pair, options: TlsOptions): void {
  let certificate: X509Certificate
  try {
    certificate = new X509Certificate(cert)
  } catch (cause) {
    throw fault('cert', options.cert, 'is no certificate in PEM', cause)
  }
  let secret
  try {
    secret = createPrivateKey({ key, ...(passphrase !== undefined && { passphrase }) })
  } catch (cause) {
    const why = key.includes('ENCRYPTED')
      ? 'does not open with `passphrase`'
      : 'is no private key in PEM'
    throw fault('key', options.key, why, cause)
  }
  if (!certificate.checkPrivateKey(secret)) {
    throw fault('key', options.key, `is not the key of ${options.cert}`)
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown')

const fault = (name: string, file: string, why: string, cause?: unknown): StartError =>
  new StartError(`server.tls.${name}: ${file} ${why}`, {
    hint: '`cert` and `key` are files in PEM, relative to backo.yaml',
    cause,
  })

interface TlsLog {
  info(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Milliseconds between looks: by time and size, as links that are exchanged are not seen otherwise. */
const LOOK = 2000
/** Milliseconds in which the files of one renewal are all there. */
const SETTLE = 100

/** Connections made from then on have the new certificate. What can't be used is logged, and the old one stays. */
export function followTls(fastify: FastifyInstance, options: TlsOptions, log: TlsLog): void {
  const names = [options.cert, options.key, ...(options.ca === undefined ? [] : [options.ca])]
  let last = Promise.resolve()
  let isDue = false
  // certificate and key change together
  const look = (): void => {
    if (!isDue) last = last.then(renew)
    isDue = true
  }
  const renew = async (): Promise<void> => {
    await pause(SETTLE, undefined, { ref: false })
    isDue = false
    try {
      const files = await readTls(options)
      const server = fastify.server as unknown as HttpsServer
      server.setSecureContext(files)
      const { validTo } = new X509Certificate(files.cert)
      log.info({ file: options.cert, until: validTo }, 'the certificate was read again')
    } catch (error) {
      log.error(
        { err: error },
        'the certificate has changed and can not be used: the old one stays',
      )
    }
  }
  for (const name of names) watchFile(name, { interval: LOOK, persistent: false }, look)
  fastify.addHook('onClose', async () => {
    for (const name of names) unwatchFile(name, look)
    await last
  })
}
