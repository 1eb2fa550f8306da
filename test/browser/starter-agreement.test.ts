/** The starter in llama.cpp says what it said in PyTorch: export, tokenizer and chat template are right. */
import { beforeAll, expect, test } from 'vitest';
import agreement from '../starter/agreement.json' with { type: 'json' };
import { askEngine, openEngine } from '../starter/ask-engine';

interface Agreed {
  readonly prompt: string;
  readonly task?: string;
  /** Of the greedy answer, its end not among them. */
  readonly ids: readonly number[];
  /** By how much each token's logit led the next best. */
  readonly margins: readonly number[];
}

/** Below this the two kernels' rounding decides: llama.cpp rounds activations to 8 bits too. */
const TIE = 0.25;
/** The prompts where that happens. */
const TIES: readonly string[] = [
  "What's the population of France?",
  'melting point of gold',
  'vegan substitute for eggs in cake',
  'chess opening against e4',
];

beforeAll(() => openEngine('/models/starter/starter.gguf'));

test('on 50 prompts, some of them in other scripts, it says the same tokens, but for ties', async () => {
  const prompts: readonly Agreed[] = agreement;
  expect(prompts.length).toBeGreaterThanOrEqual(50);
  const ties: string[] = [];
  for (const { prompt, task, ids, margins } of prompts) {
    const { logprobs } = await askEngine({
      turns: [prompt],
      ...(task === undefined ? {} : { task: task as 'title' | 'sentiment' }),
    });
    const said = logprobs.map(({ id }) => id);
    const apart = ids.findIndex((id, at) => said[at] !== id);
    if (apart < 0) continue;
    expect(
      margins[apart],
      `“${prompt}” differs at token ${apart}: ${said[apart]} for ${ids[apart]}`,
    ).toBeLessThan(TIE);
    ties.push(prompt);
  }
  expect(ties).toEqual(TIES);
});
