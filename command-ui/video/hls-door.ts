/** The one door to hls.js: its light build, which has no subtitles, alternative audio or DRM, and is a third smaller. */
export { default as Hls } from 'hls.js/light'
export type { ErrorData, HlsConfig } from 'hls.js/light'
