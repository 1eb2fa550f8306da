/** `<admin-spend>`: what was spent by the day, by model or by site. Property: `days`. */
import { css, html, LitElement } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { AdminDay } from '../kernel/admin-report';
import { usdText } from '../meter/receipt';
import { cardStyles, SERIES_COLOURS } from './admin-styles';
import './stacked-days';
import type { Series } from './stacked-days';
import { controls } from './theme';

const ACCOUNTS = { model: 'by model', site: 'by site' } as const;

@customElement('admin-spend')
export class AdminSpend extends LitElement {
  static override readonly styles = [
    controls,
    cardStyles,
    css`
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: start;
        justify-content: space-between;
        gap: 0.5rem 1rem;
      }
    `,
  ];

  @property({ attribute: false }) days: readonly AdminDay[] = [];
  @state() private account: keyof typeof ACCOUNTS = 'model';

  override render() {
    const total = this.days.reduce((sum, { spent_nano_usd }) => sum + spent_nano_usd, 0);
    return html`<section>
      <header>
        <div>
          <h2>Spend, ${ACCOUNTS[this.account]}</h2>
          <p class="muted">
            ${usdText(total)} ${this.days.length === 1 ? 'today' : `in these ${this.days.length} days`}
          </p>
        </div>
        <div role="group" aria-label="Spend by">
          ${(['model', 'site'] as const).map(
            (account) =>
              html`<button
                class="small"
                aria-pressed=${this.account === account}
                @click=${() => (this.account = account)}
              >
                ${account === 'model' ? 'Models' : 'Sites'}
              </button> `,
          )}
        </div>
      </header>
      <stacked-days
        label="Spend ${ACCOUNTS[this.account]}"
        .days=${this.days.map(({ day }) => day)}
        .series=${seriesOf(this.days, this.account)}
        .format=${usdText}
      ></stacked-days>
    </section>`;
  }
}

/** The dearest ones, and all that come after them as one. */
function seriesOf(days: readonly AdminDay[], account: 'model' | 'site'): Series[] {
  const sums = new Map<string, number>();
  for (const { by } of days) {
    for (const { name, spent_nano_usd } of by[account])
      sums.set(name, (sums.get(name) ?? 0) + spent_nano_usd);
  }
  const names = [...sums.keys()].sort(
    (a, b) => (sums.get(b) ?? 0) - (sums.get(a) ?? 0) || a.localeCompare(b),
  );
  const shown = names.slice(0, SERIES_COLOURS);
  const valueOf = (day: AdminDay, isIn: (name: string) => boolean) =>
    day.by[account].filter(({ name }) => isIn(name)).reduce((sum, row) => sum + row.spent_nano_usd, 0);
  const series = shown.map((name) => ({
    name: nameOf(name),
    values: days.map((day) => valueOf(day, (one) => one === name)),
  }));
  if (names.length <= shown.length) return series;
  const others = days.map((day) => valueOf(day, (name) => !shown.includes(name)));
  return [...series, { name: `${names.length - shown.length} others`, values: others }];
}

function nameOf(account: string): string {
  return account === 'api' ? 'programs (API token)' : account;
}
