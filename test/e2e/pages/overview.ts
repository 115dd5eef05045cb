import { expect, type Locator, type Page } from '@playwright/test';

/** The mesh at a glance. */
export class OverviewPage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  get nodes(): Locator {
    return this.#page.getByRole('list', { name: 'Nodes' });
  }

  node(name: string): Locator {
    return this.nodes
      .getByRole('listitem')
      .filter({ has: this.#page.getByRole('heading', { level: 3, name, exact: true }) });
  }

  chart(title: 'Frequency' | 'S-ROI'): Locator {
    return this.#page.getByRole('region', { name: title });
  }

  /** The row of the chart's table for one node: its value and distance now. */
  reading(title: 'Frequency' | 'S-ROI', node: string): Locator {
    return this.chart(title)
      .getByRole('row')
      .filter({ has: this.#page.getByRole('rowheader', { name: node }) });
  }

  get traffic(): Locator {
    return this.#page.getByRole('region', { name: 'Traffic' });
  }

  /** Resolves once the drawn lines of a chart are not those of a moment ago. */
  async waitUntilMoving(title: 'Frequency' | 'S-ROI'): Promise<void> {
    const lines = () =>
      this.chart(title)
        .locator('.recharts-line path')
        .evaluateAll((paths) => paths.map((path) => path.getAttribute('d')).join('\n'));
    await expect.poll(lines).not.toBe('');
    const first = await lines();
    await expect.poll(lines).not.toBe(first);
  }
}
