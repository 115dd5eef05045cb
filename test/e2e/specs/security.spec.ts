import { join } from 'node:path';
import { applicationFolder, expect, test } from '../fixtures/resonance.js';

/** Runs in the page, outside of the driver's own evaluation, which policies do not bind. */
const inPage = (expression: string): string => `
  new Promise((resolve) => {
    setTimeout(async () => {
      try {
        resolve(String(await (${expression})));
      } catch (error) {
        resolve(error.name + ': ' + error.message);
      }
    });
  })`;

test('the page has no Node.js and no more than the bridge', async ({ resonance: { window } }) => {
  const found = await window.evaluate(() => ({
    require: typeof Reflect.get(globalThis, 'require'),
    process: typeof Reflect.get(globalThis, 'process'),
    module: typeof Reflect.get(globalThis, 'module'),
    bridge: Object.keys(Reflect.get(globalThis, 'resonance')).sort(),
    isFrozen: Object.isFrozen(Reflect.get(globalThis, 'resonance')),
    origin: location.origin,
  }));
  expect(found).toEqual({
    require: 'undefined',
    process: 'undefined',
    module: 'undefined',
    bridge: ['invoke', 'onEvent', 'onFeed'],
    isFrozen: true,
    origin: 'app://resonance',
  });
});

test('the page runs sandboxed, isolated and with web security', async ({ resonance: { app } }) => {
  const preferences = await app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().map((window) => {
      const { sandbox, contextIsolation, nodeIntegration, webSecurity, webviewTag } = (
        window.webContents as unknown as {
          getLastWebPreferences(): Electron.WebPreferences;
        }
      ).getLastWebPreferences();
      return { sandbox, contextIsolation, nodeIntegration, webSecurity, webviewTag };
    }),
  );
  expect(preferences).toEqual([
    {
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
    },
  ]);
  const hasDevTools = await app.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    contents?.openDevTools();
    return contents?.isDevToolsOpened();
  });
  expect(hasDevTools).toBe(false);
});

test('the content security policy stops eval, inline scripts and the network', async ({
  resonance: { window },
  expectedErrors,
}) => {
  expectedErrors.push(/Content Security Policy/, /Trusted(HTML|Script)/);
  expect(await window.evaluate(inPage('eval("1 + 1")'))).toMatch(/^EvalError/);
  expect(await window.evaluate(inPage('new Function("return 1")()'))).toMatch(/^EvalError/);
  expect(await window.evaluate(inPage('fetch("https://example.com/")'))).toMatch(/^TypeError/);
  expect(await window.evaluate(inPage('fetch("app://resonance/index.html")'))).toMatch(/^TypeError/);
  const inlineScript = 'document.createElement("script").append("globalThis.ranInline = true")';
  expect(await window.evaluate(inPage(inlineScript))).toMatch(/^TypeError/);
  expect(await window.evaluate(inPage('document.body.innerHTML = "<b>markup</b>"'))).toMatch(/^TypeError/);
});

test('nothing but the bundle’s files is served', async ({ resonance: { app } }) => {
  const statuses = await app.evaluate(async ({ session }) => {
    const paths = [
      'index.html',
      '%2e%2e/main/index.js',
      '..%2f..%2fpackage.json',
      '%2e%2e%2f%2e%2e%2f%2e%2e%2fetc/passwd.js',
      'absent.js',
    ];
    const results: Record<string, number> = {};
    for (const path of paths) {
      const response = await session.defaultSession.fetch(`app://resonance/${path}`);
      results[path] = response.status;
    }
    return results;
  });
  expect(statuses).toEqual({
    'index.html': 200,
    '%2e%2e/main/index.js': 404,
    '..%2f..%2fpackage.json': 403,
    '%2e%2e%2f%2e%2e%2f%2e%2e%2fetc/passwd.js': 403,
    'absent.js': 404,
  });
});

test('the page can’t navigate away, open windows or get permissions', async ({
  resonance: { app, window },
  expectedErrors,
}) => {
  expectedErrors.push(/./);
  await window.evaluate(inPage('location.assign("https://example.com/")'));
  await window.evaluate(inPage('location.assign("file:///etc/passwd")'));
  expect(await window.evaluate(() => globalThis.open('https://example.com/') === null)).toBe(true);
  expect(await window.evaluate(inPage('Notification.requestPermission()'))).toBe('denied');
  expect(
    await window.evaluate(
      inPage('navigator.permissions.query({ name: "geolocation" }).then((p) => p.state)'),
    ),
  ).toBe('denied');
  await expect.poll(() => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
  expect(window.url()).toMatch(/^app:\/\/resonance\/index.html(#|$)/);
  expect(await window.evaluate(() => typeof Reflect.get(globalThis, 'resonance'))).toBe('object');
});

const wrongCalls: readonly (readonly [name: unknown, parameters: unknown])[] = [
  ['messages.detail', 'first'],
  ['messages.detail', -1],
  ['app.reveal', '/etc/passwd'],
  ['settings.update', null],
  ['compose.send', { type: 'state_update', fields: {}, target: null, via: 'carrier pigeon' }],
  ['topics.create', { name: 'a', partitions: 1, replicationFactor: 1, extra: true }],
  ['simulation.start', Array.from({ length: 11 }, (_, index) => `node-${index}`)],
  ['app.info', { unexpected: true }],
  ['no.such.command', undefined],
  ['__proto__', undefined],
  ['constructor', undefined],
  [42, undefined],
];

test('commands with wrong arguments are refused, with the reason', async ({ resonance: { window } }) => {
  for (const [name, parameters] of wrongCalls) {
    const outcome = await window.evaluate(
      ([name, parameters]) => {
        const bridge = Reflect.get(globalThis, 'resonance') as {
          invoke(name: unknown, parameters: unknown): Promise<unknown>;
        };
        return bridge.invoke(name, parameters);
      },
      [name, parameters] as const,
    );
    expect(outcome, `${String(name)} ${JSON.stringify(parameters)}`).toMatchObject({
      ok: false,
      error: { code: 'COMMAND_INVALID', message: expect.stringMatching(/\S/) },
    });
  }
});

test('a page in any other window may not give commands', async ({ resonance: { app }, expectedErrors }) => {
  expectedErrors.push(/COMMAND_DENIED|may not give commands/);
  const preload = join(applicationFolder, 'out', 'preload', 'index.cjs');
  const outcome = await app.evaluate(async ({ BrowserWindow }, preload) => {
    const other = new BrowserWindow({ show: false, webPreferences: { preload } });
    await other.loadURL('app://resonance/index.html');
    const outcome = await other.webContents.executeJavaScript('window.resonance.invoke("app.info")');
    other.destroy();
    return outcome;
  }, preload);
  expect(outcome).toMatchObject({ ok: false, error: { code: 'COMMAND_DENIED' } });
});
