import { createHash } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { networkInterfaces } from 'node:os'
import { reasonOf } from '../../../domain/fault.ts'
import type { Log } from '../../../domain/log.ts'
import type { Metrics } from '../../../domain/metrics.ts'
import { scopesOf } from './device-answers.ts'
import type { OnvifCamera } from './onvif-camera.ts'
import { escapeXml, textOf } from './soap.ts'

export const DISCOVERY_PORT = 3702
const GROUP = '239.255.255.250'

export interface DiscoveryResponder {
  port: number
  close(): Promise<void>
}

/**
 * Answers WS-Discovery probes (WS-Discovery 2005/04, ONVIF core §7) for simulated cameras. They are on this machine only, so probes
 * of other machines are not answered. Loopback carries no multicast route on most systems: there a probe is sent to 127.0.0.1:3702 instead;
 * the group is joined on every interface, because a probe that leaves through a network card loops back on that card.
 * Null when the port cannot be had: another program on this machine answers for its own cameras.
 */
export async function startDiscoveryResponder(options: {
  cameras: readonly OnvifCamera[]
  onvifPort: number
  port: number
  log: Log
  metrics: Metrics
}): Promise<DiscoveryResponder | null> {
  const { cameras, onvifPort, port, log, metrics } = options
  const probes = metrics.counter('vigil_sim_probes_total', 'WS-Discovery probes answered').of()
  const socket = createSocket({ type: 'udp4', reuseAddr: true })
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      socket.bind(port, () => resolve())
    })
  } catch (error) {
    log.warn('simulated cameras cannot be discovered: the port is taken', { port, reason: reasonOf(error) })
    socket.close()
    return null
  }
  const own = joinGroup(socket, log)
  socket.on('error', (error) => log.warn('discovery socket failed', { reason: error.message }))
  socket.on('message', (message, from) => {
    const probe = message.length > 20_000 ? '' : message.toString('utf8')
    if (!own.has(from.address) || !isProbeForVideo(probe)) return
    probes.add()
    for (const camera of cameras) {
      // A lost answer is a camera that is not found this time.
      socket.send(probeMatch(camera, textOf(probe, 'MessageID') ?? '', onvifPort), from.port, from.address, () => {})
    }
  })
  return {
    port: socket.address().port,
    close: () => new Promise<void>((resolve) => socket.close(() => resolve())),
  }
}

/** Returns the addresses of this machine. */
function joinGroup(socket: Socket, log: Log): Set<string> {
  const own = new Set<string>()
  for (const entry of Object.values(networkInterfaces()).flat()) {
    if (!entry || entry.family !== 'IPv4') continue
    own.add(entry.address)
    try {
      socket.addMembership(GROUP, entry.address)
    } catch (error) {
      log.debug('no multicast on an interface', { address: entry.address, reason: reasonOf(error) })
    }
  }
  return own
}

function isProbeForVideo(xml: string): boolean {
  if (!/<(?:[\w-]+:)?Probe[\s>]/.test(xml)) return false
  const types = textOf(xml, 'Types')
  return !types || /NetworkVideoTransmitter|Device/.test(types)
}

function probeMatch(camera: OnvifCamera, relatesTo: string, onvifPort: number): string {
  const hex = createHash('md5').update(camera.camera.id).digest('hex')
  const uuid = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  const address = `http://127.0.0.1:${onvifPort}/${camera.camera.id}/onvif/device_service`
  return (
    '<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" ' +
    'xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" ' +
    'xmlns:dn="http://www.onvif.org/ver10/network/wsdl"><s:Header>' +
    `<a:MessageID>urn:uuid:${uuid}</a:MessageID><a:RelatesTo>${escapeXml(relatesTo)}</a:RelatesTo>` +
    '<a:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:To>' +
    '<a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/ProbeMatches</a:Action></s:Header><s:Body>' +
    `<d:ProbeMatches><d:ProbeMatch><a:EndpointReference><a:Address>urn:uuid:${uuid}</a:Address></a:EndpointReference>` +
    `<d:Types>dn:NetworkVideoTransmitter</d:Types><d:Scopes>${scopesOf(camera).map(escapeXml).join(' ')}</d:Scopes>` +
    `<d:XAddrs>${address}</d:XAddrs><d:MetadataVersion>1</d:MetadataVersion></d:ProbeMatch></d:ProbeMatches>` +
    '</s:Body></s:Envelope>'
  )
}
