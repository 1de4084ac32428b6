import { collection, csv, lineFeature } from './geojson.ts'
import { simplify, toLngLat } from './plane.ts'
import type { Ground } from './town.ts'
import type { Web } from './weave.ts'

export interface RoadFiles {
  files: [name: string, text: string][]
}

/** junctions.csv and roads.geojson of a street web. */
export function roadFiles(web: Web, ground: Ground): RoadFiles {
  const used = web.knots.map(({ threads }) => threads.length > 0)
  const idOf = new Map<number, string>()
  const junctions: Record<string, unknown>[] = []
  for (const [k, knot] of web.knots.entries()) {
    if (!used[k]) continue
    const id = `J${junctions.length + 1}`
    idOf.set(k, id)
    const [lng, lat] = toLngLat(knot.at)
    junctions.push({ id, lng, lat })
  }
  const roads = web.threads.map((thread, t) => {
    const { class: kindOfRoad, name, nameEn, oneway } = thread.street
    const isBridge = kindOfRoad !== 'motorway' && thread.line.some((p) => ground.waterGapM(p) < 0)
    const properties = {
      id: `R${t + 1}`,
      from: idOf.get(thread.from)!,
      to: idOf.get(thread.to)!,
      class: kindOfRoad,
      ...(name === null ? {} : { name, nameEn }),
      ...(oneway ? { oneway: true } : {}),
      ...(isBridge ? { bridge: true } : {}),
    }
    return lineFeature(properties, simplify(thread.line, 0.8))
  })
  return {
    files: [
      ['junctions.csv', csv(['id', 'lng', 'lat'], junctions)],
      ['roads.geojson', collection(roads)],
    ],
  }
}
