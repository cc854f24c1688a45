/** The licences of the libraries that went into a bundle, as each of them asks for. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** @param files the inputs of esbuild's metafile, from the root */
export function licenses(root, files) {
  const folders = files.map((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0])
  const libraries = [...new Set(folders.filter((folder) => folder !== undefined))]
  const used = new Set(files)
  return libraries.map((folder) => license(root, folder, used)).join('\n')
}

/** Its licence and notice, and those of what was bundled into its files before: `main.js.LICENSE.txt`. */
function license(root, folder, used) {
  const about = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
  const names = readdirSync(join(root, folder))
  const own = names.filter((name) => /^(licen[cs]e|notice)(\.|$)/i.test(name))
  // the list stands beside the build of another form
  const inside = names.filter(
    (name) => name.endsWith('.LICENSE.txt') && isOfUsed(folder, name, used),
  )
  const texts = [...own, ...inside].map((name) => readFileSync(join(root, folder, name), 'utf8'))
  return [`${about.name} ${about.version} (${about.license})\n`, ...texts].join('\n')
}

const isOfUsed = (folder, name, used) =>
  used.has(
    `${folder}/${name.replace(/\.LICENSE\.txt$/, '').replace('-ui-bundle', '-ui-es-bundle')}`,
  )
