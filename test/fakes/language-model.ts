/** A browser's own model, in place of a real one; it follows the specification. */
import type { PromptApi } from '../../src/engine/local/builtin/prompt-api';

export interface FakeModelSettings {
  readonly availability?: 'unavailable' | 'downloadable' | 'downloading' | 'available';
  readonly contextWindow?: number;
  /** Between two words. */
  readonly wordMs?: number;
  /** Between two steps of a download, which has ten. */
  readonly stepMs?: number;
  /** Outlives a reload, in `localStorage`. */
  readonly isKept?: boolean;
  /** `inputQuota`, `inputUsage` and `measureInputUsage`, as in 2025. */
  readonly hasOldNames?: boolean;
  /** Languages it knows. */
  readonly languages?: readonly string[];
  /** Names of errors, in place of the next sessions or of the next answers after their first word; empty for none. */
  readonly failures?: { readonly create?: readonly string[]; readonly answer?: readonly string[] };
  /** Whether there was a click; where absent, as the page has it. */
  readonly isActive?: boolean;
  /** It measures nothing while it is asked to. */
  readonly cannotMeasure?: boolean;
}

export interface FakeModel {
  readonly LanguageModel: PromptApi;
  /** Sessions that were not destroyed. */
  readonly live: number;
  /** The options of each session, in order. */
  readonly created: readonly Record<string, unknown>[];
  /** What each answer was asked for with, in order. */
  readonly prompted: readonly { readonly input: unknown; readonly options: Record<string, unknown> }[];
  /** From now on. */
  set(changes: FakeModelSettings): void;
  /** The process of the model dies: what is under way fails, and its sessions are of no use any more. */
  crash(): void;
}

/**
 * https://webmachinelearning.github.io/prompt-api and, for what all such models share,
 * https://webmachinelearning.github.io/writing-assistance-apis/#supporting (states of 2026-06-22 and 2026-08-03).
 * Self-contained, so that it can be put into a page as text.
 */
export function fakeLanguageModel(first: FakeModelSettings = {}): FakeModel {
  interface Message {
    readonly role: string;
    readonly content: string;
  }
  type Input = string | readonly Message[];
  interface Options {
    readonly signal?: AbortSignal;
    readonly responseConstraint?: object;
    readonly initialPrompts?: readonly Message[];
    readonly monitor?: (monitor: EventTarget) => void;
    readonly expectedInputs?: readonly { readonly languages?: readonly string[] }[];
    readonly expectedOutputs?: readonly { readonly languages?: readonly string[] }[];
    readonly samplingMode?: string;
  }

  const KEY = 'fake-language-model';
  const MODES = new Set(['most-predictable', 'predictable', 'balanced', 'creative', 'most-creative']);
  /** What marks the two ends of a message. */
  const AROUND = 3;
  let settings: FakeModelSettings = first;
  let own = first.availability ?? 'available';
  const failures = {
    create: [...(first.failures?.create ?? [])],
    answer: [...(first.failures?.answer ?? [])],
  };
  const created: Record<string, unknown>[] = [];
  const prompted: { input: unknown; options: Record<string, unknown> }[] = [];
  const alive = new Set<LanguageModel>();

  const state = () => (settings.isKept && (localStorage.getItem(KEY) as typeof own | null)) || own;
  const become = (next: typeof own) => {
    own = next;
    if (settings.isKept) localStorage.setItem(KEY, next);
  };
  const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  const error = (name: string, message = `${name}, as the fake says`) => new DOMException(message, name);
  const quotaError = (requested: number, quota: number) =>
    Object.assign(error('QuotaExceededError', 'The input is too large.'), { requested, quota });
  const isActive = () => settings.isActive ?? globalThis.navigator?.userActivation?.isActive ?? false;
  const wordsIn = (text: string) => text.match(/\S+/g)?.length ?? 0;
  const messagesOf = (input: Input): readonly Message[] =>
    typeof input === 'string' ? [{ role: 'user', content: input }] : input;
  const tokensOf = (input: Input, { responseConstraint }: Options = {}) =>
    messagesOf(input).reduce((sum, { content }) => sum + wordsIn(content) + AROUND, 0) +
    (responseConstraint ? wordsIn(JSON.stringify(responseConstraint)) : 0);
  const knows = ({ expectedInputs = [], expectedOutputs = [] }: Options) =>
    [...expectedInputs, ...expectedOutputs].every(({ languages = [] }) =>
      languages.every((language) => (settings.languages ?? ['en']).includes(language)),
    );
  const checkOptions = ({ samplingMode }: Options) => {
    if (samplingMode !== undefined && !MODES.has(samplingMode)) throw new TypeError('not a valid enum value');
  };

  /** The words of an answer; endless where it is asked to count. */
  function* answerTo(messages: readonly Message[], { responseConstraint }: Options): Generator<string> {
    const question = messages.at(-1)?.content ?? '';
    if (responseConstraint) yield '{"answer": "yes"}';
    else if (/^count/i.test(question)) for (let number = 1; ; number++) yield `${number} `;
    else if (/^hello/i.test(question)) yield* ['Hello ', 'from ', 'the ', 'browser ', 'itself.'];
    else yield* `You said: ${question}`.match(/\S+\s*/g) ?? [];
  }

  class LanguageModel extends EventTarget {
    readonly #destruction = new AbortController();
    readonly #messages: Message[] = [];
    #usage = 0;
    #last: Promise<unknown> = Promise.resolve();
    isLost = false;
    oncontextoverflow = null;

    constructor(options: Options) {
      super();
      this.#messages.push(...(options.initialPrompts ?? []));
      this.#usage = options.initialPrompts?.length ? tokensOf(options.initialPrompts) : 0;
      alive.add(this);
      options.signal?.addEventListener('abort', () => this.#end(options.signal?.reason));
      const old = {
        inputUsage: 'contextUsage',
        inputQuota: 'contextWindow',
        measureInputUsage: 'measureContextUsage',
      };
      if (!settings.hasOldNames) return;
      for (const [name, now] of Object.entries(old)) {
        const get = () => {
          const value = Reflect.get(LanguageModel.prototype, now, this) as unknown;
          return typeof value === 'function' ? value.bind(this) : value;
        };
        Object.defineProperty(this, name, { get });
        Object.defineProperty(this, now, { value: undefined });
      }
    }

    get contextWindow() {
      return settings.contextWindow ?? 512;
    }
    get contextUsage() {
      return this.#usage;
    }

    static async availability(options: Options = {}) {
      checkOptions(options);
      return knows(options) ? state() : 'unavailable';
    }

    static async create(options: Options = {}) {
      checkOptions(options);
      options.signal?.throwIfAborted();
      const monitor = new EventTarget();
      options.monitor?.(monitor);
      created.push({ ...options });
      const aborted = new Promise<never>((_, reject) => {
        options.signal?.addEventListener('abort', () => reject(options.signal?.reason));
      });
      aborted.catch(() => undefined);
      const tell = (loaded: number) => {
        if (options.signal?.aborted) return;
        monitor.dispatchEvent(Object.assign(new Event('downloadprogress'), { loaded, total: 1 }));
      };
      const make = async () => {
        await sleep(0);
        if (!knows(options) || state() === 'unavailable') throw error('NotSupportedError');
        const isHere = state() === 'available';
        if (!isHere) {
          // The specification asks for it where nothing is downloading yet; Chrome asks for it there too.
          if (!isActive())
            throw error(
              'NotAllowedError',
              'Requires a user gesture when availability is "downloading" or "downloadable".',
            );
          become('downloading');
          for (let step = 0; step < 10; step++) {
            tell(step / 10);
            await sleep(settings.stepMs ?? 10);
          }
          const failure = failures.create.shift();
          if (failure) {
            become('downloadable');
            throw error(failure);
          }
          become('available');
          tell(1);
        } else {
          tell(0);
          tell(1);
          const failure = failures.create.shift();
          if (failure) throw error(failure);
        }
        const requested = tokensOf(options.initialPrompts ?? []);
        const quota = settings.contextWindow ?? 512;
        if (requested > quota) throw quotaError(requested, quota);
        return options.signal?.aborted ? new Promise<never>(() => {}) : new LanguageModel(options);
      };
      return Promise.race([make(), aborted]);
    }

    async prompt(input: Input, options: Options = {}) {
      return new Response(this.promptStreaming(input, options).pipeThrough(new TextEncoderStream())).text();
    }

    promptStreaming(input: Input, options: Options = {}): ReadableStream<string> {
      this.#check();
      const signals = [this.#destruction.signal, ...(options.signal ? [options.signal] : [])];
      const signal = AbortSignal.any(signals);
      signal.throwIfAborted();
      prompted.push({ input, options: { ...options } });
      let isCancelled = false;
      let controller!: ReadableStreamDefaultController<string>;
      const stream = new ReadableStream<string>({
        start: (given) => void (controller = given),
        cancel: () => void (isCancelled = true),
      });
      signal.addEventListener('abort', () => {
        if (!isCancelled) controller.error(signal.reason);
      });
      const isOver = () => signal.aborted || isCancelled;
      const fail = (why: unknown) => isOver() || controller.error(why);
      const generate = async () => {
        if (isOver()) return;
        const messages = messagesOf(input);
        if (messages.some(({ role }) => role === 'system') && this.#usage > 0)
          return fail(new TypeError('a system prompt comes first'));
        const requested = this.#usage + tokensOf(input, options);
        if (requested > this.contextWindow) return fail(quotaError(requested, this.contextWindow));
        this.#usage = requested;
        let said = '';
        for (const word of answerTo([...this.#messages, ...messages], options)) {
          await sleep(settings.wordMs ?? 1);
          if (isOver()) return;
          if (this.isLost) return fail(error('UnknownError', 'Other generic failures occurred.'));
          const failure = said && failures.answer.shift();
          if (failure) return fail(error(failure));
          if (this.#usage + wordsIn(said) >= this.contextWindow)
            return fail(quotaError(this.#usage + wordsIn(said), this.contextWindow));
          said += word;
          controller.enqueue(word);
        }
        this.#messages.push(...messages, { role: 'assistant', content: said });
        this.#usage += wordsIn(said) + AROUND;
        controller.close();
      };
      this.#last = this.#last.then(generate);
      return stream;
    }

    async append(input: Input) {
      this.#check();
      this.#messages.push(...messagesOf(input));
      this.#usage += tokensOf(input);
    }

    async measureContextUsage(input: Input, options: Options = {}): Promise<number> {
      this.#check();
      options.signal?.throwIfAborted();
      if (settings.cannotMeasure) await new Promise(() => {});
      return tokensOf(input, options);
    }

    async clone() {
      this.#check();
      return new LanguageModel({ initialPrompts: this.#messages });
    }

    destroy() {
      this.#end(error('AbortError', 'The session was destroyed.'));
    }

    #end(reason: unknown) {
      alive.delete(this);
      this.#destruction.abort(reason);
    }

    /** As Chrome does; by the specification it would be an `AbortError`. */
    #check() {
      if (this.#destruction.signal.aborted || this.isLost)
        throw error('InvalidStateError', 'The model execution session has been destroyed.');
    }
  }

  return {
    LanguageModel,
    get live() {
      return alive.size;
    },
    created,
    prompted,
    set(changes) {
      settings = { ...settings, ...changes };
      if (changes.availability) become(changes.availability);
      failures.create.push(...(changes.failures?.create ?? []));
      failures.answer.push(...(changes.failures?.answer ?? []));
    },
    crash() {
      for (const session of alive) session.isLost = true;
    },
  };
}
