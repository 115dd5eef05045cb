import type { Locator, Page } from '@playwright/test';

/** The live stream of all transports. */
export class MessagesPage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  get search(): Locator {
    return this.#page.getByRole('searchbox', { name: 'Search in the messages' });
  }

  get pause(): Locator {
    return this.#page.getByRole('button', { name: /^(Pause|Go on)$/ });
  }

  get stream(): Locator {
    return this.#page.getByRole('region', { name: 'Message stream' });
  }

  /** Rows in sight that contain a text; the header is not one. */
  rows(text: string | RegExp): Locator {
    return this.stream.locator('tbody').getByRole('row').filter({ hasText: text });
  }

  get detail(): Locator {
    return this.#page.getByRole('complementary', { name: 'Message detail' });
  }

  /** The button that says how many came while the table held still. */
  get arrived(): Locator {
    return this.#page.getByRole('button', { name: /^[\d,. ]+ new$/ });
  }

  muteHeartbeats(): Promise<void> {
    return this.#page.getByRole('checkbox', { name: 'Mute heartbeats' }).check();
  }
}
