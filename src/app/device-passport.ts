/** Models of which it is known what they would do here: measures the device, keeps that, and says it of each. */
import type { Ladder, LadderChosen } from '../engine/ladder';
import { forecastOf } from '../engine/local/passport/forecast';
import { watchRates } from '../engine/local/passport/network-rates';
import type { ModelsState } from '../kernel/app-state';
import type { ChatMessage } from '../kernel/history';
import type { DeviceFacts, Forecast, Passport } from '../kernel/passport';
import type { DeviceRecord, PassportStore } from '../store/passport-store';
import type { Pace } from '../turn/expected-pace';

/** After that a device may be another, by updates alone. */
const LASTS_MS = 60 * 86_400_000;
/** Of an answer that a person waits for: some 150 words, to a question with a little history. */
const ANSWER_TOKENS = 200;
const PROMPT_TOKENS = 200;

export interface SiteModels extends Ladder {
  chosen(): LadderChosen & { readonly expected?: Pace };
  /** What gate A goes by: of the model that answers. */
  device(): DeviceFacts | undefined;
  /** Takes the device's passport once nothing else is under way; where there is one only if it `isAnew`. */
  measureDevice(isAnew: boolean): Promise<void>;
  /** Remembers how long it took, where it came from the cloud. */
  learnCloud(answer: ChatMessage): void;
}

export interface PassportDeps {
  readonly create: (onChange: () => void) => Promise<Ladder>;
  readonly store: PassportStore;
  readonly take: () => Promise<Passport>;
  /** Of the engine for the processor, on this page. */
  readonly threads: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly onChange: () => void;
}

export async function withPassport(deps: PassportDeps): Promise<SiteModels> {
  const { store, take, threads, now, onChange } = deps;
  const empty: DeviceRecord = { rates: {} };
  let record = await store.read().catch(() => empty);
  const network = watchRates(record.rates);
  let isWanted = false;
  let isMeasuring = false;
  /** How many answers are being made for this tab, and how many were begun. */
  let answering = 0;
  let asked = 0;
  let ladder: Ladder | undefined;

  const keep = (changes: Partial<DeviceRecord>) => {
    record = { ...record, ...changes };
    void store.write(record).catch(() => undefined);
  };
  const changed = () => {
    if (ladder && network.look(ladder.state.offers, now())) keep({ rates: network.rates });
    onChange();
    void measureIfDue();
  };
  /** Beside other work it would measure that work too. */
  const isBusy = () =>
    answering > 0 ||
    ladder?.state.offers.some(({ state: { kind } }) => kind === 'fetching' || kind === 'starting');
  const measureIfDue = async () => {
    if (!isWanted || isMeasuring || isBusy()) return;
    isWanted = false;
    isMeasuring = true;
    const before = asked;
    onChange();
    const passport = await take().catch(() => undefined);
    isMeasuring = false;
    // Somebody asked meanwhile: what was measured is half of the device.
    if (asked > before) isWanted = true;
    else if (passport) keep({ passport: withCpuOf(record.passport, passport, threads) });
    onChange();
    await measureIfDue();
  };

  const own = (ladder = await deps.create(changed));
  const forecastFor = (id: string | undefined): Forecast => {
    const offer = own.state.offers.find(({ card }) => card.id === id);
    return offer ? forecastOf(offer, record.passport, network.rates) : {};
  };
  return {
    ...own,
    get state(): ModelsState {
      const { state } = own;
      return {
        ...state,
        offers: state.offers.map((offer) => ({
          ...offer,
          forecast: forecastOf(offer, record.passport, network.rates),
        })),
        device: { isMeasuring, ...(record.passport ? { passport: record.passport } : {}) },
      };
    },
    chosen() {
      const chosen = own.chosen();
      const { engine } = chosen;
      const expected = paceOf(forecastFor(chosen.id), chosen.hasVerdict || !engine.id.startsWith('wllama'));
      return {
        ...chosen,
        ...(expected ? { expected } : {}),
        engine: {
          ...engine,
          async *generate(prompt, options) {
            answering++;
            asked++;
            try {
              yield* engine.generate(prompt, options);
            } finally {
              answering--;
              void measureIfDue();
            }
          },
        },
      };
    },
    device() {
      if (own.state.chosenId === undefined) return undefined;
      const { id, engine } = own.chosen();
      return deviceFactsOf(forecastFor(id), engine, record.cloudMs);
    },
    async measureDevice(isAnew) {
      if (isMeasuring) return;
      const { passport } = record;
      const isValid = passport?.cpu?.threads === threads && now() - (passport?.measuredAt ?? 0) < LASTS_MS;
      isWanted ||= isAnew || !isValid;
      await measureIfDue();
    },
    learnCloud: ({ answer }) => answer?.cloudMs && keep({ cloudMs: answer.cloudMs }),
  };
}

/** Where there was no time for the processor, what was known of it stays, if it is of as many threads. */
function withCpuOf(before: Passport | undefined, now: Passport, threads: number): Passport {
  return now.cpu || before?.cpu?.threads !== threads ? now : { ...now, cpu: before.cpu };
}

/** Only for what the forecast was held against what came: the engine for the processor. */
function paceOf({ tokensPerSecond, promptTokensPerSecond }: Forecast, isUntried: boolean): Pace | undefined {
  if (isUntried || !tokensPerSecond || !promptTokensPerSecond) return undefined;
  return {
    msPerToken: 1_000 / tokensPerSecond,
    msPerPromptToken: 1_000 / promptTokensPerSecond,
    isWhole: false,
  };
}

function deviceFactsOf(
  { tokensPerSecond, promptTokensPerSecond = Infinity }: Forecast,
  { id: engineId, contextTokens }: { readonly id: string; readonly contextTokens: number },
  cloudMs: number | undefined,
): DeviceFacts {
  return {
    engineId,
    contextTokens,
    ...(tokensPerSecond === undefined
      ? {}
      : {
          tokensPerSecond,
          answerSeconds: ANSWER_TOKENS / tokensPerSecond + PROMPT_TOKENS / promptTokensPerSecond,
        }),
    ...(cloudMs === undefined ? {} : { cloudSeconds: cloudMs / 1_000 }),
  };
}
