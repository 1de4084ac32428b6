import { rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const root = fileURLToPath(new URL('.', import.meta.url))
/** Where the core (or a test's fixture) answers while `vite` serves the sources. */
const core = process.env['VIGIL_CORE_URL'] ?? 'http://127.0.0.1:8080'

/** Old chunks must go, but the compiler keeps this folder's declarations beside them, so only `assets` is emptied. */
function clearAssets(): Plugin {
  let outDir = ''
  return {
    name: 'vigil-clear-assets',
    apply: 'build',
    configResolved: (config) => {
      outDir = resolve(config.root, config.build.outDir)
    },
    buildStart: () => rmSync(join(outDir, 'assets'), { recursive: true, force: true }),
  }
}

export default defineConfig({
  root,
  base: './',
  plugins: [react(), clearAssets()],
  build: {
    outDir: '../dist/command-ui',
    emptyOutDir: false,
    // Chromium 120 / Firefox 121 / Safari 17: what police desks run in 2026; older ones lack MSE low latency anyway.
    target: 'es2022',
    // The worker that keeps the phone's shell must lie at the root, by a name that never changes: that is how far it reaches.
    rolldownOptions: {
      input: { index: join(root, 'index.html'), 'shell-worker': join(root, 'patrol/shell-worker.ts') },
      output: {
        entryFileNames: (chunk) => (chunk.name === 'shell-worker' ? '[name].js' : 'assets/[name]-[hash].js'),
      },
    },
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
      '/recordings': { target: core },
    },
  },
})
