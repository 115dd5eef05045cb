import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { startVirtualDisplay } from '../../../scripts/lib/display.mjs';

const hasXvfb = existsSync('/usr/bin/Xvfb');

/** Whether an X server accepts a client on a display that shows this cookie, or none. */
function greet(display: string, cookie: Buffer): Promise<boolean> {
  const name = cookie.length > 0 ? 'MIT-MAGIC-COOKIE-1' : '';
  const padded = (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
  const setup = Buffer.alloc(12);
  setup.write('l', 0);
  setup.writeUInt16LE(11, 2);
  setup.writeUInt16LE(name.length, 6);
  setup.writeUInt16LE(cookie.length, 8);
  return new Promise((resolve, reject) => {
    const socket = connect(`/tmp/.X11-unix/X${display.slice(1)}`);
    socket.once('error', reject);
    socket.once('connect', () =>
      socket.write(Buffer.concat([setup, padded(Buffer.from(name)), padded(cookie)])),
    );
    socket.once('data', (reply) => {
      socket.destroy();
      resolve(reply[0] === 1);
    });
  });
}

describe.skipIf(!hasXvfb)('a virtual display (skipped where there is no Xvfb)', () => {
  test('lets in who has its cookie, nobody else, and is gone once closed', async () => {
    const display = await startVirtualDisplay();
    const { DISPLAY, XAUTHORITY } = display.env;
    try {
      const cookie = (await readFile(XAUTHORITY)).subarray(-16);
      expect(await greet(DISPLAY, cookie)).toBe(true);
      expect(await greet(DISPLAY, Buffer.alloc(16))).toBe(false);
    } finally {
      await display.close();
    }
    expect(existsSync(XAUTHORITY)).toBe(false);
    await expect(greet(DISPLAY, Buffer.alloc(0))).rejects.toThrow();
  });
});
