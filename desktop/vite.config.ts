import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const indexer = { target: 'http://127.0.0.1:8080' };

export default defineConfig({
  root: 'player',
  plugins: [react()],
  build: {
    outDir: '../dist',
    emptyOutDir: true,
    target: 'es2022',
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // Kept apart so that the entry, which launches, never waits for what only draws.
            {
              name: 'react',
              test: /node_modules[\\/](react|react-dom|scheduler|wouter|regexparam|use-sync-external-store)[\\/]/,
            },
          ],
        },
      },
    },
  },
  server: {
    proxy: { '/api': indexer, '/covers': indexer, '/socket.io': { ...indexer, ws: true } },
  },
});
