/**
 * A row that reads JSON, asked with a form: the files of the form go into their storage while they come, then the
 * row runs with the body that the form stands for. What no item took is removed.
 */
import type { FastifyRequest } from 'fastify'
import type { Collection } from '../model/backoffice.ts'
import type { Context } from '../operations/context.ts'
import { mediaType } from './content-types.ts'
import type { Operations } from './operations.ts'
import type { Answer, Route } from './route.ts'

export const FORM_TYPE = 'multipart/form-data'

/** Is it a form, and may it be one? Where not, the row says what it reads (415). */
export const isForm = (route: Route, request: FastifyRequest, collection: Collection): boolean =>
  route.form === true &&
  mediaType(request.headers['content-type']) === FORM_TYPE &&
  collection.companions.files !== null

export interface FormCall {
  readonly operations: Operations
  readonly context: Context
  readonly collection: Collection
  /** null: for a new item */
  readonly id: string | null
  /** the row reads operations of a patch */
  readonly patch: boolean
}

export async function answerForm(
  request: FastifyRequest,
  { operations, context, collection, id, patch }: FormCall,
  run: (body: unknown) => Answer | Promise<Answer>,
): Promise<Answer> {
  try {
    const files = await operations.receiveFiles(context, collection, { id, patch })
    const { receiveForm } = await import('./receive-form.ts')
    const form = {
      raw: request.raw,
      header: request.headers['content-type'] ?? '',
      bodyLimit: request.routeOptions.bodyLimit ?? 0,
    }
    return await run(await receiveForm(form, files))
  } finally {
    await operations.discardUploads(context)
  }
}
