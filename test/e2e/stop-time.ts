/** Presses Stop in a page and takes the time until its answer says that it was stopped. */
import type { Page } from 'playwright/test';

const TURN_MS = 5;

/** `turns`: how often the page had 5 ms to itself meanwhile; where a machine has much to do, each takes longer. */
export async function timeStop(page: Page): Promise<{ readonly ms: number; readonly turns: number }> {
  await page.locator('[role=article][data-status=streaming]').waitFor();
  return page.evaluate(async (turnMs) => {
    const root = document.querySelector('chat-page')!.shadowRoot!;
    const composer = root.querySelector('smallfirst-chat-composer')!.shadowRoot!;
    const thread = root.querySelector('smallfirst-chat-thread')!.shadowRoot!;
    const answer = thread.querySelector<HTMLElement>('[data-status=streaming]')!;
    const startedAt = performance.now();
    let turns = 0;
    composer.querySelector<HTMLButtonElement>('[aria-label=Stop]')!.click();
    while (answer.dataset['status'] === 'streaming') {
      await new Promise((resolve) => setTimeout(resolve, turnMs));
      turns++;
    }
    return { ms: performance.now() - startedAt, turns };
  }, TURN_MS);
}
