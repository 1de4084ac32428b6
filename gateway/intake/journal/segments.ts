import { randomBytes } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * A journal is a folder of segments, `000000000042-1f3c9a07.segment`: its number and the salt of its checksums. Its first bytes:
 *
 *     "VIGILJ1\n" · segment u64 · first record number u64 · begun u8 (see BEGUN) · 7 spare
 */
export interface SegmentName {
  segment: number
  salt: number
  file: string
}

export const HEADER_BYTES = 32
const HEADER_MAGIC = 'VIGILJ1\n'

/** Why a segment was begun; only after `full` must its first number follow the last one of the segment before. */
export const BEGUN = { start: 0, full: 1, failure: 2 } as const
export type Begun = keyof typeof BEGUN

/** 16 MiB is 60,000 presses: large enough that a file is rarely made, small enough that a damaged one is quickly read around. */
export const SEGMENT_BYTES_MAX = 16 * 1024 * 1024

const NAME = /^(\d{12})-([0-9a-f]{8})\.segment$/

/** Oldest first. @param folder of one journal */
export async function listSegments(folder: string): Promise<SegmentName[]> {
  const list: SegmentName[] = []
  for (const file of await readdir(folder)) {
    const match = NAME.exec(file)
    if (match?.[1] && match[2]) list.push({ segment: Number(match[1]), salt: Number.parseInt(match[2], 16), file })
  }
  return list.sort((a, b) => a.segment - b.segment)
}

export function segmentFile(segment: number, salt: number): string {
  return `${String(segment).padStart(12, '0')}-${salt.toString(16).padStart(8, '0')}.segment`
}

export function encodeHeader(segment: number, firstRecord: number, begun: Begun): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES)
  bytes.write(HEADER_MAGIC, 'latin1')
  bytes.writeBigUInt64LE(BigInt(segment), 8)
  bytes.writeBigUInt64LE(BigInt(firstRecord), 16)
  bytes.writeUInt8(BEGUN[begun], 24)
  return bytes
}

/** Null when the header was not written whole, or damaged; the records behind it may still be good. */
export function decodeHeader(bytes: Buffer): { firstRecord: number; begun: Begun } | null {
  if (bytes.length < HEADER_BYTES || bytes.toString('latin1', 0, 8) !== HEADER_MAGIC) return null
  const begun = (Object.keys(BEGUN) as Begun[]).find((word) => BEGUN[word] === bytes[24])
  return begun ? { firstRecord: Number(bytes.readBigUInt64LE(16)), begun } : null
}

export function newSalt(): number {
  return randomBytes(4).readUInt32LE(0)
}

/** Makes the name of a new file durable: without this, a power cut can forget the file although its bytes were written. */
export async function syncFolder(folder: string): Promise<void> {
  let handle: FileHandle | null = null
  try {
    handle = await open(folder, 'r')
    await handle.sync()
  } finally {
    await handle?.close()
  }
}

/** Names of the journals below `root`, one folder each. */
export async function listJournals(root: string): Promise<string[]> {
  await mkdir(root, { recursive: true })
  const entries = await readdir(root, { withFileTypes: true })
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
}

/**
 * The folder of the journal that `program` writes: `{program}-{six random digits}`. A folder that was removed gets another name, so that
 * nobody takes its first records for ones that had their effect long ago.
 */
export async function ensureJournal(root: string, program: string): Promise<{ journal: string; folder: string }> {
  const names = await listJournals(root)
  const mine = names.find(
    (name) => name.startsWith(`${program}-`) && /^[0-9a-f]{6}$/.test(name.slice(program.length + 1)),
  )
  const journal = mine ?? `${program}-${randomBytes(3).toString('hex')}`
  const folder = join(root, journal)
  if (!mine) {
    await mkdir(folder, { mode: 0o700 })
    await syncFolder(root)
  }
  return { journal, folder }
}
