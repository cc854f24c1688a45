/**
 * The name of a file, as it is kept: the last part of what was given, in one line, of a length that every system
 * takes. It is shown, and is never a path here.
 */

/** characters; with an ending of its own after a cut */
const LONGEST = 200
// eslint-disable-next-line no-control-regex
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g

/** `../../x` is `x`, `C:\a\b.txt` is `b.txt`; without signs that are not seen, or turn the direction of writing. */
export function safeFileName(given: string): string {
  const last = given.slice(Math.max(given.lastIndexOf('/'), given.lastIndexOf('\\')) + 1)
  const name = last.replace(UNSEEN, '').trim()
  if (/^\.*$/.test(name)) return 'file'
  return name.length <= LONGEST ? name : shortened(name)
}

function shortened(name: string): string {
  const [ending = ''] = /\.[\w-]{1,16}$/.exec(name) ?? []
  // by characters: half of one has no form in UTF-8
  let cut = ''
  for (const character of name) {
    if (cut.length + character.length + ending.length > LONGEST) break
    cut += character
  }
  return cut + ending
}
