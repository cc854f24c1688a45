/** docs/reference.md is what the tables of the program make, and its links lead somewhere. */
import t from 'tap'
import { referenceText, writtenReferenceText } from '../support/generate-reference.ts'

t.test('the file is what the code makes (else: npm run generate)', (t) => {
  t.equal(writtenReferenceText(), referenceText())
  t.end()
})

t.test('its links lead to its headings, and nothing is left untold', (t) => {
  const text = writtenReferenceText()
  const anchors = new Set(
    [...text.matchAll(/^#+ (.*)$/gm)].map(([, head = '']) =>
      head
        .toLowerCase()
        .replaceAll(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    ),
  )
  for (const [, anchor = ''] of text.matchAll(/\]\(#([^)]+)\)/g)) t.ok(anchors.has(anchor), anchor)
  t.notMatch(text, /undefined|\[object|any value or/)
  t.end()
})
