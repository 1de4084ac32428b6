import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DEMO_SEED, generateCity } from './generate.ts'

/** `node dist/simulators/city/generate-main.js FOLDER [SEED]`: writes a demo district; the one in the repository is made by this. */
const folder = process.argv[2]
const seed = Number(process.argv[3] ?? DEMO_SEED)
if (!folder || !Number.isInteger(seed)) {
  process.stderr.write('usage: generate-main FOLDER [SEED]\n')
  process.exitCode = 2
} else {
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of generateCity(seed)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
    process.stdout.write(`${name}: ${Buffer.byteLength(text)} bytes\n`)
  }
}
