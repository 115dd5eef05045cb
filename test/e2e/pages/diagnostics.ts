import type { Locator, Page } from '@playwright/test';

/** The doctor, the log, what was refused, what runs here. */
export class DiagnosticsPage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Radio buttons are drawn as their labels, some with a count behind. */
  show(part: 'Doctor' | 'Log' | 'Rejected' | 'About'): Promise<void> {
    return this.#page
      .getByRole('group', { name: 'Part of the diagnostics' })
      .getByText(new RegExp(`^${part}( \\(|$)`))
      .click();
  }

  get runDoctor(): Locator {
    return this.#page.getByRole('main').getByRole('button', { name: /^Run (the doctor|again)$/ });
  }

  get doctorSteps(): Locator {
    return this.#page.getByRole('main').getByRole('listitem');
  }

  get log(): Locator {
    return this.#page.getByRole('region', { name: 'Log' });
  }

  rejected(reason: string): Locator {
    return this.#page
      .getByRole('table', { name: 'Rejected messages' })
      .getByRole('row')
      .filter({ has: this.#page.getByRole('cell', { name: reason, exact: true }) });
  }

  get rejectedDetail(): Locator {
    return this.#page.getByRole('complementary', { name: 'Rejected message' });
  }
}
