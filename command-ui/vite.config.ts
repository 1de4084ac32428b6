import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const root = fileURLToPath(new URL('.', import.meta.url))
/** Where the core (or a test's fixture) answers while `vite` serves the sources. */
const core = process.env['VIGIL_CORE_URL'] ?? 'http://127.0.0.1:8080'

export default defineConfig({
  root,
  base: './',
  plugins: [react()],
  build: {
    outDir: '../dist/command-ui',
    emptyOutDir: true,
    // Chromium 120 / Firefox 121 / Safari 17: what police desks run in 2026; older ones lack MSE low latency anyway.
    target: 'es2022',
    modulePreload: { polyfill: false },
    sourcemap: false,
    // maplibre and three are one lazy chunk of about 1 MB; the first load is watched by a test instead.
    chunkSizeWarningLimit: 2500,
    assetsInlineLimit: 0,
  },
  server: {
    host: '127.0.0.1',
    proxy: {
      '/api': { target: core, ws: true },
      '/live': { target: core },
    },
  },
})
