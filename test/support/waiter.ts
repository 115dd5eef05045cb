/** Lets tests wait for a condition that is looked at whenever something happened. */
export class Waiter {
  readonly #checks = new Set<() => void>();

  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (!condition()) return;
        this.#checks.delete(check);
        resolve();
      };
      this.#checks.add(check);
      check();
    });
  }

  /** Something happened. */
  check(): void {
    for (const check of this.#checks) check();
  }
}
