import { isIP } from 'node:net'
import type { DiscoveredCamera } from '../../domain/camera.ts'
import { Fault } from '../../domain/fault.ts'
import type { OnvifDoor } from '../../devices/camera/onvif-door.ts'
import { probeHost, readProbeMatches } from '../../devices/camera/ws-discovery.ts'
import type { AllowedAddresses } from './allowed-address.ts'
import type { CameraRow } from './camera-row.ts'

const SEARCH_MS = 3_000
const DISCOVERY_PORT = 3702

/**
 * Cameras that answer WS-Discovery on our networks, those of the simulation included. What an answer claims is believed as far as its
 * address lies where cameras may live.
 */
export async function discoverCameras(deps: {
  onvif: OnvifDoor
  allowed: AllowedAddresses
  /** Ask 127.0.0.1 too, where the simulated cameras live. */
  isSimulating: boolean
  cameras: readonly CameraRow[]
}): Promise<DiscoveredCamera[]> {
  const searches = [deps.onvif.search(SEARCH_MS)]
  if (deps.isSimulating) searches.push(probeHost('127.0.0.1', DISCOVERY_PORT, SEARCH_MS))
  const answers = (await Promise.all(searches)).flat()
  const known = new Map(deps.cameras.flatMap((row) => (row.body.onvif ? [[placeKey(row.body.onvif), row.id]] : [])))
  const found = new Map<string, DiscoveredCamera>()
  for (const match of answers.flatMap(readProbeMatches)) {
    const place = await firstAllowed(match.addresses, deps.allowed)
    if (!place) continue
    const key = placeKey(place)
    const { name, hardware } = match
    found.set(key, { address: `http://${key}`, ...place, name, hardware, knownAs: known.get(key) ?? null })
  }
  return [...found.values()].sort((a, b) => (a.address < b.address ? -1 : 1))
}

interface Place {
  host: string
  port: number
  path: string
}

function placeKey({ host, port, path }: Place): string {
  return `${host}:${port}${path}`
}

/** Plain addresses only: a stranger's answer must not make us ask a name server. */
async function firstAllowed(addresses: readonly string[], allowed: AllowedAddresses): Promise<Place | null> {
  for (const address of addresses) {
    if (!URL.canParse(address)) continue
    const url = new URL(address)
    const host = url.hostname.replace(/^\[|\]$/g, '')
    const port = Number(url.port || 80)
    if (url.protocol !== 'http:' || isIP(host) === 0) continue
    try {
      await allowed.resolve(host, port)
      return { host, port, path: url.pathname }
    } catch (error) {
      if (!(error instanceof Fault)) throw error
    }
  }
  return null
}
