/** The licences of the libraries that went into a bundle, as each of them asks for. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** @param files the inputs of esbuild's metafile, from the root */
export function licenses(root, files) {
  const folders = files.map((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0])
  const libraries = [...new Set(folders.filter((folder) => folder !== undefined))]
  return libraries.map((folder) => license(join(root, folder))).join('\n')
}

function license(folder) {
  const about = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name))
  const text = file === undefined ? '' : readFileSync(join(folder, file), 'utf8')
  return `${about.name} ${about.version} (${about.license})\n\n${text}`
}
