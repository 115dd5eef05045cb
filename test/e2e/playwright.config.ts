import { defineConfig } from '@playwright/test';

// Run through `npm test`, which provides Electron, a display and PLAYWRIGHT_JSON_OUTPUT_FILE.
export default defineConfig({
  testDir: './specs',
  outputDir: '../../test-results/e2e',
  // Two real apps at a time: they wait more than they compute. What fails beside another is tried again alone (`npm test`).
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: process.env.PLAYWRIGHT_JSON_OUTPUT_FILE ? [['list'], ['json']] : [['list']],
});
