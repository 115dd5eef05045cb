import { expect, type Locator, type Page } from '@playwright/test';

type TypeTitle = 'State update' | 'Frequency sync' | 'S-ROI update' | 'Repository event' | 'Heartbeat';

/** The dialog for writing one message by hand. */
export class ComposePage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  get dialog(): Locator {
    return this.#page.getByRole('dialog', { name: 'Compose a message' });
  }

  /** From anywhere. */
  async open(): Promise<void> {
    await this.#page.keyboard.press('ControlOrMeta+K');
    await this.dialog.waitFor();
  }

  async close(): Promise<void> {
    await this.#page.keyboard.press('Escape');
    await this.dialog.waitFor({ state: 'detached' });
  }

  /** Radio buttons are drawn as their labels. */
  async choose(group: 'Type', option: TypeTitle): Promise<void>;
  async choose(group: 'Via', option: 'Both' | 'Kafka' | 'WebSocket'): Promise<void>;
  async choose(group: string, option: string): Promise<void> {
    await this.dialog.getByRole('group', { name: group }).getByText(option, { exact: true }).click();
  }

  field(label: string): Locator {
    return this.dialog.getByLabel(label, { exact: true });
  }

  /** From anywhere: a repository event for Kafka is filled in, and sent by keyboard; the dialog stays. */
  async sendEvent(event: string): Promise<void> {
    await this.open();
    await this.choose('Type', 'Repository event');
    await this.choose('Via', 'Kafka');
    await this.field('Event').fill(event);
    await expect(this.send).toBeEnabled();
    await this.#page.keyboard.press('ControlOrMeta+Enter');
  }

  get json(): Locator {
    return this.dialog.getByRole('textbox', { name: 'JSON' });
  }

  get send(): Locator {
    return this.dialog.getByRole('button', { name: /^Send/ });
  }

  get receipt(): Locator {
    return this.dialog.getByRole('region', { name: 'Receipt' }).first();
  }
}
