/** What we use of node-media-server 4.4 (the published @types describe version 2). CommonJS, no types of its own. */
declare module 'node-media-server' {
  import type { Server } from 'node:net'
  export interface NmsSession {
    id: string
    /** `address:port`. */
    ip: string
    /** `/app/name`, both of `[a-zA-Z0-9_-]+`; empty before it is known. */
    streamPath: string
    streamQuery: Record<string, string | undefined>
    /** Ends the connection in good order; the rest of what was received is still read. */
    close(): void
    protocol: string
    /** HTTP-FLV sessions only. */
    req?: { socket: { destroy(): void } }
    res?: { writableLength: number }
  }
  /** A picture, a piece of sound or their configuration. */
  export interface NmsPacket {
    codec_type: number
  }
  /** A path, with who pushes to it and who reads it. */
  export interface NmsStream {
    /** Also for 30 s after it has left. */
    publisher: NmsSession | null
    subscribers: Map<string, NmsSession>
    flvGopCache: Set<Buffer> | null
    rtmpGopCache: Set<Buffer> | null
    broadcastMessage(packet: NmsPacket): void
  }
  export interface NmsConfig {
    bind: string
    rtmp: { port: number }
    /** A path is a socket of the file system: it goes to `server.listen` as it is. */
    http: { port: string }
    webadmin: { enable: false }
    record: { auto: false }
    store: { path: string }
  }
  export type NmsEvent =
    'prePublish' | 'postPublish' | 'donePublish' | 'prePlay' | 'postPlay' | 'donePlay' | 'postRecord' | 'doneRecord'
  export default class NodeMediaServer {
    constructor(config: NmsConfig, configPath?: string)
    readonly rtmpServer: { tcpServer: Server }
    on(event: NmsEvent, listener: (session: NmsSession) => void): void
    run(): Promise<void>
    stop(): Promise<void>
  }
}
declare module 'node-media-server/src/core/context.js' {
  import type { NmsStream } from 'node-media-server'
  /** By path. */
  const context: { broadcasts: Map<string, NmsStream> }
  export default context
}
declare module 'node-media-server/src/core/logger.js' {
  const logger: { level: 'trace' | 'debug' | 'info' | 'warn' | 'error' }
  export default logger
}
declare module 'node-media-server/src/protocol/rtmp.js' {
  interface RtmpPacket {
    header: { length: number; type: number }
    /** Of its message so far. */
    bytes: number
    /** Of its buffer, which is kept for the next message. */
    capacity: number
  }
  export default class Rtmp {
    /** Of the chunk that is being read. */
    parserPacket: RtmpPacket
    /** By chunk stream. */
    inPackets: Map<number, RtmpPacket>
    packetParse(): void
    packetAlloc(): void
    dataHandler(): void
  }
}
declare module 'node-media-server/src/session/rtmp_session.js' {
  import type { Socket } from 'node:net'
  import type { NmsPacket, NmsSession, NmsStream } from 'node-media-server'
  import type Rtmp from 'node-media-server/src/protocol/rtmp.js'
  /** Its handlers are members of the instance, put to work by `run`. */
  export default class RtmpSession implements NmsSession {
    constructor(socket: Socket)
    id: string
    ip: string
    streamPath: string
    streamQuery: Record<string, string | undefined>
    protocol: string
    rtmp: Rtmp
    /** Of no path before `onConnect`. */
    broadcast: NmsStream
    run(): void
    close(): void
    onData: (bytes: Buffer) => void
    /** Before each `onPush` and `onPlay`: what path is meant. */
    onConnect: (request: object) => void
    onPush: () => void
    onPlay: () => void
    onPacket: (packet: NmsPacket) => void
    onOutput: (bytes: Buffer) => void
  }
}
