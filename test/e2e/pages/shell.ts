import { expect, type Locator, type Page } from '@playwright/test';

export const viewTitles = [
  'Overview',
  'Messages',
  'Nodes',
  'Topics',
  'Delivery',
  'Diagnostics',
  'Settings',
] as const;
export type ViewTitle = (typeof viewTitles)[number];

/** What surrounds every view: the rail, the top bar, notices. */
export class Shell {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** The view that shows. */
  view(title: ViewTitle): Locator {
    return this.page.getByRole('main', { name: title });
  }

  entry(title: ViewTitle): Locator {
    return this.page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: title });
  }

  /** Resolves once the view stands there; what it asks the node for may come later. */
  async open(title: ViewTitle): Promise<Locator> {
    await this.entry(title).click();
    const view = this.view(title);
    await expect(view).not.toBeEmpty();
    return view;
  }

  /** The window has loaded every view before anybody asked for it. */
  async waitUntilAllIsLoaded(): Promise<void> {
    await expect(this.page.locator('head link[href*="ComposeDialog"]').first()).toBeAttached();
  }

  get nodeName(): Locator {
    return this.page.getByRole('heading', { level: 1 });
  }

  /** A connection's state in the top bar, for example `Kafka: connected, embedded`. */
  status(name: 'Kafka' | 'WebSocket' | 'Sync' | 'Outbox' | 'Demo mesh'): Locator {
    return this.page.getByRole('banner').getByRole('button', { name: new RegExp(`^${name}:`) });
  }

  get alertsButton(): Locator {
    return this.page.getByRole('banner').getByRole('button', { name: /^(No|\d+) alerts?$/ });
  }

  get notifications(): Locator {
    return this.page.getByRole('region', { name: 'Notifications' });
  }

  /** The node runs and both of its transports stand. */
  async waitUntilRunning(): Promise<void> {
    await expect(this.status('Sync')).toHaveAccessibleName(/running/, { timeout: 30_000 });
    await expect(this.status('WebSocket')).toHaveAccessibleName(/: listening/);
    await expect(this.status('Kafka')).toHaveAccessibleName(/: Connected/);
  }
}
