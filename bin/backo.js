#!/usr/bin/env node
import { statSync } from 'node:fs'

const bundle = new URL('../dist/bundle/main.js', import.meta.url)
const compiled = new URL('../dist/src/cli/main.js', import.meta.url)
const age = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0
// a package has the bundle alone; who works on it may have run tsc alone
const { main } = await import(age(bundle) >= age(compiled) ? bundle : compiled)
process.exitCode = await main(process.argv.slice(2))
