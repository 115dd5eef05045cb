import type { Locator, Page } from '@playwright/test';

/** Every node of the mesh, and one of them in detail. */
export class NodesPage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  entry(name: string): Locator {
    return this.#page
      .getByRole('main')
      .getByRole('navigation', { name: 'Nodes' })
      .getByRole('button', { name: new RegExp(`^${name}\\b`) });
  }

  detail(name: string): Locator {
    return this.#page.getByRole('region', { name: `Node ${name}` });
  }

  async open(name: string): Promise<Locator> {
    await this.entry(name).click();
    await this.detail(name).waitFor();
    return this.detail(name);
  }

  /** Opens, fills and saves the dialog for a new peer. */
  async addPeer(name: string, peer: { readonly websocket: string; readonly topic: string }): Promise<void> {
    await this.#page.getByRole('button', { name: 'Add a peer' }).click();
    const dialog = this.#page.getByRole('dialog', { name: 'Add a peer' });
    await dialog.getByLabel('Name').fill(name);
    await dialog.getByLabel('WebSocket endpoint').fill(peer.websocket);
    await dialog.getByLabel('Topic').fill(peer.topic);
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
  }
}
