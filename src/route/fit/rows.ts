/** Reads labelled routing rows: what is asked, which models were right, and what is known of their drafts. */
import { readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { TokenFacts } from '../calibration';

/** Whatever a row lacks is undefined or empty; its `id` and `dataset` then come from its place. */
export interface Row {
  readonly id: string;
  readonly dataset: string;
  readonly split: string | undefined;
  readonly prompt: string | undefined;
  /** Of the pair that is scored: 1 right, 0 wrong, or a mark on whatever scale both share. */
  readonly weak: number | undefined;
  readonly strong: number | undefined;
  /** Whose answers are scored. */
  readonly weakModel: string;
  readonly strongModel: string;
  /** Who was right, for fitting. */
  readonly seen: Readonly<Record<'small' | 'large', readonly Seen[]>>;
  /** What small models wrote, and how sure they were. */
  readonly drafts: readonly Draft[];
  /** The short answers that small models came to, by model. */
  readonly answers: Readonly<Record<string, string>>;
}

export interface Seen {
  readonly model: string;
  readonly right: number;
}

/** A small model's own answer. */
export interface Draft {
  readonly model: string;
  readonly right: number | undefined;
  /** Twelve numbers of its words, see `draft-features.ts`. */
  readonly numbers: readonly number[] | undefined;
  readonly tokens: TokenFacts | undefined;
  /** Whether a second sample said the same; 1 or 0. */
  readonly second: number | undefined;
}

/** A row that can be fitted on: it has a question, and both answers were judged. */
export type LabelledRow = Row & {
  readonly prompt: string;
  readonly weak: number;
  readonly strong: number;
};

/** A line as it is in the file: every entry may be missing. */
interface RawRow {
  id?: unknown;
  dataset?: unknown;
  split?: unknown;
  prompt?: unknown;
  question?: unknown;
  weak_correct?: unknown;
  strong_correct?: unknown;
  weak?: unknown;
  strong?: unknown;
  q?: Record<string, unknown>;
  post?: unknown;
  /** By model: `[right or null, ln p of the first token, margin to the second, entropy]`, and of a whole draft `mean, tenth, worst window`. */
  w?: Record<string, unknown>;
  /** By model: whether a second sample said the same. */
  second?: Record<string, unknown>;
  ans?: Record<string, unknown>;
}

const LARGE = /gpt-4o-2024|gemini-1.5-pro/;
/** Neither small nor large. */
const MIDDLE = /gpt-4o-mini|gemini-1.5-flash|70B/;
/** The pair of rows that name none but have both labels: RouteLLM's. */
const USUAL_PAIR = { weak: 'Mixtral-8x7B-Instruct', strong: 'gpt-4-1106-preview' } as const;

/** The rows of a file, or of all `.jsonl` and `.jsonl.gz` files of a folder. Throws an Error that names file and line. */
export function readRows(path: string, names?: readonly string[]): Row[] {
  if (!statSync(path).isDirectory()) return rowsOf(path);
  const files = names?.map((name) => `${name}.jsonl.gz`) ?? [
    'routellm.jsonl.gz',
    'slm.jsonl.gz',
    'fidelity.jsonl.gz',
  ];
  return files.flatMap((name) => rowsOf(join(path, name)));
}

export function isLabelled(row: Row): row is LabelledRow {
  return row.prompt !== undefined && row.weak !== undefined && row.strong !== undefined;
}

function rowsOf(file: string): Row[] {
  const name = basename(file).replace(/\.(jsonl?|gz)\b/g, '');
  return readLines(file).map(({ line, at }) => {
    let raw: unknown;
    try {
      raw = JSON.parse(line);
    } catch (error) {
      throw new Error(`${file}, line ${at}: ${(error as Error).message}`, { cause: error });
    }
    if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
      throw new Error(`${file}, line ${at}: an object is wanted.`);
    return rowOf(raw, { id: `${name}:${at}`, dataset: name });
  });
}

/** The lines that are not empty, from 1; gzip is known by its first bytes. */
export function readLines(file: string): { readonly line: string; readonly at: number }[] {
  const bytes = readFileSync(file);
  const text = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes).toString() : bytes.toString();
  return text.split('\n').flatMap((line, at) => (line.trim() === '' ? [] : [{ line, at: at + 1 }]));
}

function rowOf(raw: RawRow, otherwise: { readonly id: string; readonly dataset: string }): Row {
  const judged = Object.entries(raw.q ?? {}).flatMap(([model, right]) => seenOf(model, labelOf(right)));
  const small = judged.filter(({ model }) => !LARGE.test(model) && !MIDDLE.test(model));
  const large = judged.filter(({ model }) => LARGE.test(model));
  const written = raw.post;
  const hasOneDraft = Array.isArray(written);
  const isPair = raw.weak_correct !== undefined && raw.strong_correct !== undefined && !raw.q;
  const drafted = hasOneDraft ? [] : Object.keys({ ...(written as object | undefined), ...raw.w });
  const weakModel =
    textOf(raw.weak) ?? (isPair ? USUAL_PAIR.weak : (small[0]?.model ?? drafted[0] ?? 'usual'));
  const strongModel = textOf(raw.strong) ?? (isPair ? USUAL_PAIR.strong : (large[0]?.model ?? 'usual'));
  const rightOf = (model: string) => labelOf(raw.q?.[model]);
  const weak = labelOf(raw.weak_correct) ?? rightOf(weakModel);
  const strong = labelOf(raw.strong_correct) ?? rightOf(strongModel);
  const models = new Set(hasOneDraft ? [weakModel, ...Object.keys(raw.w ?? {})] : drafted);
  const drafts = [...models].map((model): Draft => {
    const evidence = raw.w?.[model];
    const [right, ...tokens] = Array.isArray(evidence) ? (evidence as unknown[]) : [];
    const own = hasOneDraft
      ? model === weakModel
        ? written
        : undefined
      : (written as Record<string, unknown> | undefined)?.[model];
    return {
      model,
      right: rightOf(model) ?? labelOf(right) ?? (model === weakModel ? weak : undefined),
      numbers: numbersOf(own),
      tokens: tokenFactsOf(numbersOf(tokens) ?? []),
      second: labelOf(raw.second?.[model]),
    };
  });
  return {
    id: textOf(raw.id) ?? otherwise.id,
    dataset: textOf(raw.dataset) ?? otherwise.dataset,
    split: textOf(raw.split),
    prompt: textOf(raw.prompt) ?? textOf(raw.question),
    weak: weak ?? drafts.find(({ model }) => model === weakModel)?.right,
    strong,
    weakModel,
    strongModel,
    seen: raw.q ? { small, large } : { small: seenOf(weakModel, weak), large: seenOf(strongModel, strong) },
    drafts,
    answers: Object.fromEntries(
      Object.entries(raw.ans ?? {}).flatMap(([model, answer]) => {
        const text = textOf(answer);
        return text === undefined ? [] : [[model, text]];
      }),
    ),
  };
}

function seenOf(model: string, right: number | undefined): Seen[] {
  return right === undefined ? [] : [{ model, right }];
}

function tokenFactsOf([logprob, margin, entropy, mean, tenth, worst]: readonly number[]):
  | TokenFacts
  | undefined {
  if (logprob === undefined || margin === undefined || entropy === undefined) return undefined;
  const whole =
    mean === undefined || tenth === undefined || worst === undefined ? {} : { whole: { mean, tenth, worst } };
  return { logprob, margin, entropy, ...whole };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : typeof value === 'number' ? `${value}` : undefined;
}

function labelOf(value: unknown): number | undefined {
  const label = typeof value === 'boolean' ? Number(value) : value;
  return typeof label === 'number' && Number.isFinite(label) ? label : undefined;
}

function numbersOf(value: unknown): readonly number[] | undefined {
  return Array.isArray(value) && value.every((one) => typeof one === 'number') ? value : undefined;
}
