import Mocha from 'mocha';

export type Tally = { passes: number; failures: number };

const GRACE_MS = 5000;

/** Mocha's `spec` report, and at its end the counts for tests/run.ts. */
export default class TallyReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const tally: Tally = { passes: this.stats.passes, failures: this.stats.failures };
      process.send?.(tally);
      failIfSomethingStaysOpen();
    });
  }
}

/** The timer does not keep the process alive: it only fires when a test left something open that does. */
function failIfSomethingStaysOpen(): void {
  setTimeout(() => {
    const open = process.getActiveResourcesInfo().join(', ');
    process.stderr.write(`A test left something open, and the process cannot end: ${open}\n`);
    process.exit(1);
  }, GRACE_MS).unref();
}
