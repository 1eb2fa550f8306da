/** Scores the starter on the held-out questions, in Chromium on the app's own engine: `npm run eval:starter [-- MODEL]`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { openEnginePage } from './engine-page';
import { readHeldOut } from './held-out';
import { confidenceOf, isHandOver, isRight, writeReport, type Scored } from './score-answer';

const SHIPPED = 'public/models/starter/starter.gguf';
const CARD = 'src/engine/local/starter/card.md';

const model = process.argv[2] ?? SHIPPED;
const page = await openEnginePage(model);
const scored: Scored[] = [];
for (const { skill, question, right } of readHeldOut()) {
  const { text, logprobs } = await page.ask({ turns: [question] });
  const reply = { text, isHandOver: isHandOver(logprobs) };
  scored.push({
    skill,
    question,
    expected: right?.join(' | ') ?? 'a hand-over',
    got: reply.isHandOver ? `(handed over) ${text}` : text,
    isHandOver: reply.isHandOver,
    isInScope: right !== undefined,
    isRight: isRight(right, reply),
    confidence: confidenceOf(logprobs),
  });
}
await page.close();
const report = writeReport(scored);
console.log(report);
if (model === SHIPPED) {
  const card = readFileSync(CARD, 'utf8');
  const scores = () => `<!-- scores -->\n${report}\n<!-- /scores -->`;
  writeFileSync(CARD, card.replace(/<!-- scores -->[^]*<!-- \/scores -->/, scores));
}
