/**
 * `<stacked-days>`: amounts by the day as stacked bars, with a scale, a legend of the sums, and the same as a table. Properties: `days`
 * (`YYYY-MM-DD`, oldest first), `series` (a name and an amount per day), `format` (an amount as text), `label`.
 */
import { css, html, LitElement, nothing, svg } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { seriesStyles } from './admin-styles';

export interface Series {
  readonly name: string;
  /** One for each day. */
  readonly values: readonly number[];
}

const HEIGHT = 100;
/** Of a day's place. */
const BAR_SHARE = 0.78;

@customElement('stacked-days')
export class StackedDays extends LitElement {
  static override readonly styles = [
    seriesStyles,
    css`
      .plot {
        position: relative;
        margin-top: 0.9rem;
        padding-inline-end: 3.6rem;
        border-bottom: 1px solid var(--sf-line);
      }
      svg {
        display: block;
        width: 100%;
        height: 170px;
      }
      rect.bar {
        fill: var(--colour);
      }
      rect.day {
        fill: transparent;
      }
      g:hover rect.day {
        fill: var(--sf-surface-2);
      }
      .scale {
        position: absolute;
        inset-inline-end: 0;
        color: var(--sf-muted);
        font-size: 0.75rem;
        line-height: 1.2;
        font-variant-numeric: tabular-nums;
        pointer-events: none;
      }
      .scale.top {
        top: 0;
      }
      .scale.middle {
        top: 50%;
        translate: 0 -50%;
      }
      line {
        stroke: var(--sf-line);
        stroke-dasharray: 3 4;
        vector-effect: non-scaling-stroke;
      }
      .ends {
        display: flex;
        justify-content: space-between;
        margin-top: 0.25rem;
        padding-inline-end: 3.6rem;
        color: var(--sf-muted);
        font-size: 0.75rem;
        font-variant-numeric: tabular-nums;
      }
      ul {
        display: flex;
        flex-wrap: wrap;
        gap: 0.25rem 1.2rem;
        margin: 0.7rem 0 0;
        padding: 0;
        list-style: none;
        font-size: 0.85rem;
      }
      li {
        overflow-wrap: anywhere;
      }
      i {
        display: inline-block;
        width: 0.7em;
        height: 0.7em;
        margin-inline-end: 0.4em;
        border-radius: 2px;
        background: var(--colour);
      }
      li strong {
        font-variant-numeric: tabular-nums;
      }
      details {
        margin-top: 0.7rem;
        font-size: 0.85rem;
      }
      summary {
        color: var(--sf-muted);
        cursor: pointer;
      }
      .scroll {
        max-height: 18rem;
        overflow: auto;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-variant-numeric: tabular-nums;
      }
      th,
      td {
        padding: 0.2rem 0.5rem;
        border-bottom: 1px solid var(--sf-line);
        text-align: end;
      }
      th:first-child,
      td:first-child {
        text-align: start;
        white-space: nowrap;
      }
    `,
  ];

  @property({ attribute: false }) days: readonly string[] = [];
  @property({ attribute: false }) series: readonly Series[] = [];
  @property({ attribute: false }) format: (amount: number) => string = String;
  @property() label = '';

  override render() {
    const { days, series, format } = this;
    const sums = days.map((_day, at) => series.reduce((sum, { values }) => sum + (values[at] ?? 0), 0));
    const most = Math.max(...sums, 0);
    const total = sums.reduce((sum, value) => sum + value, 0);
    const label = `${this.label}, ${days[0]} to ${days.at(-1)}: ${format(total)} in all`;
    return html`<div class="plot">
        <svg viewBox="0 0 ${days.length} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label=${label}>
          <line x1="0" x2=${days.length} y1="0.5" y2="0.5"></line>
          <line x1="0" x2=${days.length} y1=${HEIGHT / 2} y2=${HEIGHT / 2}></line>
          ${days.map((day, at) => this.#bars(day, at, most))}
        </svg>
        ${
          most > 0
            ? html`<span class="scale top">${format(most)}</span>
                <span class="scale middle">${format(most / 2)}</span>`
            : nothing
        }
      </div>
      <div class="ends" aria-hidden="true">${ends(days).map((day) => html`<span>${day}</span>`)}</div>
      <ul>
        ${series.map(
          ({ name, values }, at) =>
            html`<li class="s${at}">
              <i></i>${name} <strong>${format(values.reduce((sum, value) => sum + value, 0))}</strong>
            </li>`,
        )}
      </ul>
      ${this.#table(sums)}`;
  }

  #bars(day: string, at: number, most: number) {
    const { series, format } = this;
    let top = HEIGHT;
    const bars = series.map(({ values }, index) => {
      const height = most > 0 ? ((values[at] ?? 0) / most) * HEIGHT : 0;
      top -= height;
      return height > 0
        ? svg`<rect class="bar s${index}" x=${at + (1 - BAR_SHARE) / 2} y=${top} width=${BAR_SHARE} height=${height}></rect>`
        : nothing;
    });
    const parts = series
      .filter(({ values }) => (values[at] ?? 0) > 0)
      .map(({ name, values }) => `${name} ${format(values[at] ?? 0)}`);
    return svg`<g data-day=${day}>
      <title>${day}: ${parts.join(', ') || 'nothing'}</title>
      <rect class="day" x=${at} y="0" width="1" height=${HEIGHT}></rect>
      ${bars}
    </g>`;
  }

  #table(sums: readonly number[]) {
    const { days, series, format } = this;
    const shown = days.map((day, at) => ({ day, at })).filter(({ at }) => (sums[at] ?? 0) > 0);
    if (shown.length === 0) return nothing;
    return html`<details>
      <summary>As a table</summary>
      <div class="scroll" tabindex="0" role="region" aria-label="${this.label}, as a table">
        <table>
          <thead>
            <tr>
              <th scope="col">Day (UTC)</th>
              ${series.map(({ name }) => html`<th scope="col">${name}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${shown.toReversed().map(
              ({ day, at }) =>
                html`<tr>
                  <td>${day}</td>
                  ${series.map(({ values }) => html`<td>${format(values[at] ?? 0)}</td>`)}
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </details>`;
  }
}

/** The first, the middle and the last; of a few days no more than there are. */
function ends(days: readonly string[]): string[] {
  const at =
    days.length > 2 ? [0, Math.floor((days.length - 1) / 2), days.length - 1] : days.map((_day, i) => i);
  return at.map((index) => days[index] ?? '');
}
