import type { Locator, Page } from '@playwright/test';

/** What became of the messages: the outbox, and the dead letters. */
export class DeliveryPage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Radio buttons are drawn as their labels, some with a count behind. */
  show(part: 'Outbox' | 'Dead letters'): Promise<void> {
    return this.#page
      .getByRole('group', { name: 'Part of the delivery' })
      .getByText(new RegExp(`^${part}( \\(|$)`))
      .click();
  }

  /** A part of the outbox; it is there while something is in it. */
  group(title: 'Failed' | 'On their way' | 'Delivered lately'): Locator {
    return this.#page.getByRole('region', { name: title });
  }

  get letters(): Locator {
    return this.#page.getByRole('table', { name: 'Dead letters' }).locator('tbody').getByRole('row');
  }

  get chooseAll(): Locator {
    return this.#page.getByRole('checkbox', { name: 'Choose all' });
  }

  button(name: string | RegExp): Locator {
    return this.#page.getByRole('main').getByRole('button', { name });
  }

  get detail(): Locator {
    return this.#page.getByRole('complementary', { name: 'Dead letter' });
  }

  get json(): Locator {
    return this.detail.getByRole('textbox', { name: 'JSON' });
  }
}
