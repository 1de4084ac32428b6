import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { Clock } from '../../../domain/clock.ts'
import type { Log } from '../../../domain/log.ts'
import type { Metrics } from '../../../domain/metrics.ts'
import type { CameraFault } from '../camera.ts'
import type { Account, DigestAlgorithm } from '../digest.ts'
import { senderReport } from '../rtp/sender-report.ts'
import { FRAME_TICKS, type Feed } from './feed.ts'
import { Pacer } from './pacer.ts'
import { serveConnection, type RtspHost } from './rtsp-connection.ts'
import { SoundSender } from '../sound/sound-sender.ts'
import { soundTrack } from '../sound/sound-track.ts'
import { StreamViewer } from './stream-viewer.ts'
import { ViewerWire } from './viewer-wire.ts'

/** As RFC 3550 §6.2 advises as the least time between reports. */
const REPORT_EVERY_MS = 5000

export interface RtspServer {
  port: number
  setFault(cameraId: string, fault: CameraFault | null): void
  viewers(): number
  /** Off: every connection breaks and nothing answers, as when the power is cut. On: on the same port as before. */
  setPower(isOn: boolean): Promise<void>
  close(): Promise<void>
}

export interface RtspServerOptions {
  feeds: ReadonlyMap<string, Feed>
  host: string
  port: number
  account: Account
  algorithms: DigestAlgorithm[]
  clock: Clock
  log: Log
  metrics: Metrics
}

/** All cameras on one port. `feeds` is keyed by path, `/cam/{cameraId}/{sub|main}`. */
export async function startRtspServer(options: RtspServerOptions): Promise<RtspServer> {
  const { feeds, account, algorithms, clock, log, metrics } = options
  const udp = await bindUdpPair(options.host)
  for (const socket of [udp.rtp, udp.rtcp]) {
    socket.on('error', (error) => log.warn('udp socket failed', { reason: error.message }))
  }
  const pacer = new Pacer(clock)
  const sockets = new Set<Socket>()
  const playing = new Set<StreamViewer>()
  const refused = metrics.counter('vigil_sim_login_refused_total', 'Logins refused by simulated cameras').of()
  describeMetrics(metrics, feeds, playing, pacer)

  const sendReport = (viewer: StreamViewer) => {
    const { n, takenAtMs } = pacer.now(viewer.feed)
    const ticks = viewer.baseTicks + n * FRAME_TICKS
    viewer.sendReport(senderReport(viewer, ticks, takenAtMs, `${viewer.feed.camera.id}@vigil.invalid`))
  }
  const onPlay = (viewer: StreamViewer, isPlaying: boolean) => {
    const { feed } = viewer
    if (isPlaying) {
      playing.add(viewer)
      feed.viewers.add(viewer)
      pacer.add(feed)
      sendReport(viewer)
    } else {
      playing.delete(viewer)
      feed.viewers.delete(viewer)
      if (feed.viewers.size === 0) pacer.remove(feed)
    }
  }
  const host: RtspHost = {
    account,
    algorithms,
    feedOf: (path) => feeds.get(path) ?? null,
    openViewer: (feed, transport, socket) => new StreamViewer(feed, new ViewerWire(transport, socket, udp), onPlay),
    openSound: ({ camera }, transport, socket) =>
      camera.sound === undefined
        ? null
        : new SoundSender(soundTrack(camera.sound), new ViewerWire(transport, socket, udp), clock, camera.id),
    closeViewer: (viewer) => viewer.close(),
    udpPorts: () => ({ rtpPort: udp.rtp.address().port, rtcpPort: udp.rtcp.address().port }),
    pictureNow: (feed) => pacer.now(feed).n,
    countRefused: () => refused.add(),
  }
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    serveConnection(host, socket)
  })
  server.listen(options.port, options.host, 4096)
  await once(server, 'listening')
  const reports = setInterval(() => {
    for (const viewer of playing) if (viewer.feed.fault?.kind !== 'silent') sendReport(viewer)
  }, REPORT_EVERY_MS)
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : options.port
  return {
    port,
    setPower: async (isOn) => {
      if (isOn === server.listening) return
      if (isOn) {
        server.listen(port, options.host, 4096)
        await once(server, 'listening')
        return
      }
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
    setFault: (cameraId, fault) => {
      for (const feed of feeds.values()) if (feed.camera.id === cameraId) feed.fault = fault
    },
    viewers: () => playing.size,
    close: async () => {
      clearInterval(reports)
      for (const socket of sockets) socket.destroy()
      pacer.stop()
      await new Promise<void>((resolve) => server.close(() => resolve()))
      await Promise.all([udp.rtp, udp.rtcp].map((s) => new Promise<void>((resolve) => s.close(() => resolve()))))
    },
  }
}

function describeMetrics(
  metrics: Metrics,
  feeds: ReadonlyMap<string, Feed>,
  playing: ReadonlySet<StreamViewer>,
  pacer: Pacer,
): void {
  const viewers = metrics.gauge('vigil_sim_viewers', 'Streams being sent by simulated cameras').of()
  const dropped = metrics.gauge('vigil_sim_pictures_dropped', 'Pictures not sent because the viewer was too slow').of()
  const leaps = metrics.gauge('vigil_sim_leaps', 'Times the pacer was so late that pictures were left out').of()
  metrics.onRead(() => {
    viewers.set(playing.size)
    dropped.set([...feeds.values()].reduce((sum, feed) => sum + feed.dropped, 0))
    leaps.set(pacer.leaps)
  })
}

/** An even port and the next one (RFC 3550 §11), for all UDP viewers together. */
async function bindUdpPair(host: string): Promise<{ rtp: UdpSocket; rtcp: UdpSocket }> {
  for (let attempt = 0; ; attempt++) {
    const rtp = createSocket('udp4')
    rtp.bind(0, host)
    await once(rtp, 'listening')
    const { port } = rtp.address()
    const rtcp = createSocket('udp4')
    try {
      if (port % 2 === 1) throw new Error(`port ${port} is odd`)
      rtcp.bind(port + 1, host)
      await once(rtcp, 'listening')
      return { rtp, rtcp }
    } catch (error) {
      rtp.close()
      rtcp.close()
      // Half of all ports are even; fifty tries fail never by chance.
      if (attempt === 50) throw error
    }
  }
}
