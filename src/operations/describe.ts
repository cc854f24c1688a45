/** GET `/<app>/_meta`: the application's description, made once for a model. */
import { describeBackoffice } from '../model/describe.ts'
import type { Backoffice } from '../model/backoffice.ts'
import type { Context } from './context.ts'

const texts = new WeakMap<Backoffice, string>()

export async function describeApplication(ctx: Context): Promise<string> {
  const { backoffice } = ctx.running
  let text = texts.get(backoffice)
  if (text === undefined)
    texts.set(backoffice, (text = JSON.stringify(describeBackoffice(backoffice))))
  return text
}
