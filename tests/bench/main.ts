import { availableParallelism, totalmem } from 'node:os'
import { benchCentre } from './centre.ts'
import { benchDesk } from './desk.ts'
import { benchDispatch } from './dispatch.ts'
import { benchStreamer } from './streamer.ts'

/**
 * `npm run bench -- [name …] [--option …]`: measures on this machine and prints; nothing is asserted, machines differ. Compiled, because it
 * drives the compiled product.
 */
const BENCHES: Record<string, (options: readonly string[]) => Promise<void>> = {
  centre: benchCentre,
  desk: benchDesk,
  dispatch: benchDispatch,
  streamer: benchStreamer,
}

const options = process.argv.slice(2).filter((word) => word.startsWith('--'))
const wanted = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const unknown = wanted.filter((name) => !(name in BENCHES))
if (unknown.length > 0) {
  process.stderr.write(`no bench called ${unknown.join(', ')}; there are: ${Object.keys(BENCHES).join(', ')}\n`)
  process.exit(2)
}
console.log(`Node ${process.version}, ${availableParallelism()} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB`)
for (const name of wanted.length > 0 ? wanted : Object.keys(BENCHES)) {
  console.log(`\n== ${name}`)
  await BENCHES[name]!(options)
}
