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
    /** RTMP sessions only. */
    socket?: { destroy(): void }
  }
  export interface NmsConfig {
    bind: string
    rtmp: { port: number }
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
