import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

// `npm run dev` shows the pages of a desk that runs beside it: sheaf serve POOL --listen 127.0.0.1:8420.
const desk = process.env.SHEAF_URL ?? 'http://127.0.0.1:8420';

export default defineConfig({
  plugins: [svelte()],
  base: '/',
  build: { target: 'es2022', assetsInlineLimit: 0, chunkSizeWarningLimit: 1500, modulePreload: { polyfill: false }, license: { fileName: 'assets/licences.md' } },
  server: { proxy: { '/api': desk, '/here': desk } },
  test: { include: ['tests/**/*.test.ts'], environment: 'node' },
});
