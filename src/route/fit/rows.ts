/** Reads labelled routing rows: what is asked, and which models were right. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';

export interface Row {
  readonly id: string;
  readonly dataset: string;
  readonly split: 'train' | 'dev' | 'test';
  readonly prompt: string;
  /** Of the pair that is scored. */
  readonly weak: number;
  readonly strong: number;
  /** Who was right, for fitting. */
  readonly seen: Readonly<
    Record<'small' | 'large', readonly { readonly model: string; readonly right: number }[]>
  >;
  /** Twelve numbers of each small model's own answer, see `draft-features.ts`. */
  readonly post: readonly {
    readonly model: string;
    readonly numbers: readonly number[];
    readonly right: number;
  }[];
  /** Whose answers are scored. */
  readonly weakModel: string;
  readonly strongModel: string;
}

/** What one model did with a question of several options. */
export interface OptionRow {
  readonly id: string;
  readonly dataset: string;
  readonly split: string;
  readonly models: Readonly<
    Record<string, { agrees: number; logprob: number; margin: number; entropy: number }>
  >;
}

interface RawRow {
  id: string;
  dataset: string;
  split: Row['split'];
  prompt: string;
  weak_correct: number;
  strong_correct: number;
  weak?: string;
  strong?: string;
  q?: Record<string, number>;
  post?: number[] | Record<string, number[]>;
}

const LARGE = /gpt-4o-2024|gemini-1.5-pro/;
/** Neither small nor large. */
const MIDDLE = /gpt-4o-mini|gemini-1.5-flash|70B/;

/** The rows of a folder's `routellm.jsonl.gz` and `slm.jsonl.gz`, or of one such file. */
export function readRows(path: string): Row[] {
  const files = /\.jsonl(\.gz)?$/.test(path)
    ? [path]
    : ['routellm', 'slm'].map((name) => join(path, `${name}.jsonl.gz`));
  return files.flatMap((file) => linesOf(file).map((line) => rowOf(JSON.parse(line) as RawRow)));
}

export function readOptionRows(folder: string): OptionRow[] {
  return linesOf(join(folder, 'fidelity.jsonl.gz')).map((line) => {
    const { id, dataset, split, w } = JSON.parse(line) as {
      id: string;
      dataset: string;
      split: string;
      w: Record<string, [number, number, number, number]>;
    };
    const models = Object.entries(w).map(
      ([model, [agrees, logprob, margin, entropy]]) => [model, { agrees, logprob, margin, entropy }] as const,
    );
    return { id, dataset, split, models: Object.fromEntries(models) };
  });
}

function linesOf(file: string): string[] {
  const bytes = readFileSync(file);
  const text = basename(file).endsWith('.gz') ? gunzipSync(bytes).toString() : bytes.toString();
  return text.split('\n').filter((line) => line !== '');
}

function rowOf(raw: RawRow): Row {
  const { id, dataset, split, prompt, weak_correct: weak, strong_correct: strong, q, post } = raw;
  const weakModel = raw.weak ?? 'Mixtral-8x7B-Instruct';
  const strongModel = raw.strong ?? 'gpt-4-1106-preview';
  const seen = Object.entries(q ?? {}).map(([model, right]) => ({ model, right }));
  const posts = Array.isArray(post) ? { [weakModel]: post } : (post ?? {});
  return {
    id,
    dataset,
    split,
    prompt,
    weak,
    strong,
    seen: q
      ? {
          small: seen.filter(({ model }) => !LARGE.test(model) && !MIDDLE.test(model)),
          large: seen.filter(({ model }) => LARGE.test(model)),
        }
      : { small: [{ model: weakModel, right: weak }], large: [{ model: strongModel, right: strong }] },
    post: Object.entries(posts).map(([model, numbers]) => ({ model, numbers, right: q?.[model] ?? weak })),
    weakModel,
    strongModel,
  };
}
