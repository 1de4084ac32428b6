import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { FRAMES_PER_SECOND, type Footage, type FootagePicture } from '../../../simulators/camera/clip.ts'
import { splitAnnexB } from '../../../simulators/camera/h264/bits.ts'
import { packetise } from '../../../simulators/camera/rtp/packetise.ts'

const SECONDS = 6
const GOP_PICTURES = FRAMES_PER_SECOND

/** Renders a main stream with `ffmpeg`: 1280×720, a key picture every second, steady `kbps`. @throws when there is no ffmpeg */
export function renderWideClip(path: string, kbps: number): void {
  const source = `testsrc2=size=1280x720:rate=${FRAMES_PER_SECOND}:duration=${SECONDS},noise=alls=12:allf=t`
  const rate = ['-b:v', `${kbps}k`, '-maxrate', `${kbps}k`, '-minrate', `${kbps}k`, '-bufsize', `${kbps}k`]
  const coder = ['-c:v', 'libx264', '-preset', 'veryfast', '-g', String(GOP_PICTURES), '-bf', '0']
  const shape = ['-x264-params', 'sliced-threads=0:slices=1:scenecut=0', '-pix_fmt', 'yuv420p', '-f', 'h264', path]
  const argv = ['-nostdin', '-loglevel', 'error', '-y', '-f', 'lavfi', '-i', source, ...coder, ...rate, ...shape]
  const done = spawnSync('ffmpeg', argv, { stdio: ['ignore', 'inherit', 'inherit'] })
  if (done.status !== 0) throw new Error('wide streams need ffmpeg with libx264 to render their clip')
}

/** An H.264 clip as any encoder makes it, one slice a picture, without a caption. */
export function loadPlainClip(path: string): Footage {
  const bytes = readFileSync(path)
  const sets = new Map<number, Buffer>()
  const slices: Buffer[] = []
  for (const nal of splitAnnexB(bytes)) {
    const type = nal[0]! & 31
    if (type === 7 || type === 8) sets.set(type, nal)
    else if (type === 1 || type === 5) slices.push(nal)
  }
  const [sps, pps] = [sets.get(7), sets.get(8)]
  if (!sps || !pps) throw new Error(`${path}: no parameter sets`)
  const pictures = slices.map((slice): FootagePicture => {
    const isKey = (slice[0]! & 31) === 5
    return { isKey, before: isKey ? packetise([sps, pps], false) : null, after: packetise([slice], true) }
  })
  const profile = sps.subarray(1, 4).toString('hex')
  const sprop = [sps, pps].map((set) => set.toString('base64')).join()
  const format = `packetization-mode=1;profile-level-id=${profile};sprop-parameter-sets=${sprop}`
  const bitrateBps = Math.round((bytes.length * 8 * FRAMES_PER_SECOND) / pictures.length)
  return { encoding: 'H264', format, pictures, bitrateBps }
}
