/** `backo init`: writes the files of an application that serves at once; all of them, or none. */
import { EXIT } from '../exit-codes.ts'
import type { Terminal } from '../terminal.ts'
import { complain, hasColor, painter } from '../terminal.ts'
import type { Answers } from './answers.ts'
import { askFor, NAME, NAME_RULE, nameFrom } from './answers.ts'
import type { NewFile } from './files.ts'
import { filesOf, isSharedName } from './files.ts'
import { nextSteps } from './next-steps.ts'
import { CannotWrite, isThere, writeAll } from './write-all.ts'

export interface InitOptions extends Partial<Answers> {
  readonly yes?: boolean
  readonly force?: boolean
}

/** As a shell says it of a command that Ctrl+C has ended. */
const INTERRUPTED = 130

/** 0, 2 when nothing could be written. */
export async function init(
  terminal: Terminal,
  folder: string,
  { yes, force, ...known }: InitOptions,
): Promise<number> {
  if (known.name !== undefined && !NAME.test(known.name)) {
    complain(terminal, `--name ${JSON.stringify(known.name)} can't be a name`, NAME_RULE)
    return EXIT.failed
  }
  const defaults: Answers = { template: 'quickstart', store: 'sqlite', name: nameFrom(folder) }
  // before anything is asked: no answer changes the names of the files
  const there = await isThere(folder, filesOf({ ...defaults, ...known }, folder))
  const inTheWay = there.filter((name) => !isSharedName(name))
  if (inTheWay.length > 0 && !force) {
    const hint = 'give another folder, or --force to write over them'
    complain(terminal, `${folder} has ${inTheWay.join(', ')} already: nothing was written`, hint)
    return EXIT.failed
  }
  const answers =
    yes === true || !isInteractive(terminal)
      ? { ...defaults, ...known }
      : await askFor(defaults, known)
  if (answers === null) return INTERRUPTED
  const files = filesOf(answers, folder)
  const isKept = ({ name }: NewFile): boolean => isSharedName(name) && there.includes(name)
  try {
    await writeAll(
      folder,
      files.filter((file) => !isKept(file)),
      { force: force === true },
    )
  } catch (error) {
    if (!(error instanceof CannotWrite)) throw error
    complain(terminal, error.message, error.hint)
    return EXIT.failed
  }
  const paint = painter(hasColor(terminal, terminal.out))
  const kept = files.filter(isKept).map(({ name }) => name)
  terminal.out.write(nextSteps({ answers, folder, cwd: terminal.cwd, files, kept }, paint))
  return EXIT.ok
}

const isInteractive = ({ input, out }: Terminal): boolean =>
  input?.isTTY === true && out.isTTY === true
