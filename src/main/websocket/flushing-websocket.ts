import { WebSocket } from 'ws';

/**
 * A server-side `WebSocket` that lets its owner write what is due before the close frame: RFC 6455 (section 5.5.1)
 * allows no data after it. `ws` closes through this method in every case: our own close, the answer to the client's,
 * and a protocol error.
 */
export class FlushingWebSocket extends WebSocket {
  /** Called once, before the close frame is written. */
  beforeClose: (() => void) | null = null;

  override close(code?: number, data?: string | Buffer): void {
    const flush = this.beforeClose;
    this.beforeClose = null;
    if (this.readyState === WebSocket.OPEN) flush?.();
    super.close(code, data);
  }
}
