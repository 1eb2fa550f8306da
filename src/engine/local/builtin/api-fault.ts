/** Makes our faults of the Prompt API's errors. */
import { Fault, isFault, type FaultCode } from '../../../kernel/fault';

/** While it is asked for a session, and while it answers, the same name means something else. */
export type Step = 'start' | 'answer';

/** https://webmachinelearning.github.io/prompt-api/#language-model-errors */
const CODES: Readonly<Record<string, FaultCode>> = {
  QuotaExceededError: 'context_overflow',
  // Switched off, forbidden by a policy, or wanted without a click.
  NotAllowedError: 'no_builtin',
  NetworkError: 'unreachable',
  // Filtered by the browser.
  NotReadableError: 'answer_withheld',
  // Its session was ended, by itself or with what ran the model.
  AbortError: 'worker_gone',
  InvalidStateError: 'worker_gone',
};

/** An abort that was asked for is `cancelled`; any other is the browser's. */
export function faultOfApi(error: unknown, step: Step, signal: AbortSignal): Fault {
  if (signal.aborted) return new Fault('cancelled');
  if (isFault(error)) return error;
  const { name, message } = error instanceof Error ? error : { name: '', message: String(error) };
  // Of a language that it does not know, or of all of it.
  if (name === 'NotSupportedError')
    return new Fault(step === 'start' ? 'no_builtin' : 'answer_withheld', message, { cause: error });
  const code = CODES[name] ?? (step === 'start' ? 'engine_load' : 'engine_failed');
  return new Fault(code, message, { cause: error });
}
