/** What was done about a fault of a model, and the one sentence in which a person reads it. */
import { FAULTS, type FaultCode } from './fault';

export interface Healing {
  readonly cause: FaultCode;
  /**
   * `rebuilt`: the same model in a new worker. `shrunk`: so, with half the context. `stepped_down`: a smaller model took its place.
   * `climbed_back`: it answers again. `moved`: it runs in another tab now.
   */
  readonly did: 'rebuilt' | 'shrunk' | 'stepped_down' | 'climbed_back' | 'moved';
  /** The model that failed, by its id and its name. */
  readonly modelId: string;
  readonly modelName: string;
  /** The name of the one that answers now. */
  readonly nowName: string;
}

export function healingText({ cause, did, modelName, nowName }: Healing): string {
  if (did === 'climbed_back') return `${nowName} answers again.`;
  const [happened] = FAULTS[cause];
  const then = {
    rebuilt: `${modelName} was started anew.`,
    shrunk: `${modelName} was started anew, and reads less of the conversation.`,
    stepped_down: `${nowName} answers now.`,
    moved: `${nowName} was started in another.`,
  }[did];
  return `${happened.replace(/\.$/, '')}: ${then}`;
}
