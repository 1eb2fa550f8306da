/** `npm run collect:drafts -- --questions FILE --model MODEL --out OUT.jsonl`: a model drafts in Chromium, and each draft becomes a row of evidence. */
import { appendFileSync, existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parseConfig, type ModelCard } from '../../src/kernel/config';
import { evidenceRowOf, questionOf, type Question } from '../../src/route/fit/evidence-row';
import { readLines } from '../../src/route/fit/rows';
import { openVitePage } from '../vite-page';
import type { Drafted, DraftOptions } from './ask-drafts';

const USAGE = `Usage: npm run collect:drafts -- --questions FILE --model MODEL --out OUT.jsonl [options]
  FILE       one JSON object a line: {"prompt": …, "answer": … or "answers": […], "id": …}; without an answer a row has no label
  MODEL      an id of the catalogue (starter, smollm2-135m, Qwen3-0.6B-q4f16_1-MLC …), of --config, or a GGUF file
  OUT.jsonl  rows are added; questions that are there already are not asked again
Options:
  --config FILE       as the server's CONFIG_FILE: models of your own
  --second            a second, warm sample of each, to see whether it agrees
  --limit N           so many questions at most
  --max-tokens N      of an answer (512)
  --temperature T     of the first sample (0)
  --profile FOLDER    keep fetched models there for the next time
  --headed            show the browser, for a graphics processor that wants it
  --browser-arg ARG   a flag for Chromium, e.g. --browser-arg=--enable-unsafe-webgpu; may be repeated
Then: npm run fit:router -- --drafts OUT.jsonl`;
const SECOND_TEMPERATURE = 0.8;
const GGUF_CONTEXT_TOKENS = 4096;

const options = argumentsOf();
const questions = readQuestions(options.questions);
const done = existsSync(options.out)
  ? new Set(readLines(options.out).map(({ line }) => idIn(line)))
  : new Set();
const wanted = questions.filter(({ id }) => !done.has(id)).slice(0, options.limit);
console.error(`${wanted.length} questions to ask, ${done.size} rows are there already.`);
if (wanted.length > 0) await collect();

async function collect(): Promise<void> {
  const { id, own, folder } = modelOf(options.model);
  const { page, close } = await openVitePage({
    path: 'test/drafts/drafts-page.html',
    isIsolated: true,
    ...(folder === undefined ? {} : { folder }),
    profile: options.profile,
    isHeaded: options.headed,
    browserArgs: options['browser-arg'],
  });
  try {
    await page.exposeFunction('tellProgress', (words: string) => console.error(words));
    const modelName = await page.evaluate(
      async ([wantedId, cards]) => {
        const path = '/test/drafts/ask-drafts.ts';
        const module = (await import(/* @vite-ignore */ path)) as typeof import('./ask-drafts');
        const { tellProgress } = globalThis as unknown as { tellProgress: (words: string) => void };
        const name = await module.openModel(wantedId, cards, tellProgress);
        Object.assign(globalThis, { draftAnswer: module.draftAnswer });
        return name;
      },
      [id, own] as const,
    );
    const draft = (question: string, temperature: number) =>
      page.evaluate(
        ([asked, how]) =>
          (
            globalThis as unknown as { draftAnswer: (q: string, o: DraftOptions) => Promise<Drafted> }
          ).draftAnswer(asked, how),
        [question, { maxTokens: options.maxTokens, temperature }] as const,
      );
    let labelled = 0;
    let right = 0;
    let failed = 0;
    for (const [at, question] of wanted.entries()) {
      try {
        const first = await draft(question.prompt, options.temperature);
        const second = options.second ? await draft(question.prompt, SECOND_TEMPERATURE) : undefined;
        const row = evidenceRowOf(question, modelName, first, second);
        appendFileSync(options.out, `${JSON.stringify(row)}\n`);
        if (row.weak_correct !== undefined) labelled++;
        if (row.weak_correct === 1) right++;
      } catch (error) {
        failed++;
        console.error(`${question.id}: ${(error as Error).message}`);
      }
      if ((at + 1) % 10 === 0 || at + 1 === wanted.length)
        console.error(
          `${at + 1} of ${wanted.length}: ${right} of ${labelled} with a label are right, ${failed} failed.`,
        );
    }
    if (failed === wanted.length) process.exitCode = 1;
  } finally {
    await close();
  }
}

/** A model of the catalogue or of the config, or a card for a file. */
function modelOf(model: string): { id: string; own: ModelCard[]; folder?: string } {
  if (!model.endsWith('.gguf'))
    return { id: model, own: [...(options.config ? configOf(options.config) : [])] };
  const file = resolve(model);
  if (!existsSync(file)) fail(`There is no file ${model}.`);
  const name = basename(file, '.gguf');
  const card: ModelCard = {
    id: name.replace(/[^\w.-]+/g, '-').slice(0, 80),
    name: name.slice(0, 60),
    engine: 'wllama',
    url: `/@fs${file}`,
    sizeBytes: statSync(file).size,
    contextTokens: GGUF_CONTEXT_TOKENS,
    licence: '',
  };
  return { id: card.id, own: [card], folder: dirname(file) };
}

function configOf(file: string): readonly ModelCard[] {
  const result = parseConfig(JSON.parse(readFileSync(file, 'utf8')));
  return result.ok ? result.config.models : fail(`${file}: ${result.issues.join('; ')}`);
}

function readQuestions(file: string): Question[] {
  const read = readLines(file).map(({ line, at }) => {
    try {
      return questionOf(line, at);
    } catch (error) {
      return fail(`${file}, line ${at}: ${(error as Error).message}`);
    }
  });
  const twice = read.find(({ id }, at) => read.findIndex((other) => other.id === id) !== at);
  if (twice) fail(`${file}: two questions have the id ${twice.id}.`);
  return read;
}

function idIn(line: string): string {
  try {
    return String((JSON.parse(line) as { id?: unknown }).id);
  } catch {
    // A row that was cut off: asked again.
    return '';
  }
}

function argumentsOf() {
  try {
    const { values } = parseArgs({
      options: {
        questions: { type: 'string' },
        model: { type: 'string' },
        out: { type: 'string' },
        config: { type: 'string' },
        second: { type: 'boolean', default: false },
        limit: { type: 'string' },
        'max-tokens': { type: 'string', default: '512' },
        temperature: { type: 'string', default: '0' },
        profile: { type: 'string' },
        headed: { type: 'boolean', default: false },
        'browser-arg': { type: 'string', multiple: true, default: [] },
      },
    });
    const { questions: file, model, out } = values;
    if (!file || !model || !out) return fail(USAGE);
    if (!existsSync(file)) return fail(`There is no file ${file}.`);
    const number = (name: 'limit' | 'max-tokens' | 'temperature', text: string) => {
      const value = Number(text);
      return Number.isFinite(value) && value >= 0 ? value : fail(`--${name} is a number, not ${text}.`);
    };
    return {
      ...values,
      questions: file,
      model,
      out,
      limit: values.limit === undefined ? Infinity : number('limit', values.limit),
      maxTokens: number('max-tokens', values['max-tokens']),
      temperature: number('temperature', values.temperature),
    };
  } catch (error) {
    return fail(`${(error as Error).message}\n${USAGE}`);
  }
}

function fail(words: string): never {
  console.error(words);
  process.exit(2);
}
