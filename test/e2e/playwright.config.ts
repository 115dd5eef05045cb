import { defineConfig } from '@playwright/test';

// Run through `npm test`, which provides Electron, a display and PLAYWRIGHT_JSON_OUTPUT_FILE.
export default defineConfig({
  testDir: './specs',
  outputDir: '../../test-results/e2e',
  // One real app at a time: the tests look at a live window, and two would disturb each other's timing.
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: process.env.PLAYWRIGHT_JSON_OUTPUT_FILE ? [['list'], ['json']] : [['list']],
});
