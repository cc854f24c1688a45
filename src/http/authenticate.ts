/** Who asks: the one place where a request gets its user. */
import type { FastifyRequest } from 'fastify'
import type { CurrentUser } from '../operations/context.ts'
import { ANONYMOUS } from '../operations/context.ts'

/** Rejects with BackoError 401 when what came can't be trusted. */
export type Authenticate = (request: FastifyRequest) => CurrentUser | Promise<CurrentUser>

export const everyoneIsAnonymous: Authenticate = () => ANONYMOUS
