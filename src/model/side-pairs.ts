/**
 * Which side of a relation goes with which: both must exist and name each other.
 * A finding stands at the side that is wrong, and says what to write there.
 */
import { withArticle } from './article.ts'
import { didYouMean } from '../expression/hint.ts'
import type { Report } from './report.ts'
import { isReference, type FoundSide, type SideSource } from './sides.ts'

/** One-way: the second is null. Its own reverse: both are the same. */
export type SidePair = readonly [FoundSide, FoundSide | null]

interface Pairing {
  readonly byName: ReadonlyMap<string, FoundSide>
  readonly collections: ReadonlyMap<string, SideSource>
  readonly report: Report
}

/** Every pair once; sides without a partner that names them back are left out, with a finding. */
export function pairSides(
  sides: readonly FoundSide[],
  collections: readonly SideSource[],
  report: Report,
): SidePair[] {
  const pairing: Pairing = {
    byName: new Map(sides.map((each) => [each.side.name, each])),
    collections: new Map(collections.map((each) => [each.name, each])),
    report,
  }
  const paired = new Set<FoundSide>()
  return sides.flatMap((each): SidePair[] => {
    if (each.reversePath === null) return [[each, null]]
    if (paired.has(each)) return []
    const partner = partnerOf(each, pairing)
    if (!partner) {
      explainMissing(each, each.reversePath, pairing)
      return []
    }
    if (!namesBack(each, partner)) {
      explainMismatch(each, partner, pairing)
      return []
    }
    paired.add(partner)
    return [[each, partner]]
  })
}

const partnerOf = ({ side, reversePath }: FoundSide, { byName }: Pairing): FoundSide | undefined =>
  reversePath === null ? undefined : byName.get(`${side.target}.${reversePath}`)

const namesBack = (one: FoundSide, partner: FoundSide): boolean =>
  partner.side.target === one.side.collection && partner.reversePath === one.side.path

const wouldBe = ({ side }: FoundSide, type: string): string =>
  `{ type: ${type}, coll: ${side.collection}, field: $.${side.path} }`

function explainMissing(one: FoundSide, path: string, { collections, report }: Pairing): void {
  const { side, origin } = one
  const target = collections.get(side.target)
  const at = origin.at('field')
  const named = target?.origins.find(({ field }) => field.path === path && isReference(field))
  // a reference with a fault of its own has its own finding
  if (!target || named) return
  const there = target.fieldAt.get(path)
  if (there) {
    const message = `${side.target}.${path} is ${withArticle(there.type.name)}, not a Ref or RefsList to ${side.collection}`
    report.error('BACKO_CONFIG_REVERSE', at, message, { hint: referencesTo(one, target) })
    return
  }
  const near = didYouMean(`$.${path}`, pathsTo(one, target))
  const write = `or write there \`${path.split('.').at(-1) ?? path}: ${wouldBe(one, 'RefsList')}\``
  report.error('BACKO_CONFIG_REVERSE', at, `${side.target} has no field ${path}`, {
    hint:
      near === undefined
        ? write.replace('or write there', `write in ${side.target}`)
        : `${near} ${write}`,
  })
}

const pathsTo = ({ side }: FoundSide, target: SideSource): string[] =>
  target.origins.flatMap(({ field, config }) =>
    isReference(field) && config.coll === side.collection ? `$.${field.path}` : [],
  )

function referencesTo(one: FoundSide, target: SideSource): string {
  const [path] = pathsTo(one, target)
  return path ? `did you mean ${path}?` : `a reverse side reads ${wouldBe(one, 'RefsList')}`
}

function explainMismatch(one: FoundSide, partner: FoundSide, pairing: Pairing): void {
  const { report, byName } = pairing
  const error = report.error.bind(null, 'BACKO_CONFIG_REVERSE')
  const [here, there] = [one.side.name, partner.side.name]
  const counterpart = partnerOf(partner, pairing)
  if (counterpart && namesBack(partner, counterpart)) {
    error(
      one.origin.at('field'),
      `${there} is the other side of ${counterpart.side.name}, not of ${here}`,
      {
        hint: `give ${partner.side.collection} a field of its own for it: ${wouldBe(one, 'RefsList')}`,
      },
    )
  } else if (partner.side.target !== one.side.collection) {
    const target = pairing.collections.get(one.side.target)
    error(
      one.origin.at('field'),
      `${there} refers to ${partner.side.target}, not to ${one.side.collection}`,
      {
        hint: target ? referencesTo(one, target) : undefined,
      },
    )
  } else if (partner.reversePath !== null) {
    // a name that does not exist has its own finding
    if (counterpart === undefined) return
    error(
      partner.origin.at('field'),
      `${there} names $.${partner.reversePath}, but ${here} names ${there}`,
      {
        hint: `write \`field: $.${one.side.path}\``,
      },
    )
  } else if (![...byName.values()].some((each) => partnerOf(each, pairing) === one)) {
    error(
      partner.origin.path,
      `${here} names ${there} as its reverse side, but ${there} names none`,
      {
        hint: `write \`field: $.${one.side.path}\` there, or leave \`field\` out of ${here}`,
      },
    )
  }
}
