// Something that is sent: one thing at a time, and what went wrong is told where it was asked for.

import { asFailure, isAborted } from './api';
import type { Failure } from './types';

export class Attempt {
  busy = $state(false);
  failure = $state<Failure | null>(null);

  /** Does it; what went wrong before is forgotten. */
  async to(doing: () => Promise<void>): Promise<void> {
    this.busy = true;
    this.failure = null;
    try {
      await doing();
    } catch (error) {
      this.failure = asFailure(error);
    } finally {
      this.busy = false;
    }
  }

  /** Takes note of what went wrong with something that was only asked for; what was given up did not go wrong. */
  readonly missed = (error: unknown): void => {
    if (!isAborted(error)) this.failure = asFailure(error);
  };
}
