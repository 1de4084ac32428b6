/** What we use of node-media-server 4.4 (the published @types describe version 2). CommonJS, no types of its own. */
declare module 'node-media-server' {
  export interface NmsSession {
    id: string
    /** `address:port`. */
    ip: string
    /** `/app/name`, both of `[a-zA-Z0-9_-]+`. */
    streamPath: string
    streamQuery: Record<string, string | undefined> | undefined
    /** Ends the connection in good order; the rest of what was received is still read. */
    close(): void
    protocol: string
    /** HTTP-FLV sessions only. */
    req?: { socket: { destroy(): void } }
    /** RTMP sessions only. */
    socket?: { destroy(): void }
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
    on(event: NmsEvent, listener: (session: NmsSession) => void): void
    run(): Promise<void>
    stop(): Promise<void>
  }
}
declare module 'node-media-server/src/core/logger.js' {
  const logger: { level: 'trace' | 'debug' | 'info' | 'warn' | 'error' }
  export default logger
}
