import { timingSafeEqual } from 'node:crypto'
import type { Socket } from 'node:net'
import type { NmsPacket, NmsStream } from 'node-media-server'
import NodeMediaServer from 'node-media-server'
import nms from 'node-media-server/src/core/context.js'
import nmsLogger from 'node-media-server/src/core/logger.js'
import Rtmp from 'node-media-server/src/protocol/rtmp.js'
import RtmpSession from 'node-media-server/src/session/rtmp_session.js'
import { reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import { TAG_BYTES_MAX, TAG_SOUND, TAG_VIDEO } from './flv-tags.ts'

/** From the connection to a `publish` with its key. Who takes longer, or says nothing for as long later on, is cut off. */
const PATIENCE_MS = 10_000
/** So many may be about to show their key at once; one more, and the oldest of them goes. */
const STRANGERS_MAX = 256
/** Answers are a few hundred bytes; who does not read them must not collect them. */
const WRITE_BYTES_MAX = 64 * 1024
/** Of pushed pictures not yet taken by a streamer of ours; it is cut off then and asks anew. */
const READER_BYTES_MAX = 32 * 1024 * 1024

/** Handshake, `connect` and `publish` are a few hundred bytes; they come before the key is known. */
const STRANGER_BYTES_MAX = 32 * 1024
/** More than the reader takes, so that it can say in words what is too large. */
const PUBLISHER_BYTES_MAX = 2 * TAG_BYTES_MAX
/** Encoders use four to eight. */
const CHUNK_STREAMS_MAX = 32

export interface RtmpServerOptions {
  host: string
  port: number
  /** Where our own streamers read, a socket of the file system. */
  socketPath: string
  /** What they show there. */
  token: string
  /** A folder of the library's own. */
  storePath: string
  log: Log
  isKey(streamPath: string, key: string | undefined): boolean
  /** A publish was asked for. */
  onPublish(isAccepted: boolean): void
}

/** node-media-server with its web console, REST and recording off, and with connections of our own. Not yet listening. */
export function createRtmpServer(options: RtmpServerOptions): { run(): Promise<void>; stop(): Promise<void> } {
  const { log, token } = options
  // It writes plain lines with console.log; every program here writes JSON lines.
  console.log = (line: unknown) => log.debug(String(line))
  const server = new NodeMediaServer({
    bind: options.host,
    rtmp: { port: options.port },
    http: { port: options.socketPath },
    webadmin: { enable: false },
    record: { auto: false },
    store: { path: options.storePath },
  })
  // Its constructor sets `debug`, whatever was configured.
  nmsLogger.level = 'warn'
  const { tcpServer } = server.rtmpServer
  tcpServer.removeAllListeners('connection')
  tcpServer.on('connection', openDoor(options))
  server.on('prePublish', (session) => {
    if (session.protocol !== 'rtmp') throw new Error('publish refused: only by RTMP')
  })
  server.on('prePlay', (session) => {
    if (isSame(session.streamQuery['token'] ?? '', token)) return
    log.warn('play refused: pictures are served by the streamer only', { from: session.ip })
    // Closing alone lets the server go on with what it was about to do.
    session.close()
    session.req?.socket.destroy()
  })
  return server
}

/** @returns what takes the connections of the RTMP port */
function openDoor(options: RtmpServerOptions): (socket: Socket) => void {
  const strangers = new Set<Socket>()
  return (socket) => {
    const [oldest] = strangers
    if (oldest && strangers.size >= STRANGERS_MAX) {
      strangers.delete(oldest)
      oldest.destroy()
    }
    strangers.add(socket)
    const deadline = setTimeout(() => socket.destroy(), PATIENCE_MS)
    const isNoStranger = () => {
      strangers.delete(socket)
      clearTimeout(deadline)
    }
    socket.once('close', isNoStranger)
    // A device that lost its way leaves a connection behind that never ends, and that keeps its path taken.
    socket.setTimeout(PATIENCE_MS, () => socket.destroy())
    new PushSession(socket, options, isNoStranger).run()
  }
}

/**
 * One connection to the RTMP port. The library lets everybody in and reads on in what has come, also after it has closed; here
 * whatever is wrong is thrown, so that nothing behind it is read, and only the accepted publisher of a path is passed on.
 */
class PushSession extends RtmpSession {
  constructor(socket: Socket, options: RtmpServerOptions, onAccepted: () => void) {
    super(socket)
    const parser = new RtmpParser()
    this.rtmp = parser
    const { onData, onConnect, onPush } = this
    this.onData = (bytes) => {
      try {
        onData(bytes)
      } catch (error) {
        options.log.warn(reasonOf(error), { streamPath: this.streamPath, from: this.ip })
        socket.destroy()
      }
    }
    this.onConnect = (request) => {
      // The library would forget the first one, and keep its path taken for ever.
      if (this.streamPath !== '') throw new Error('a second stream on one RTMP connection')
      onConnect(request)
    }
    this.onPlay = () => {
      throw new Error('play refused: pictures are served by the streamer only')
    }
    this.onPush = () => {
      const isAccepted = options.isKey(this.streamPath, this.streamQuery['key'])
      options.onPublish(isAccepted)
      if (!isAccepted) throw new Error('publish refused: the key does not fit the path')
      onPush()
      if (this.broadcast.publisher !== this) throw new Error('publish refused: another device pushes to the path')
      // It is struck out when it comes back from another address while nobody reads, and no reader would find it again.
      nms.broadcasts.set(this.streamPath, this.broadcast)
      parser.trust()
      onAccepted()
      options.log.info('publish accepted', { streamPath: this.streamPath, from: this.ip })
    }
    this.onPacket = (packet) => {
      if (this.broadcast.publisher !== this) throw new Error('pictures without a publish')
      passOn(packet, this.broadcast)
    }
    this.onOutput = (bytes) => {
      if (socket.writableLength > WRITE_BYTES_MAX) throw new Error('the RTMP connection reads no answers')
      socket.write(bytes)
    }
  }
}

function passOn(packet: NmsPacket, stream: NmsStream): void {
  for (const { req, res } of stream.subscribers.values()) {
    if (res && res.writableLength > READER_BYTES_MAX) req?.socket.destroy()
  }
  stream.broadcastMessage(packet)
  // Pictures since the last key frame, up to 4,096 whatever their size; readers begin with what is live.
  stream.flvGopCache = stream.rtmpGopCache = null
}

/**
 * The library's parser believes what is announced to it: it allocates 16 MiB for each of 65,000 chunk streams, and a header that
 * shortens a message on its way sets it back in what it has read. Here that is an error, thrown as the library's own are.
 */
class RtmpParser extends Rtmp {
  #bytesMax = STRANGER_BYTES_MAX

  /** The other end has shown its key: it may send pictures. */
  trust(): void {
    this.#bytesMax = PUBLISHER_BYTES_MAX
  }

  /** A chunk's header has been read. */
  override packetParse(): void {
    super.packetParse()
    const { header, bytes, capacity } = this.parserPacket
    if (bytes > 0 && (header.length < bytes || header.length > capacity))
      throw new Error('an RTMP message changes its length on its way')
    if (this.inPackets.size > CHUNK_STREAMS_MAX) throw new Error('too many RTMP chunk streams')
  }

  /** A message begins. */
  override packetAlloc(): void {
    const { header, capacity } = this.parserPacket
    if (header.length > capacity) {
      let bytes = header.length - capacity
      for (const packet of this.inPackets.values()) bytes += packet.capacity
      if (bytes > this.#bytesMax) throw new Error(`RTMP messages of ${bytes} bytes`)
    }
    super.packetAlloc()
  }

  /** Pictures and sound only: of what else is sent the reader needs nothing, and the library would decode it. */
  override dataHandler(): void {
    const { type, length } = this.parserPacket.header
    if (length > 0 && (type === TAG_VIDEO || type === TAG_SOUND)) super.dataHandler()
  }
}

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)]
  return a.length === b.length && timingSafeEqual(a, b)
}
