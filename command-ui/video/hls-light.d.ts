/** The light build ships no types of its own; its API is a subset of the full one. */
declare module 'hls.js/light' {
  export { default, type ErrorData, type HlsConfig } from 'hls.js'
}
