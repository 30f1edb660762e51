import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Where the API is while the dashboard is developed; `am up` listens there by default. */
const controlPlane = process.env['AGENT_MACHINES_URL'] ?? 'http://127.0.0.1:3210'
const proxy = { '/api': { target: controlPlane, ws: true, changeOrigin: false } }

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: {
    alias: { zod: new URL('src/wire/trusting-zod.ts', import.meta.url).pathname },
    conditions: ['source', 'module', 'browser', 'production', 'import', 'default'],
  },
  server: { proxy },
  preview: { proxy },
  build: {
    // Engines that know light-dark() and oklch(): the tokens are shipped as they are written.
    target: ['chrome123', 'firefox121', 'safari17.5'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 600,
    // The stand-in's calls make nothing: a schema that no request reads is left out.
    rolldownOptions: { treeshake: { manualPureFunctions: ['z'] } },
  },
  worker: { format: 'es' },
})
