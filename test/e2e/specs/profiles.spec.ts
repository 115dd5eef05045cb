import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import type { Page } from '@playwright/test';
import { type CertificateFiles, TestAuthority } from '../../support/certificates.js';
import { expectAccessible } from '../fixtures/accessibility.js';
import { expect, type Resonance, test } from '../fixtures/resonance.js';
import { DeliveryPage } from '../pages/delivery.js';
import { DiagnosticsPage } from '../pages/diagnostics.js';
import { MessagesPage } from '../pages/messages.js';
import { Shell } from '../pages/shell.js';

const embedded = { mode: 'embedded', brokers: ['127.0.0.1:0'] };
const secret = 'wonder-land-7';

function cluster(window: Page, name: RegExp | string) {
  return window.getByRole('banner').getByRole('button', { name: new RegExp(`^Cluster: ${String(name)}$`) });
}

async function settingsIn({ settingsFile }: Resonance): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(settingsFile, 'utf8')) as Record<string, unknown>;
}

test('the cluster in use is always in sight, is switched with the keyboard, and under its lock every way to change it says why not', async ({
  launch,
}) => {
  const resonance = await launch({
    settings: {
      profile: 'local',
      profiles: {
        local: { ...embedded, color: 'green' },
        watched: { ...embedded, color: 'red', readOnly: true },
      },
    },
  });
  const { window } = resonance;
  const shell = new Shell(window);
  await shell.waitUntilRunning();
  await shell.open('Messages');
  const messages = new MessagesPage(window);
  await expect(messages.rows('resonance.state.sync').first()).toBeVisible();
  // With one cluster there is nothing to tell apart.
  const clusters = window.getByRole('button', { name: 'Filter by cluster' });
  await expect(clusters).toHaveCount(0);
  await cluster(window, 'local').focus();
  await window.keyboard.press('Enter');
  await expect(
    window.getByRole('list', { name: 'Clusters' }).getByRole('button', { name: /^local/ }),
  ).toBeFocused();
  await window.keyboard.press('ArrowDown');
  await window.keyboard.press('Enter');
  await expect(cluster(window, 'watched, read-only')).toBeVisible();
  await expect(shell.status('Sync')).toHaveAccessibleName(/nothing sent/);
  expect(await settingsIn(resonance)).toMatchObject({ profile: 'watched' });

  // What was seen on the former cluster stays, and says so; what flows is counted from the switch on.
  await clusters.click();
  await window.getByRole('checkbox', { name: 'local' }).check();
  await window.keyboard.press('Escape');
  await messages.rows('local').first().click();
  await expect(messages.detail.getByText('local', { exact: true })).toBeVisible();
  await expectAccessible(window);
  await shell.open('Overview');
  await expect(window.getByRole('region', { name: 'Traffic' })).toContainText('since the switch to watched');

  await window.keyboard.press('Control+k');
  const compose = window.getByRole('dialog', { name: 'Compose a message' });
  await expect(compose.getByRole('status').filter({ hasText: 'watched is read-only' })).toBeVisible();
  await expect(compose.getByRole('button', { name: /^Send/ })).toBeDisabled();
  await window.keyboard.press('Control+Enter');
  await expect(compose.getByRole('region', { name: 'Receipt' })).toHaveCount(0);
  await window.keyboard.press('Escape');
  await shell.open('Topics');
  // Disabled, yet in reach: it says why.
  await window.getByRole('button', { name: 'New topic' }).click({ force: true });
  await expect(window.getByRole('dialog')).toHaveCount(0);
  await expect(shell.notifications.getByText(/watched is read-only/).first()).toBeVisible();
  await expectAccessible(window);

  const view = await shell.open('Settings');
  await view.getByRole('checkbox', { name: 'watched is read-only' }).click();
  await expect(cluster(window, 'watched')).toBeVisible();
  await shell.waitUntilRunning();
});

test('profiles are added, renamed, copied, removed and taken back', async ({ launch }) => {
  const resonance = await launch({ settings: { profiles: { first: embedded } } });
  const { window } = resonance;
  const shell = new Shell(window);
  await shell.waitUntilRunning();
  await cluster(window, 'No profile').click();
  await window.getByRole('button', { name: 'Manage clusters' }).click();
  const view = shell.view('Settings');
  const table = view.getByRole('table', { name: 'Cluster profiles' });

  await view.getByRole('button', { name: 'Add a profile' }).click();
  const dialog = window.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Name' }).fill('second');
  await dialog.getByRole('textbox', { name: 'Brokers' }).fill('one:9092, two:9092');
  await dialog.getByRole('button', { name: 'Add' }).click();
  await expect(table.getByRole('row', { name: /second/ })).toContainText('one:9092, two:9092');

  await table.getByRole('button', { name: 'Use first' }).click();
  await expect(cluster(window, 'first')).toBeVisible();
  await shell.waitUntilRunning();
  await table.getByRole('button', { name: 'Rename first' }).click();
  await dialog.getByRole('textbox', { name: 'Name' }).fill('second');
  await dialog.getByRole('button', { name: 'Rename' }).click();
  await expect(dialog).toContainText('second is taken');
  await dialog.getByRole('textbox', { name: 'Name' }).fill('main');
  await dialog.getByRole('button', { name: 'Rename' }).click();
  await expect(cluster(window, 'main')).toBeVisible();
  await shell.waitUntilRunning();
  await expect(table.getByRole('button', { name: /before removing main/ })).toBeDisabled();

  await table.getByRole('button', { name: 'Duplicate second' }).click();
  await dialog.getByRole('button', { name: 'Duplicate' }).click();
  await expect(table.getByRole('rowheader', { name: 'second-copy' })).toBeVisible();
  await table.getByRole('button', { name: 'Remove second', exact: true }).click();
  await expect(table.getByRole('rowheader', { name: 'second', exact: true })).toHaveCount(0);
  const removed = shell.notifications.getByRole('status').filter({ hasText: 'second is removed' });
  await removed.getByRole('button', { name: 'Undo' }).click();
  await expect(table.getByRole('rowheader', { name: 'second', exact: true })).toBeVisible();
  expect(Object.keys((await settingsIn(resonance)).profiles as object).sort()).toEqual([
    'main',
    'second',
    'second-copy',
  ]);
});

test('a client’s file is previewed key by key and becomes a profile; its password is in no file, and the window says how long it is held', async ({
  launch,
}) => {
  const resonance = await launch();
  const { app, window, dataDirectory } = resonance;
  const shell = new Shell(window);
  await shell.waitUntilRunning();
  const file = join(dataDirectory, 'kcat.conf');
  const lines = [
    'bootstrap.servers=127.0.0.1:9',
    'security.protocol=sasl_ssl',
    'sasl.mechanisms=PLAIN',
    'sasl.username=alice',
    `sasl.password=${secret}`,
    'enable.ssl.certificate.verification=false',
    'acks=1',
  ];
  await writeFile(file, lines.join('\n'));
  const view = await shell.open('Settings');
  await view.getByRole('button', { name: 'Import …' }).click();
  const dialog = window.getByRole('dialog', { name: /^Import/ });
  await dialog.getByRole('textbox', { name: 'File', exact: true }).fill(file);
  await dialog.getByRole('button', { name: 'Preview' }).click();
  const report = dialog.getByRole('table', { name: 'What becomes of each key' });
  await expect(report.getByRole('row')).toHaveCount(1 + lines.length);
  await expect(report.getByRole('row', { name: /enable\.ssl/ })).toContainText('Not supported');
  await expectAccessible(window);
  await dialog.getByRole('textbox', { name: 'Name of the profile' }).fill('prod');
  await dialog.getByRole('button', { name: 'Save the profile' }).click();
  await expect(dialog).toHaveCount(0);
  await writeFile(file, '');

  // Without a keyring Electron would encrypt with a password that is in its source: that is refused, and said.
  expect(await app.evaluate(({ safeStorage }) => safeStorage.getSelectedStorageBackend())).toBe('basic_text');
  await view.getByRole('button', { name: 'Edit prod' }).click();
  const secrets = view.getByRole('list', { name: 'Secrets of prod' });
  await expect(secrets).toContainText('Until the app quits');
  await secrets.getByRole('button', { name: 'Replace: Password' }).click();
  await expect(secrets).toContainText(/no keychain/);
  await secrets.getByRole('textbox', { name: 'Password' }).fill(`${secret}-new`);
  await secrets.getByRole('button', { name: 'Use for this session' }).click();
  await expect(secrets.getByRole('textbox')).toHaveCount(0);
  const refused = await window.evaluate(
    (value) =>
      (
        globalThis as unknown as { resonance: { invoke(name: string, parameters: unknown): unknown } }
      ).resonance.invoke('settings.setSecret', {
        profile: 'prod',
        name: 'password',
        value,
        keep: 'keychain',
      }),
    secret,
  );
  expect(refused).toMatchObject({ ok: false, error: { code: 'COMMAND_DENIED' } });
  await view.getByRole('button', { name: 'Use prod' }).click();
  await expect(cluster(window, 'prod')).toBeVisible();
  await expect(shell.status('Kafka')).not.toHaveAccessibleName(/: Connected/);
  await secrets.getByRole('button', { name: 'Forget: Password' }).click();
  await expect(secrets).toContainText('Not entered');

  await resonance.quit();
  expect(resonance.log()).not.toContain(secret);
  const entries = await readdir(dataDirectory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  expect(files.length).toBeGreaterThan(3);
  for (const path of files) expect((await readFile(path)).includes(secret), path).toBe(false);
});

interface Listener {
  readonly port: number;
  close(): void;
}

/** A TLS listener that is no Kafka: enough for everything that goes wrong before the first request. */
async function listenWith(files: CertificateFiles): Promise<Listener> {
  const [cert, key] = await Promise.all([readFile(files.certificate), readFile(files.key)]);
  const server = createTlsServer({ cert, key });
  server.on('tlsClientError', () => undefined);
  return listen(server);
}

/** What a broker's TLS port says to a client that does not speak TLS: the alert `protocol_version`. */
function listenWithAlerts(): Promise<Listener> {
  return listen(
    createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(Buffer.from([0x15, 3, 3, 0, 2, 2, 70])));
    }),
  );
}

async function listen(server: Server): Promise<Listener> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

test('an expired certificate, one for another host, and plaintext to a TLS port are each one sentence with what to do, at the connection and in the doctor', async ({
  launch,
}, testInfo) => {
  await mkdir(testInfo.outputDir, { recursive: true });
  const authority = await TestAuthority.create(testInfo.outputDir);
  const expired = await listenWith(
    await authority.issue({ name: 'old', alternativeNames: 'IP:127.0.0.1', notAfter: '20240101000000Z' }),
  );
  const tlsPort = await listenWithAlerts();
  const elsewhere = await listenWith(
    await authority.issue({ name: 'elsewhere', alternativeNames: 'DNS:kafka.example.org' }),
  );
  const security = { protocol: 'ssl', caFile: authority.certificate };
  const troubles = [
    { name: 'expired', message: /has expired/, hint: /certificate renewed/ },
    { name: 'elsewhere', message: /is for another host name/, hint: /Use the host name/ },
    { name: 'plain', message: /speaks TLS, and this node tried without/, hint: /protocol to ssl/ },
  ] as const;
  try {
    const { window } = await launch({
      settings: {
        profiles: {
          expired: { brokers: [`127.0.0.1:${expired.port}`], security },
          elsewhere: { brokers: [`127.0.0.1:${elsewhere.port}`], security },
          plain: { brokers: [`127.0.0.1:${tlsPort.port}`] },
        },
      },
    });
    const shell = new Shell(window);
    await shell.waitUntilRunning();
    for (const { name, message, hint } of troubles) {
      await cluster(window, '.*').click();
      await window.getByRole('list', { name: 'Clusters' }).getByRole('button', { name }).click();
      await expect(cluster(window, name)).toBeVisible();
      await shell.status('Kafka').click();
      const notice = window.getByRole('banner').getByRole('alert').filter({ hasText: message });
      await expect(notice).toContainText(hint);
      await shell.status('Kafka').click();
      const diagnostics = new DiagnosticsPage(window);
      await shell.open('Diagnostics');
      await diagnostics.runDoctor.click();
      await expect(diagnostics.doctorSteps.filter({ hasText: message }).first()).toContainText(hint);
      await shell.open('Settings');
      await expect(window.getByRole('table', { name: 'Cluster profiles' })).toContainText(message);
    }
    // What cannot be read is not called empty.
    const view = await shell.open('Delivery');
    await new DeliveryPage(window).show('Dead letters');
    await expect(view).toContainText('None is known while the topic cannot be read');
  } finally {
    for (const listener of [expired, elsewhere, tlsPort]) listener.close();
  }
});
