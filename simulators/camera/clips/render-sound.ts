import { streetSound } from '../sound/street-sound.ts'
import { encodeSound } from './ffmpeg-door.ts'

/** Developer tool, run by hand: `node dist/simulators/camera/clips/render-sound.js <street.aac>`. */
const [out] = process.argv.slice(2)
if (!out) throw new Error('name the file')
const samples = streetSound(16_000)
await encodeSound(Buffer.from(samples.buffer), 16_000, 24, out)
