import type { ServerResponse } from 'node:http'
import type { FaultCode } from '../../domain/fault.ts'
import { FAULT_STATUS } from '../../domain/fault.ts'
import type { Slab } from '../fmp4/slab.ts'

/** Problem details, RFC 9457, as everywhere in the centre. */
export function sendProblem(
  res: ServerResponse,
  code: FaultCode,
  detail: string,
  facts: Record<string, unknown> = {},
): void {
  const status = FAULT_STATUS[code]
  sendJson(
    res,
    status,
    { ...facts, type: `/problems/${code}`, title: code, status, detail, code },
    'application/problem+json',
  )
}

export function sendJson(res: ServerResponse, status: number, body: unknown, type = 'application/json'): void {
  if (res.headersSent || res.destroyed) return
  const bytes = Buffer.from(JSON.stringify(body))
  res.writeHead(status, { 'content-type': type, 'content-length': bytes.length, 'cache-control': 'no-store' })
  res.end(bytes)
}

export function sendBytes(res: ServerResponse, type: string, cacheControl: string, bytes: Buffer): void {
  if (res.headersSent || res.destroyed) return
  res.writeHead(200, { 'content-type': type, 'content-length': bytes.length, 'cache-control': cacheControl })
  res.end(bytes)
}

/** Bytes that lie in slabs: held until the last of them is out or the reader has gone. */
export function sendFromSlabs(res: ServerResponse, cacheControl: string, bytes: Buffer[], slabs: Slab[]): void {
  if (res.headersSent || res.destroyed) return
  for (const slab of slabs) slab.hold()
  res.once('close', () => {
    for (const slab of slabs) slab.release()
  })
  const length = bytes.reduce((sum, piece) => sum + piece.length, 0)
  res.writeHead(200, { 'content-type': 'video/mp4', 'content-length': length, 'cache-control': cacheControl })
  if (bytes.length === 1) return void res.end(bytes[0])
  res.cork()
  for (const piece of bytes) res.write(piece)
  res.end()
  res.uncork()
}

/** Resolves when bytes have come in that waited in the kernel for a read which was begun just now: in the turn after next. */
export function afterRead(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
}
