/** Every failure the project knows by name: a code, one plain sentence, and what to do next. */

/** What a person reads when a fault reaches them: what happened, then the next step. */
export const FAULTS = {
  answer_withheld: [
    'The browser held its model’s answer back.',
    'Ask in other words or another language, or choose another model.',
  ],
  budget_exhausted: [
    'The budget for the large model is spent for today.',
    'The model on this device still answers; the budget opens again at midnight UTC.',
  ],
  cancelled: ['It was stopped.', 'Ask again whenever you like.'],
  cloud_failed: [
    'The large model could not answer.',
    'The model on this device still does; try again in a moment.',
  ],
  cloud_incomplete: [
    'The large model’s answer broke off.',
    'What came is kept. Ask gpt-4o again for the whole of it.',
  ],
  cloud_only: [
    'This site’s large model alone answers here, and the question did not reach it.',
    'Ask again and let it be sent, or come back later.',
  ],
  cloud_refused: ['The server did not take the question.', 'Reload the page and try again.'],
  context_overflow: [
    'This conversation is longer than the model can read.',
    'Start a new chat, or send a shorter message.',
  ],
  device_lost: [
    'The graphics processor was lost.',
    'Ask again: the model is started anew. If it repeats, choose a smaller one.',
  ],
  engine_failed: ['The model failed while it was answering.', 'Try again; if it repeats, reload the page.'],
  engine_load: ['The model could not be started.', 'Try again, or choose another model.'],
  host_policy: [
    'The security policy of this site keeps a model from running here.',
    'Tell the site’s owner: the browser’s console says what it lacks.',
  ],
  import_format: [
    'This is no file of chats that this page knows, or it is damaged. Nothing was imported.',
    'Choose a file that was exported here, or the zip or conversations.json of a ChatGPT export.',
  ],
  import_newer: [
    'This file was made by a newer version of this page. Nothing was imported.',
    'Reload the page, then try again.',
  ],
  import_quota: [
    'There is not enough storage for these chats. Nothing was imported.',
    'Remove a model or free some space, then try again.',
  ],
  import_too_large: ['This file is too large. Nothing was imported.', 'Choose one below 256 MB.'],
  insecure_context: [
    'This page was opened over plain http.',
    'Open it over https, or on localhost: browsers keep private storage and offline use for those.',
  ],
  integrity: [
    'A part of the model arrived damaged, and so it did again.',
    'Try another network, or tell the site’s owner.',
  ],
  leader_gone: ['The tab that ran the model was closed.', 'Another tab has taken over; try again.'],
  load_killed: [
    'The page was closed by the browser while this model was loaded.',
    'A smaller one answers. Close other tabs, then try it again.',
  ],
  later_expired: [
    'The cheaper answer was not made within a day; it cost nothing.',
    'Ask again, or have it answered now.',
  ],
  later_failed: [
    'The cheaper answer could not be made; it cost nothing.',
    'Ask again, or have it answered now.',
  ],
  later_gone: ['The site keeps the cheaper answer no longer.', 'Ask again.'],
  model_file: ['The model file is damaged, or is not a model.', 'Remove it and fetch it again.'],
  model_lib: [
    'The model’s program does not fit this version of the page.',
    'Choose another model, or tell the site’s owner.',
  ],
  no_builtin: [
    'The browser does not lend its own model now.',
    'Choose it again under “Model”, or another one.',
  ],
  no_model: ['No model is chosen yet.', 'Choose one under “Model”.'],
  no_webgpu: [
    'This browser offers no graphics processor to a page.',
    'The models for the processor run here; a current Chrome or Edge may offer it.',
  ],
  no_wasm: [
    'This browser cannot run a model: it lacks a part of WebAssembly.',
    'Use a current Chrome, Edge, Firefox or Safari.',
  ],
  offline: [
    'There is no network.',
    'What is on this device still works; the rest when you are online again.',
  ],
  gpu_limit: [
    'This device’s graphics processor is too small for this model.',
    'Choose a smaller model, or one that runs on the processor.',
  ],
  out_of_memory: ['This device ran out of memory.', 'Close other tabs, or choose a smaller model.'],
  private: ['Nothing may leave this device: so it was chosen.', 'Change that under “Privacy”.'],
  quota: [
    'There is not enough storage for this model.',
    'Remove another model below or above, free some space, or choose a smaller one.',
  ],
  rate_limited: [
    'Too many questions went to the large model in the last minute.',
    'Wait a minute, then ask again.',
  ],
  shard_http: ['A model file could not be fetched.', 'Try again in a moment.'],
  shard_http_404: [
    'A model file is not where it should be.',
    'Choose another model, or tell the site’s owner.',
  ],
  stalled: ['The model stopped making progress.', 'Try again; it was started anew.'],
  storage_blocked: [
    'This browser keeps nothing for this page (a private window, or storage is off).',
    'You can chat; it is gone when the tab closes.',
  ],
  storage_failed: ['A chat could not be saved.', 'Copy what you want to keep; free some space, then reload.'],
  storage_outdated: [
    'Another tab holds an older version of this page open.',
    'Close or reload the other tabs, then reload this one.',
  ],
  unreachable: ['The other side did not answer.', 'Check the network and try again.'],
  weights_evicted: [
    'The browser took a model away, to free space; your chats are here.',
    'Fetch it again under “Model”, or stay with the one that answers.',
  ],
  worker_gone: ['The model’s worker stopped answering.', 'It was started anew; try again.'],
  worker_load: ['The model’s program could not be fetched.', 'Check the network and try again.'],
} as const satisfies Record<string, readonly [happened: string, next: string]>;

export type FaultCode = keyof typeof FAULTS;

/** A fault as plain data: what is stored, and what crosses a worker or a wire. */
export interface FaultRecord {
  readonly code: FaultCode;
  /** The particulars, for a reader who wants them: a file, a status, the engine's own words. */
  readonly detail?: string;
}

/** The only error that a room throws on purpose. Told apart by `code`, never by class: a class does not cross realms. */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly code: FaultCode;
  readonly detail: string | undefined;

  constructor(code: FaultCode, detail?: string, options?: ErrorOptions) {
    super(detail ? `${FAULTS[code][0]} (${detail})` : FAULTS[code][0], options);
    this.code = code;
    this.detail = detail;
  }
}

export function isFault(error: unknown): error is Fault {
  return (
    error instanceof Error &&
    error.name === 'Fault' &&
    'code' in error &&
    Object.hasOwn(FAULTS, String(error.code))
  );
}

/** The fault that `error` is, or the one that stands for it; an abort is always `cancelled`. */
export function faultOf(error: unknown, otherwise: FaultCode): Fault {
  if (isFault(error)) return error;
  if (error instanceof Error && error.name === 'AbortError') return new Fault('cancelled');
  const detail = error instanceof Error ? error.message : String(error);
  return new Fault(otherwise, detail, { cause: error });
}

export function faultRecordOf(fault: Fault): FaultRecord {
  return fault.detail === undefined ? { code: fault.code } : { code: fault.code, detail: fault.detail };
}
