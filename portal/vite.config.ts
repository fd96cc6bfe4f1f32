import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** Compresses once what the engine sends a thousand times. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    writeBundle({ dir }) {
      for (const file of readdirSync(dir ?? '', { recursive: true, encoding: 'utf8' })) {
        if (/\.(js|css|svg|html)$/.test(file)) {
          const path = join(dir ?? '', file);
          writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
        }
      }
    },
  };
}

// For working on the portal: `npm run dev` shows it with the engine of BW_URL behind it.
const engine = process.env.BW_URL?.replace(/\/ovirt-engine$/, '') ?? 'https://127.0.0.1:8443';

export default defineConfig({
  plugins: [react(), compressed()],
  build: {
    outDir: 'target/dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
    target: 'es2022',
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/ovirt-engine': { target: engine, secure: false, ws: true } },
  },
  test: { environment: 'happy-dom', isolate: false, include: ['src/**/*.test.{ts,tsx}'] },
} as Parameters<typeof defineConfig>[0]);
