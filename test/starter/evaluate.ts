/** Scores the starter, in Chromium on the app's own engine: `npm run eval:starter [-- MODEL [held-out|seen|generated]]`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { openEnginePage, type EnginePage } from './engine-page';
import { generateQuestions } from './generated/generate';
import { readHeldOut } from './held-out';
import { confidenceOf, isHandOver, isRight, summaryOf, tableOf, type Scored } from './score-answer';

interface Question {
  readonly skill: string;
  readonly task?: 'title' | 'sentiment';
  readonly question: string;
  /** Undefined where it has to be handed over. */
  readonly right: readonly string[] | undefined;
}

const SHIPPED = 'public/models/starter/starter.gguf';
const CARD = 'public/models/starter/README.md';
const SETS: Readonly<Record<string, () => readonly Question[]>> = {
  'held-out': () => readHeldOut(),
  generated: () => generateQuestions(),
  seen: () => readHeldOut('seen'),
};

const [model = SHIPPED, only] = process.argv.slice(2);
const page = await openEnginePage(model);
const parts: string[] = [];
for (const name of only ? [only] : ['held-out', 'generated']) {
  const scored = await score(page, SETS[name]?.() ?? []);
  const summary = name === 'generated' ? '' : `${summaryOf(scored)}\n\n`;
  parts.push(`### ${name === 'generated' ? 'Generated' : 'Hand-written'}\n\n${summary}${tableOf(scored)}`);
}
await page.close();
const report = parts.join('\n\n');
console.log(report);
if (model === SHIPPED && !only) {
  const card = readFileSync(CARD, 'utf8');
  const scores = () => `<!-- scores -->\n${report}\n<!-- /scores -->`;
  writeFileSync(CARD, card.replace(/<!-- scores -->[^]*<!-- \/scores -->/, scores));
}

async function score(engine: EnginePage, questions: readonly Question[]): Promise<Scored[]> {
  const scored: Scored[] = [];
  for (const { skill, task, question, right } of questions) {
    const { text, logprobs } = await engine.ask({
      turns: [question],
      ...(task ? { task } : {}),
      ...(task === 'title' ? { isTitle: true } : {}),
    });
    const reply = { text, isHandOver: isHandOver(logprobs) };
    scored.push({
      skill,
      question,
      expected: right?.join(' | ') ?? 'a hand-over',
      got: reply.isHandOver ? `(handed over) ${text}` : text,
      isHandOver: reply.isHandOver,
      isInScope: right !== undefined,
      isRight: task === 'title' ? (right ?? []).includes(text.trim().toLowerCase()) : isRight(right, reply),
      confidence: confidenceOf(logprobs),
    });
  }
  return scored;
}
