/** A profile that kept messages came over. */
export class CountedProfile {
  name: string;
  messages = 0;

  constructor(name: string) {
    this.name = name;
  }
}

/** Which profiles the kept messages came over, and how many each: one that has none left is forgotten. */
export class ProfileLedger {
  readonly #profiles = new Set<CountedProfile>();
  /** Messages come in long runs of one profile. */
  #latest: CountedProfile | null = null;

  /** Those with messages, in the order in which they came. */
  get names(): readonly string[] {
    return [...new Set([...this.#profiles].map(({ name }) => name))];
  }

  /** Counts one message. What it returns is handed to {@link drop} when the message goes. */
  keep(name: string): CountedProfile {
    const profile = this.#latest?.name === name ? this.#latest : this.#profileOf(name);
    this.#latest = profile;
    profile.messages += 1;
    return profile;
  }

  drop(profile: CountedProfile): void {
    profile.messages -= 1;
    if (profile.messages > 0) return;
    this.#profiles.delete(profile);
    if (this.#latest === profile) this.#latest = null;
  }

  /** The cluster is the same: its messages go by the new name. */
  rename(from: string, to: string): void {
    for (const profile of this.#profiles) if (profile.name === from) profile.name = to;
  }

  #profileOf(name: string): CountedProfile {
    for (const profile of this.#profiles) if (profile.name === name) return profile;
    const profile = new CountedProfile(name);
    this.#profiles.add(profile);
    return profile;
  }
}
