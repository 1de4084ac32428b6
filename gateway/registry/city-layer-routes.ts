import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { Fault, reasonOf } from '../../domain/fault.ts'
import { z } from '../../domain/z.ts'
import { defineRoute, type Route } from '../http/route.ts'
import { whoOf, type Who } from '../live/visibility.ts'
import { thingRows } from '../live/visible-rows.ts'
import type { Database } from '../store/database.ts'

/** Only these names are ever joined to a path. */
export const CITY_LAYERS = ['roads', 'zones', 'sites', 'water', 'rail', 'buildings', 'landuse', 'places'] as const
type CityLayer = (typeof CITY_LAYERS)[number]

interface CachedLayer {
  changedMs: number
  etag: string
  plain: Buffer
  packed: Buffer
}

const pack = promisify(gzip)

/** Layers that draw things of a register: each officer gets those that are theirs to see. The rest is the city, which is everybody's. */
const REGISTERED: Partial<Record<CityLayer, 'site' | 'zone'>> = { sites: 'site', zones: 'zone' }

const collectionSchema = z.looseObject({
  features: z.array(z.looseObject({ properties: z.looseObject({ id: z.string() }) })),
})

/** Price: one query and one parsing of the file; only for who has a jurisdiction. */
async function onlyVisible(database: Database, who: Who, register: 'site' | 'zone', plain: Buffer): Promise<string> {
  const mine = thingRows(who, `${register}.body`, 1)
  const rows = await database.query<{ id: string }>(`select id from ${register} where ${mine.where}`, mine.params)
  const ids = new Set(rows.map(({ id }) => id))
  const { features, ...rest } = collectionSchema.parse(JSON.parse(plain.toString()))
  return JSON.stringify({ ...rest, features: features.filter(({ properties }) => ids.has(properties.id)) })
}

function sendJson(res: ServerResponse, text: string): void {
  res.setHeader('cache-control', 'private, no-store')
  res.setHeader('content-type', 'application/geo+json; charset=utf-8')
  res.setHeader('content-length', Buffer.byteLength(text))
  res.end(text)
}

/** Layers of the map from the city's folder, packed once per change of the file. Memory: the files and their packed form. */
export function cityLayerRoutes(cityDir: string, database: Database): Route[] {
  const cached = new Map<CityLayer, Promise<CachedLayer>>()

  async function load(layer: CityLayer, changedMs: number): Promise<CachedLayer> {
    const plain = await readFile(join(cityDir, `${layer}.geojson`))
    const etag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`
    return { changedMs, etag, plain, packed: await pack(plain) }
  }

  async function find(layer: CityLayer): Promise<CachedLayer> {
    const changedMs = await stat(join(cityDir, `${layer}.geojson`)).then(
      (file) => file.mtimeMs,
      (error: unknown) => {
        throw new Fault('not-found', `This city has no layer ${layer}.`, { layer, reason: reasonOf(error) })
      },
    )
    const old = await cached.get(layer)
    if (old?.changedMs === changedMs) return old
    const fresh = load(layer, changedMs)
    cached.set(layer, fresh)
    fresh.catch(() => cached.delete(layer))
    return await fresh
  }

  return [
    defineRoute({
      method: 'get',
      path: '/city/:layer.geojson',
      summary: `A layer of the map: ${CITY_LAYERS.join(', ')}`,
      action: 'desk.view',
      params: z.object({ layer: z.enum(CITY_LAYERS) }),
      handler: async ({ params, subject, req, res }) => {
        const { etag, plain, packed } = await find(params.layer)
        const who = whoOf(subject)
        const register = who.jurisdiction === '' ? undefined : REGISTERED[params.layer]
        if (register) return sendJson(res, await onlyVisible(database, who, register, plain))
        res.setHeader('etag', etag)
        res.setHeader('cache-control', 'private, max-age=0, must-revalidate')
        res.setHeader('vary', 'accept-encoding')
        if (req.headers['if-none-match'] === etag) {
          res.statusCode = 304
          res.end()
          return
        }
        const isPacked = /\bgzip\b/.test(req.headers['accept-encoding']?.toString() ?? '')
        if (isPacked) res.setHeader('content-encoding', 'gzip')
        res.setHeader('content-type', 'application/geo+json; charset=utf-8')
        res.setHeader('content-length', (isPacked ? packed : plain).length)
        res.end(isPacked ? packed : plain)
      },
    }),
  ]
}
