/** What axe finds on a page, of the two graver kinds. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright/test';

/** As `rule: element`. */
export async function seriousFindings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
}
