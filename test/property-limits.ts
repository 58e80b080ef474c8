import { configureGlobal } from 'fast-check';

// A property that fails is shrunk without ever giving timers a turn: without a limit that hides the counterexample behind
// a test that hangs. What has been found by then is reported, with its seed.
configureGlobal({ interruptAfterTimeLimit: 15_000 });
