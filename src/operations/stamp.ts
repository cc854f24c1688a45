/** `_meta`: who made and who changed an item, and when. */
import type { DictValue } from '../expression/expr.ts'
import type { Context } from './context.ts'

export const who = (ctx: Context): DictValue => ({ _id: ctx.user._id, login: ctx.user.login })

export const createdMeta = (ctx: Context): DictValue => ({
  ctime: ctx.now,
  mtime: ctx.now,
  created_by: who(ctx),
  modified_by: who(ctx),
})

export function stampModified(ctx: Context, doc: DictValue): DictValue {
  const meta = (doc['_meta'] ?? {}) as DictValue
  return { ...doc, _meta: { ...meta, mtime: ctx.now, modified_by: who(ctx) } }
}
